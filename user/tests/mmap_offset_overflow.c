// SPDX-License-Identifier: MIT
/*
 * mmap_offset_overflow.c: A file offset and length beyond what the file could ever have: EOVERFLOW.
 * How long the filesystem lets files become is not asked, and what is no regular file may have any
 * offset.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), dir = CHECK_OK(open(".", O_RDONLY | O_DIRECTORY));
	size_t far = 1ul << 44;

	CHECK_ERR(syscall(SYS_mmap, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0x7ffffffffffff000),
		EOVERFLOW);
	CHECK_ERR(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, fd, -PAGE), EOVERFLOW);
	CHECK_ERR(
		syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, dir, 0x7fffffffffffe000), ENODEV);
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, far));
}
