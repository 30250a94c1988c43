// SPDX-License-Identifier: MIT
/*
 * mmap_times.c: A store through a shared mapping makes the file modified (st_mtime), at the latest with
 * the next msync; on a disk each time after the page was written back. Reads, private stores and
 * msync alone do not. (Memory files notice only a store that is the first touch of its page.)
 */
#include "test.h"

#define LONG_AGO 1000000
#define TMPFS    0x01021994UL
#define RAMFS    0x858458f6UL

static int fd;

/* Is it modified since it was last asked? */
static bool is_modified(void)
{
	struct timespec old[2] = { { LONG_AGO, 0 }, { LONG_AGO, 0 } };
	struct stat st;

	CHECK_OK(fstat(fd, &st));
	CHECK_OK(futimens(fd, old));
	return st.st_mtime != LONG_AGO;
}

static bool is_on_disk(void)
{
	struct statfs fs;

	CHECK_OK(statfs(".", &fs));
	return fs.f_type != TMPFS && fs.f_type != RAMFS;
}

TEST_IN_DIR()
{
	int rw = PROT_READ | PROT_WRITE;
	char *p, *private;

	fd = make_file("a", 3 * PAGE);
	CHECK_OK(fsync(fd));
	p = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_SHARED, fd, 0));
	private = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_PRIVATE, fd, 0));
	is_modified();
	p[PAGE] = 2;
	CHECK_OK(msync(p, 3 * PAGE, MS_SYNC));
	CHECK_EQ(is_modified(), true);
	CHECK_OK(msync(p, 3 * PAGE, MS_SYNC));
	CHECK_EQ(is_modified(), false);

	CHECK_CAN(TOUCH_READ, p);
	private[0] = 1;
	private[PAGE] = 1;
	CHECK_OK(msync(p, 3 * PAGE, MS_SYNC));
	CHECK_OK(msync(private, 3 * PAGE, MS_SYNC));
	CHECK_EQ(is_modified(), false);

	if (is_on_disk()) {
		p[0] = 3; /* was read */
		CHECK_OK(msync(p, PAGE, MS_SYNC));
		CHECK_EQ(is_modified(), true);
		p[0] = 4; /* was written back */
		CHECK_OK(msync(p, PAGE, MS_SYNC));
		CHECK_EQ(is_modified(), true);
	}
	CHECK_OK(munmap(p, 3 * PAGE));
	CHECK_OK(munmap(private, 3 * PAGE));
	CHECK_OK(close(fd));
}
