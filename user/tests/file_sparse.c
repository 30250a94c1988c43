// SPDX-License-Identifier: MIT
/*
 * file_sparse.c: A file of 100 MiB with three bytes in it takes hardly any room, and reads as zeros
 * between them.
 */
#include "test.h"

#define FAR (100L << 20)

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	static char back[64 * 1024];
	struct stat st;

	CHECK_EQ(pwrite(fd, "1", 1, 0), 1);
	CHECK_EQ(pwrite(fd, "2", 1, FAR / 2), 1);
	CHECK_EQ(pwrite(fd, "3", 1, FAR - 1), 1);
	CHECK_OK(fsync(fd));
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, FAR);
	CHECK_EQ(st.st_blocks * 512 < 200 * 1024, 1);
	CHECK_EQ(pread(fd, back, sizeof(back), FAR / 2 - 1), sizeof(back));
	CHECK_EQ(back[1], '2');
	back[1] = 0;
	CHECK_ALL(back, 0, sizeof(back));
	CHECK_EQ(pread(fd, back, sizeof(back), FAR - 100), 100);
	CHECK_EQ(back[99], '3');
	CHECK_EQ(pread(fd, back, sizeof(back), 12345678), sizeof(back));
	CHECK_ALL(back, 0, sizeof(back));
}
