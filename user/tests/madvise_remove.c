// SPDX-License-Identifier: MIT
/*
 * madvise_remove.c: MADV_REMOVE punches a hole into the file: shared mappings and read(2) see zeros,
 * space is given back, private copies stay.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 8 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = CHECK_OK(mmap(NULL, 8 * PAGE, rw, MAP_SHARED, fd, 0)), page[PAGE];
	char *other = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	char *private = CHECK_OK(mmap(NULL, 8 * PAGE, rw, MAP_PRIVATE, fd, 0));
	unsigned char wanted[8 * PAGE];
	long blocks;

	fill_pattern(wanted, 0, sizeof(wanted));
	memset(private + 3 * PAGE, 'p', PAGE);
	CHECK_MEM(other, wanted, sizeof(wanted));
	CHECK_OK(fsync(fd));
	blocks = stat_of("a").st_blocks;
	if (madvise(p + 2 * PAGE, 4 * PAGE, MADV_REMOVE) < 0) {
		CHECK_EQ(errno, EOPNOTSUPP);
		CHECK(!on_vellum());
		return;
	}
	CHECK_OK(fsync(fd));
	CHECK(stat_of("a").st_blocks <= blocks - 4 * (long)PAGE / 512);
	memset(wanted + 2 * PAGE, 0, 4 * PAGE);
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_MEM(other, wanted, sizeof(wanted));
	CHECK_EQ(pread(fd, page, PAGE, 5 * PAGE), PAGE);
	CHECK_ALL(page, 0, PAGE);
	CHECK_ALL(private + 2 * PAGE, 0, PAGE);
	CHECK_ALL(private + 3 * PAGE, 'p', PAGE);
	CHECK_EQ(stat_of("a").st_size, 8 * PAGE);
	p[2 * PAGE] = 'n';
	CHECK_EQ(other[2 * PAGE], 'n');

	p = map_shared(4);
	memset(p, 1, 4 * PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_REMOVE));
	CHECK_ALL(p, 1, PAGE);
	CHECK_ALL(p + PAGE, 0, PAGE);
	CHECK_ALL(p + 2 * PAGE, 1, 2 * PAGE);
}
