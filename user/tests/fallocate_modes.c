// SPDX-License-Identifier: MIT
/*
 * fallocate_modes.c: fallocate: mode 0 makes room and lets the file grow, with zeros; KEEP_SIZE
 * leaves the size (or is EOPNOTSUPP where there can be nothing behind the end); what is there stays.
 */
#include "test.h"

TEST_IN_DIR()
{
	unsigned char wanted[6 * PAGE] = { 0 }, got[6 * PAGE];
	int fd = make_file("a", 2 * PAGE - 100);
	unsigned char *p;

	fill_pattern(wanted, 0, 2 * PAGE - 100);
	if (fallocate(fd, 0, PAGE, 4 * PAGE) < 0) {
		CHECK_EQ(errno, EOPNOTSUPP);
		CHECK(!on_vellum());
		return;
	}
	CHECK_EQ(stat_of("a").st_size, 5 * PAGE);
	CHECK(stat_of("a").st_blocks >= 4 * (long)PAGE / 512);
	CHECK_EQ(pread(fd, got, sizeof(got), 0), 5 * PAGE);
	CHECK_MEM(got, wanted, 5 * PAGE);
	p = CHECK_OK(mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_MEM(p, wanted, 5 * PAGE);
	p[4 * PAGE] = wanted[4 * PAGE] = 1;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 5 * PAGE, PAGE) < 0)
		CHECK_EQ(errno, EOPNOTSUPP);
	CHECK_EQ(stat_of("a").st_size, 5 * PAGE);
	CHECK_FAULT(TOUCH_READ, p + 5 * PAGE, SIGBUS, BUS_ADRERR);
	CHECK_OK(ftruncate(fd, 6 * PAGE));
	CHECK_OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 6 * PAGE));
	CHECK_MEM(p, wanted, 6 * PAGE);
}
