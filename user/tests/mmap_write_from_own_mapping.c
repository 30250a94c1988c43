// SPDX-License-Identifier: MIT
/*
 * mmap_write_from_own_mapping.c: write(2) whose source is a mapping of the very page that it
 * writes, and read(2) whose target is a mapping of the page that it reads: no deadlock, right
 * bytes.
 */
#include "test.h"

TEST_IN_DIR()
{
	unsigned char wanted[4 * PAGE];
	int fd = make_file("a", sizeof(wanted));
	unsigned char *p =
		CHECK_OK(mmap(NULL, sizeof(wanted), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	fill_pattern(wanted, 0, sizeof(wanted));
	CHECK_EQ(pwrite(fd, p, sizeof(wanted), 0), sizeof(wanted));
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_EQ(pread(fd, p, sizeof(wanted), 0), sizeof(wanted));
	CHECK_MEM(p, wanted, sizeof(wanted));

	/* The mapping is not faulted in yet, and the pages differ. */
	CHECK_OK(munmap(p, sizeof(wanted)));
	p = CHECK_OK(mmap(NULL, sizeof(wanted), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_EQ(pwrite(fd, p + PAGE, PAGE, 3 * PAGE), PAGE);
	CHECK_MEM(p + 3 * PAGE, wanted + PAGE, PAGE);
	CHECK_EQ(pread(fd, p, PAGE, 2 * PAGE), PAGE);
	CHECK_MEM(p, wanted + 2 * PAGE, PAGE);

	/* Growing the file from its own mapping. */
	CHECK_EQ(pwrite(fd, p, 4 * PAGE, 4 * PAGE), 4 * PAGE);
	CHECK_EQ(stat_of("a").st_size, 8 * PAGE);
}
