// SPDX-License-Identifier: MIT
/*
 * mmap_32bit.c: MAP_32BIT places the mapping from 1 GiB on upwards, below 2 GiB; a hint below that
 * is taken, any other ignored. When there is no room: ENOMEM. MAP_FIXED overrides it.
 */
#include "test.h"

#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS)
#define BASE  0x40000000UL
#define END   0x80000000UL
#define SLACK 0x02000000UL /* the random part of the base */

static uintptr_t map(uintptr_t hint, size_t len)
{
	return (uintptr_t)CHECK_OK(
		mmap((void *)hint, len, PROT_READ, ANON | MAP_32BIT | MAP_NORESERVE, -1, 0));
}

TEST()
{
	uintptr_t p;

	for (int i = 0; i < 20; i++) {
		p = map(0, PAGE);
		CHECK(p >= BASE && p < BASE + SLACK + 20 * PAGE);
	}
	/* What does not fit below comes above it. */
	CHECK_OK(mmap((void *)BASE, SLACK + PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0));
	CHECK_EQ(map(0, PAGE), BASE + SLACK + PAGE);
	CHECK_EQ(map(0, 3 * PAGE), BASE + SLACK + 2 * PAGE);
	CHECK_EQ(map(0x20000000, PAGE), 0x20000000);
	CHECK_EQ(map(0x20002123, PAGE), 0x20002000);
	CHECK_EQ(map(END - PAGE, PAGE), END - PAGE);
	CHECK_EQ(map(END - PAGE, PAGE), BASE + SLACK + 5 * PAGE);
	CHECK_EQ(map(END - 2 * PAGE, 2 * PAGE), BASE + SLACK + 6 * PAGE);
	CHECK_EQ(map(0x100000000, PAGE), BASE + SLACK + 8 * PAGE);
	CHECK_ERR(mmap(NULL, END - BASE, PROT_NONE, ANON | MAP_32BIT, -1, 0), ENOMEM);
	CHECK_ERR(mmap(NULL, 4 * END, PROT_NONE, ANON | MAP_32BIT, -1, 0), ENOMEM);
	CHECK_EQ((uintptr_t)mmap(
			 (void *)0x200000000, PAGE, PROT_READ, ANON | MAP_32BIT | MAP_FIXED, -1, 0),
		0x200000000);
}
