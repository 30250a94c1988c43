// SPDX-License-Identifier: MIT
/*
 * madvise_dontneed_file.c: MADV_DONTNEED on file memory drops this mapping's pages: private stores
 * are forgotten and the file shows again, shared stores are kept in the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE), rw = PROT_READ | PROT_WRITE;
	unsigned char *private = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_PRIVATE, fd, 0));
	unsigned char *shared = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));

	private[5] = 0xff;
	shared[PAGE + 5] = 0xee;
	CHECK_OK(madvise(private, 2 * PAGE, MADV_DONTNEED));
	CHECK_OK(madvise(shared, 2 * PAGE, MADV_DONTNEED));
	CHECK_EQ(private[5], pattern_byte(5));
	CHECK_EQ(shared[PAGE + 5], 0xee);
	CHECK_EQ(private[PAGE + 5], 0xee);
}
