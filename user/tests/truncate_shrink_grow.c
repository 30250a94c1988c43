// SPDX-License-Identifier: MIT
/*
 * truncate_shrink_grow.c: truncate cuts and lengthens; what was cut off never comes back, the new
 * part is zeros; the offset stays.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 3 * PAGE + 100);
	static char back[3 * PAGE];

	CHECK_EQ(lseek(fd, 2 * PAGE, SEEK_SET), 2 * PAGE);
	CHECK_OK(truncate("a", PAGE + 50));
	CHECK_EQ(stat_of("a").st_size, PAGE + 50);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 2 * PAGE);
	CHECK_EQ(read(fd, back, 10), 0);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_EQ(pread(fd, back, 3 * PAGE, PAGE), 2 * PAGE);
	for (int i = 0; i < 50; i++)
		CHECK_EQ((unsigned char)back[i], pattern_byte(PAGE + i));
	CHECK_ALL(back + 50, 0, 2 * PAGE - 50);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_OK(fsync(fd));
	CHECK_EQ(stat_of("a").st_blocks, 0);
	CHECK_OK(ftruncate(fd, 10));
	CHECK_EQ(pread(fd, back, 100, 0), 10);
	CHECK_ALL(back, 0, 10);

	CHECK_OK(mkdir("d", 0755));
	EXPECT_ERR(truncate("d", 0), EISDIR);
	EXPECT_ERR(truncate("none", 0), ENOENT);
	EXPECT_ERR(truncate("a", -1), EINVAL);
	EXPECT_ERR(ftruncate(99, 0), EBADF);
}
