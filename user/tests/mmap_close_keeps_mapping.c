// SPDX-License-Identifier: MIT
/*
 * mmap_close_keeps_mapping.c: Closing the descriptor does not end the mapping.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)), back[2];

	CHECK_OK(close(fd));
	memcpy(p, "OK", 2);
	fd = CHECK_OK(open("a", O_RDONLY));
	CHECK_EQ(read(fd, back, 2), 2);
	CHECK_MEM(back, "OK", 2);
}
