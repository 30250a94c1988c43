// SPDX-License-Identifier: MIT
/*
 * file_huge_offset.c: A byte written at a huge offset is there, and nowhere else; or the file
 * cannot be so large (EFBIG). Truncation takes it away.
 */
#include "test.h"

TEST_IN_DIR()
{
	static const off_t offsets[] = { 1L << 40, (1L << 44) + 5, (1L << 52) - 1, 1L << 52,
		(1L << 52) + 7, 1L << 60, 0x7ffffffffffff000 };
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	char byte;

	for (size_t i = 0; i < NR_ITEMS(offsets); i++) {
		off_t at = offsets[i];

		if (pwrite(fd, "x", 1, at) != 1) {
			CHECK_EQ(errno, EFBIG);
			CHECK_ERR(ftruncate(fd, at + 1), EFBIG);
			continue;
		}
		CHECK_EQ(stat_of("a").st_size, at + 1);
		CHECK_EQ(pread(fd, &byte, 1, at), 1);
		CHECK_EQ(byte, 'x');
		CHECK_EQ(pread(fd, &byte, 1, at & (PAGE - 1)), 1);
		CHECK_EQ(byte, 0);
		CHECK_OK(ftruncate(fd, 0));
		CHECK_EQ(pread(fd, &byte, 1, at), 0);
	}
}
