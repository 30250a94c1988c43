// SPDX-License-Identifier: MIT
/*
 * mmap_private_write_first.c: A private file page whose first access is a write has the file's
 * bytes around the one written.
 */
#include "test.h"

TEST_IN_DIR()
{
	unsigned char wanted[PAGE];
	int fd = make_file("a", PAGE);
	unsigned char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));

	fill_pattern(wanted, 0, PAGE);
	wanted[77] = p[77] = 0xaa;
	CHECK_MEM(p, wanted, PAGE);
}
