// SPDX-License-Identifier: MIT
/*
 * open_o_path.c: An O_PATH descriptor names a file without opening it: fstat and *at work, read is
 * EBADF.
 */
#include "test.h"

#ifndef O_PATH
#define O_PATH 010000000
#endif

TEST_IN_DIR()
{
	int dir, file;
	struct stat st;
	char c;

	CHECK_OK(mkdir("d", 0700));
	put_file("d/a", "x");
	dir = CHECK_OK(open("d", O_PATH | O_DIRECTORY));
	file = CHECK_OK(openat(dir, "a", O_PATH));
	CHECK_OK(fstat(file, &st));
	CHECK_EQ(st.st_size, 1);
	CHECK_ERR(read(file, &c, 1), EBADF);
	CHECK_OK(openat(dir, "a", O_RDONLY));
}
