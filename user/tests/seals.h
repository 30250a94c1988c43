/* SPDX-License-Identifier: MIT */
/* seals.h: what the tests of memory files share (musl's headers are older). */
#ifndef SEALS_H
#define SEALS_H

#include "test.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

/* A memory file of the test's pattern that can be sealed. */
TEST_HELPER_FN int make_memfd(size_t nr_pages)
{
	unsigned char page[PAGE];
	int fd = CHECK_OK(memfd_create("sealed", MFD_ALLOW_SEALING | MFD_CLOEXEC));

	for (size_t i = 0; i < nr_pages; i++) {
		fill_pattern(page, i * PAGE, PAGE);
		CHECK_EQ(write(fd, page, PAGE), PAGE);
	}
	return fd;
}

TEST_HELPER_FN void seal(int fd, int seals)
{
	CHECK_OK(fcntl(fd, F_ADD_SEALS, seals));
}

#endif
