// SPDX-License-Identifier: MIT
/*
 * read_write_partial_fault.c: A buffer that ends in unmapped memory: what could be copied counts,
 * nothing at all is EFAULT.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 3 * PAGE), out = make_file("b", 0), pipes[2];
	char *p = map_anon(3, PROT_READ | PROT_WRITE);
	unsigned char wanted[PAGE];
	ssize_t got;

	CHECK_OK(munmap(p + PAGE, PAGE));
	fill_pattern(wanted, 0, PAGE);
	got = pread(fd, p, 2 * PAGE, 0);
	CHECK(got > 0 && got <= (ssize_t)PAGE);
	CHECK_MEM(p, wanted, got);
	CHECK_ERR(pread(fd, p + PAGE, PAGE, 0), EFAULT);

	fill_pattern(p, 0, PAGE);
	got = pwrite(out, p, 3 * PAGE, 0);
	CHECK(got > 0 && got <= (ssize_t)PAGE);
	CHECK_EQ(stat_of("b").st_size, got);
	CHECK_ERR(pwrite(out, p + PAGE, 10, 0), EFAULT);
	CHECK_EQ(stat_of("b").st_size, got);

	CHECK_OK(pipe(pipes));
	got = write(pipes[1], p + PAGE - 10, 20);
	CHECK(got == 10 || (got == -1 && errno == EFAULT));
}
