// SPDX-License-Identifier: MIT
/*
 * mmap_errors.c: The errors of mmap: EINVAL for a length of 0, an offset or fixed address off the
 * page, and no type; EBADF for a bad descriptor; EACCES for the wrong open mode; ENODEV for what
 * cannot be mapped; ENOMEM for too much.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE), fds[2];
	int rdonly = CHECK_OK(open("a", O_RDONLY)), wronly = CHECK_OK(open("a", O_WRONLY));
	int dir = CHECK_OK(open(".", O_RDONLY | O_DIRECTORY));
	int null = CHECK_OK(open("/dev/null", O_RDWR));
	int rw = PROT_READ | PROT_WRITE;

	CHECK_OK(pipe(fds));
	EXPECT_ERR(mmap(NULL, 0, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, 0, rw, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, rw, MAP_ANONYMOUS, -1, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, rw, 0, fd, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, fd, 1), EINVAL);
	EXPECT_ERR(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, fd, 2048), EINVAL);
	EXPECT_ERR(
		mmap((void *)0x10000001, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		EINVAL);

	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 12345, 0), EBADF);

	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, wronly, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, wronly, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, rw, MAP_SHARED, rdonly, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, rdonly, 0), EACCES);
	CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, rdonly, 0));
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rdonly, 0));

	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, dir, 0), ENODEV);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fds[0], 0), ENODEV);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, null, 0), ENODEV);

	EXPECT_ERR(mmap(NULL, 1UL << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	EXPECT_ERR(
		syscall(SYS_mmap, 0, -PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	EXPECT_ERR(
		syscall(SYS_mmap, 0, -1UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	EXPECT_ERR(mmap((void *)0x7ffffffff000, 2 * PAGE, PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		ENOMEM);
	EXPECT_ERR(mmap((void *)0xffff800000000000, PAGE, PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		ENOMEM);
}
