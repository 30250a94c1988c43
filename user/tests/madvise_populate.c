// SPDX-License-Identifier: MIT
/*
 * madvise_populate.c: MADV_POPULATE_READ and _WRITE make pages present without an access (no fault
 * after it), break copy on write when they write, and change no contents.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(8, rw);
	unsigned char wanted[4 * PAGE];
	long faults;

	fill_pattern(wanted, 0, sizeof(wanted));
	if (madvise(p, PAGE, MADV_POPULATE_READ) < 0) {
		CHECK(errno == EINVAL && !on_vellum());
		skip("older than 5.14");
	}
	CHECK_OK(madvise(p, 8 * PAGE, MADV_POPULATE_WRITE));
	CHECK_EQ(resident(p, 8), 8);
	faults = minor_faults();
	for (int i = 0; i < 8; i++)
		p[i * PAGE] = 1;
	CHECK_EQ(minor_faults(), faults);

	p = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_PRIVATE, fd, 0));
	CHECK_OK(madvise(p, 4 * PAGE, MADV_POPULATE_READ));
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_OK(madvise(p, 4 * PAGE, MADV_POPULATE_WRITE));
	CHECK_EQ(pwrite(fd, "x", 1, PAGE), 1);
	CHECK_MEM(p, wanted, sizeof(wanted));
	p = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_SHARED, fd, 0));
	CHECK_OK(madvise(p, 4 * PAGE, MADV_POPULATE_WRITE));
	CHECK_EQ(p[PAGE], 'x');
}
