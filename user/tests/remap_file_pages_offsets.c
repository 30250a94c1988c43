// SPDX-License-Identifier: MIT
/*
 * remap_file_pages_offsets.c: remap_file_pages takes any page number that a file could have, whatever
 * its length: behind the end an access is SIGBUS. EINVAL if number and size together overflow, and
 * nothing changed. Flags other than MAP_NONBLOCK are ignored.
 */
#include "test.h"

static char *p;

static long remap(size_t nr_pages, unsigned long pgoff, int flags)
{
	return syscall(SYS_remap_file_pages, p, nr_pages * PAGE, 0, pgoff, flags);
}

static unsigned long offset_now(void)
{
	struct map_line line;

	CHECK(map_of(p, &line));
	return line.offset / PAGE;
}

TEST_IN_DIR()
{
	static const unsigned long numbers[] = { 10, 1000, 1UL << 20, 1UL << 31, 1UL << 32 };
	static const int flags[] = { 0, MAP_NONBLOCK, MAP_POPULATE, MAP_LOCKED, MAP_FIXED, -1 };
	int fd = make_file("a", 10 * PAGE);
	struct map_line line;

	p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (size_t i = 0; i < NR_ITEMS(numbers); i++) {
		CHECK_OK(remap(4, numbers[i], 0));
		EXPECT_EQ(offset_now(), numbers[i]);
		EXPECT_FAULT(TOUCH_READ, p, SIGBUS, BUS_ADRERR);
		EXPECT_FAULT(TOUCH_WRITE, p + 3 * PAGE, SIGBUS, BUS_ADRERR);
	}
	CHECK_OK(remap(4, 8, 0));
	EXPECT_EQ((unsigned char)p[PAGE], pattern_byte(9 * PAGE));
	EXPECT_FAULT(TOUCH_READ, p + 2 * PAGE, SIGBUS, BUS_ADRERR);

	for (size_t i = 0; i < NR_ITEMS(flags); i++) {
		CHECK_OK(remap(4, i, flags[i]));
		EXPECT_EQ((unsigned char)p[3 * PAGE], pattern_byte((i + 3) * PAGE));
	}
	EXPECT_EQ(offset_now(), 5);
	EXPECT_ERR(remap(4, -1UL, 0), EINVAL);
	EXPECT_ERR(remap(4, -3UL, 0), EINVAL);
	EXPECT_ERR(remap(1UL << 40, 1, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_remap_file_pages, p, -1UL, 0, 1, 0), EINVAL);
	EXPECT_EQ(offset_now(), 5);
	CHECK(map_of(p, &line));
	EXPECT_EQ(line.end - line.start, 4 * PAGE);
	/* One page of several: the others keep theirs. */
	CHECK_OK(remap(1, 1UL << 32, 0));
	CHECK_MAPS(p, 4, "1rw- 3rw-");
	EXPECT_EQ((unsigned char)p[PAGE], pattern_byte(6 * PAGE));
}
