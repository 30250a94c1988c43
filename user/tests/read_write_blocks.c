// SPDX-License-Identifier: MIT
/*
 * read_write_blocks.c: Writing and reading back in pieces of odd sizes over many pages gives the
 * same bytes.
 */
#include "test.h"

#define SIZE (37 * PAGE + 123)

TEST_IN_DIR()
{
	static const size_t steps[] = { 1, 511, 1000, 1024, 4095, 4096, 4097, 9999, 40000 };
	static unsigned char data[SIZE], back[SIZE];

	fill_pattern(data, 0, SIZE);
	for (size_t i = 1; i < NR_ITEMS(steps); i++) {
		int fd = CHECK_OK(open("a", O_RDWR | O_CREAT | O_TRUNC, 0600));
		size_t step = steps[i], other = steps[NR_ITEMS(steps) - i];

		for (size_t at = 0; at < SIZE; at += step) {
			size_t part = SIZE - at < step ? SIZE - at : step;

			CHECK_EQ(write(fd, data + at, part), part);
		}
		CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
		memset(back, 0, SIZE);
		for (size_t at = 0; at < SIZE; at += other) {
			size_t part = SIZE - at < other ? SIZE - at : other;

			CHECK_EQ(read(fd, back + at, other), part);
		}
		CHECK_MEM(back, data, SIZE);
		CHECK_OK(close(fd));
	}
}
