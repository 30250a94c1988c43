// SPDX-License-Identifier: MIT
/*
 * file_far_offsets.c: Single bytes written far out in a file, at powers of two up to the largest
 * offset there is: each is read back where it was written, and nowhere else, or refused (EFBIG).
 * Truncation takes them away again.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	bool written[63] = { false };
	char c;

	for (int bit = 12; bit < 63; bit++) {
		c = (char)bit;
		written[bit] = pwrite(fd, &c, 1, (off_t)1 << bit) == 1;
		if (!written[bit])
			CHECK_EQ(errno, EFBIG);
	}
	CHECK(written[30]);
	CHECK_EQ(pread(fd, &c, 1, 0), 1);
	CHECK_EQ(c, 0);
	for (int bit = 12; bit < 63; bit++)
		if (written[bit]) {
			CHECK_EQ(pread(fd, &c, 1, (off_t)1 << bit), 1);
			CHECK_EQ(c, bit);
		}
	for (int bit = 62; bit >= 12; bit--) {
		if (ftruncate(fd, (off_t)1 << bit) < 0)
			CHECK_EQ(errno, EFBIG);
		else
			CHECK_EQ(pread(fd, &c, 1, (off_t)1 << bit), 0);
	}
	EXPECT_ERR(pread(fd, &c, 1, LONG_MAX), EINVAL);
	EXPECT_ERR(pwrite(fd, &c, 1, LONG_MAX), EINVAL);
	EXPECT_EQ(pread(fd, &c, 1, LONG_MAX - 1), 0);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_EQ(stat_of("a").st_blocks, 0);
}
