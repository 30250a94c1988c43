// SPDX-License-Identifier: MIT
/*
 * lseek_whence.c: lseek: SEEK_SET, SEEK_CUR, SEEK_END, beyond the end (a hole appears on write),
 * EINVAL for negative results and unknown whence, ESPIPE for pipes.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 100), pipes[2];
	char back[120];

	CHECK_EQ(lseek(fd, 30, SEEK_SET), 30);
	CHECK_EQ(lseek(fd, -10, SEEK_CUR), 20);
	CHECK_EQ(lseek(fd, -10, SEEK_END), 90);
	CHECK_EQ(lseek(fd, 10, SEEK_END), 110);
	CHECK_EQ(read(fd, back, 1), 0);
	CHECK_EQ(stat_of("a").st_size, 100);
	CHECK_EQ(write(fd, "x", 1), 1);
	CHECK_EQ(stat_of("a").st_size, 111);
	CHECK_EQ(pread(fd, back, 120, 100), 11);
	CHECK_ALL(back, 0, 10);
	CHECK_EQ(back[10], 'x');
	EXPECT_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
	EXPECT_ERR(lseek(fd, -200, SEEK_END), EINVAL);
	EXPECT_ERR(lseek(fd, 0, 99), EINVAL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 111);
	CHECK_OK(pipe(pipes));
	EXPECT_ERR(lseek(pipes[0], 0, SEEK_CUR), ESPIPE);
	EXPECT_ERR(pread(pipes[0], back, 1, 0), ESPIPE);
	EXPECT_ERR(pwrite(pipes[1], back, 1, 0), ESPIPE);
}
