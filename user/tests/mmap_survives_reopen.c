// SPDX-License-Identifier: MIT
/*
 * mmap_survives_reopen.c: What was stored through a shared mapping is in the file after munmap,
 * fsync and a new open.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 3 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char back[PAGE];

	memset(p + PAGE, 'S', PAGE);
	CHECK_OK(munmap(p, 3 * PAGE));
	CHECK_OK(fsync(fd));
	CHECK_OK(close(fd));
	fd = CHECK_OK(open("a", O_RDONLY));
	CHECK_EQ(pread(fd, back, PAGE, PAGE), PAGE);
	CHECK_ALL(back, 'S', PAGE);
	CHECK_EQ(pread(fd, back, 1, 0), 1);
	CHECK_EQ((unsigned char)back[0], pattern_byte(0));
}
