// SPDX-License-Identifier: MIT
/*
 * read_write_offset.c: read and write move the offset, pread and pwrite do not; reading at the end
 * gives 0 and behind it 0; a length of 0 does nothing.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	char back[20];

	CHECK_EQ(write(fd, "0123456789", 10), 10);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
	CHECK_EQ(read(fd, back, 5), 0);
	CHECK_EQ(pread(fd, back, 4, 3), 4);
	CHECK_MEM(back, "3456", 4);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
	CHECK_EQ(pwrite(fd, "ab", 2, 1), 2);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
	CHECK_EQ(lseek(fd, 8, SEEK_SET), 8);
	CHECK_EQ(read(fd, back, 20), 2);
	CHECK_MEM(back, "89", 2);
	CHECK_EQ(pread(fd, back, 4, 100), 0);
	CHECK_EQ(read(fd, back, 0), 0);
	CHECK_EQ(write(fd, back, 0), 0);
	CHECK_ERR(pread(fd, back, 1, -1), EINVAL);
	CHECK_ERR(pwrite(fd, back, 1, -1), EINVAL);
	CHECK_FILE("a", "0ab3456789");
}
