// SPDX-License-Identifier: MIT
/*
 * mmap_validate_flags.c: MAP_SHARED_VALIDATE refuses flags that it does not know, with EOPNOTSUPP:
 * MAP_SYNC on files that are no memory of their own, and, as Linux has it, MAP_FIXED_NOREPLACE. All
 * older flags are accepted. It is for files: without one it is EINVAL.
 */
#include "test.h"

#ifndef MAP_UNINITIALIZED
#define MAP_UNINITIALIZED 0x4000000
#endif
#define HUGE_SHIFT 26

TEST_IN_DIR()
{
	static const int known[] = { 0, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_LOCKED, MAP_NORESERVE,
		MAP_POPULATE, MAP_NONBLOCK, MAP_POPULATE | MAP_NONBLOCK, MAP_STACK, MAP_32BIT,
		MAP_UNINITIALIZED, 21 << HUGE_SHIFT, 30 << HUGE_SHIFT };
	static const int unknown[] = { MAP_SYNC, 0x200000, 0x800000, 1 << 31 };
	int fd = make_file("a", 2 * PAGE);
	char *place = map_anon(1, PROT_READ);

	for (size_t i = 0; i < NR_ITEMS(known); i++) {
		char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | known[i], fd, 0);

		if (p == MAP_FAILED)
			EXPECT_FAILED("flag %#x: %s", known[i], strerror(errno));
		else
			CHECK_EQ(*p, (char)pattern_byte(0));
	}
	CHECK(mmap(place, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED, fd, 0) == place);
	for (size_t i = 0; i < NR_ITEMS(unknown); i++)
		if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | unknown[i], fd, 0) !=
				MAP_FAILED ||
			errno != EOPNOTSUPP)
			EXPECT_FAILED("flag %#x: got %s", unknown[i], strerror(errno));
	EXPECT_ERR(syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 1ul << 32, fd, 0),
		EOPNOTSUPP);
	CHECK_OK(munmap(place, PAGE));
	EXPECT_ERR(mmap(place, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, fd, 0),
		EOPNOTSUPP);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_GROWSDOWN, fd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	/* Others ignore what they do not know. */
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | 0x200000, fd, 0));
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | 0x200000, fd, 0));
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x200000, -1, 0));
}
