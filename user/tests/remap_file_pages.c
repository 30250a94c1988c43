// SPDX-License-Identifier: MIT
/*
 * remap_file_pages.c: remap_file_pages shows other pages of a shared file in a part of its mapping;
 * EINVAL for what is private, not mapped, has a protection given, or wraps.
 */
#include "test.h"

static int remap(void *p, size_t size, int prot, size_t pgoff, int flags)
{
	return syscall(SYS_remap_file_pages, p, size, prot, pgoff, flags);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_SHARED, fd, 0));
	char *private = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_PRIVATE, fd, 0));
	int rd = CHECK_OK(open("a", O_RDONLY));
	char *read_only = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rd, 0));

	CHECK_OK(remap(p, PAGE, 0, 3, 0));
	CHECK_OK(remap(p + 3 * PAGE, PAGE, 0, 0, MAP_NONBLOCK));
	CHECK_EQ((unsigned char)p[0], pattern_byte(3 * PAGE));
	CHECK_EQ((unsigned char)p[PAGE], pattern_byte(PAGE));
	CHECK_EQ((unsigned char)p[3 * PAGE], pattern_byte(0));
	CHECK_MAPS(p, 4, "1rw- 2rw- 1rw-");
	p[0] = 'x';
	CHECK_EQ(private[3 * PAGE], 'x');
	/* Behind the end of the file: as mmap, it is an access that fails. */
	CHECK_OK(remap(p + PAGE, PAGE, 0, 9, 0));
	CHECK_FAULT(TOUCH_READ, p + PAGE, SIGBUS, BUS_ADRERR);
	CHECK_OK(remap(p + PAGE, PAGE, 0, 1, 0));

	EXPECT_ERR(remap(p, PAGE, PROT_READ, 0, 0), EINVAL);
	EXPECT_ERR(remap(p, 0, 0, 0, 0), EINVAL);
	EXPECT_ERR(remap(p, PAGE - 1, 0, 0, 0), EINVAL);
	EXPECT_ERR(remap(p, PAGE, 0, -1, 0), EINVAL);
	EXPECT_ERR(remap(private, PAGE, 0, 1, 0), EINVAL);
	EXPECT_ERR(remap(map_anon(1, rw), PAGE, 0, 1, 0), EINVAL);
	EXPECT_ERR(remap(read_only, PAGE, 0, 1, 0), EINVAL);
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	EXPECT_ERR(remap(p + PAGE, 3 * PAGE, 0, 0, 0), EINVAL);
	EXPECT_ERR(remap(p + 2 * PAGE, PAGE, 0, 0, 0), EINVAL);
	/* The address is rounded down. */
	CHECK_OK(remap(p + 100, PAGE + 100, 0, 2, 0));
	CHECK_EQ((unsigned char)p[0], pattern_byte(2 * PAGE));
}
