// SPDX-License-Identifier: MIT
/*
 * mmap_offset_overflow.c: A file offset and length beyond what the file could ever have: EOVERFLOW.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);

	CHECK_ERR(syscall(SYS_mmap, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0x7ffffffffffff000),
		EOVERFLOW);
	CHECK_ERR(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, fd, -PAGE), EOVERFLOW);
}
