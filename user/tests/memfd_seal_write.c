// SPDX-License-Identifier: MIT
/*
 * memfd_seal_write.c: F_SEAL_WRITE: EBUSY while a shared mapping may write; then no write(2), no
 * hole and no such mapping any more (EPERM), and mprotect does not bring it back; private mappings
 * and reads go on.
 */
#include "seals.h"

TEST()
{
	int fd = make_memfd(2), rw = PROT_READ | PROT_WRITE, reader;
	char *p = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0)), link[40], byte;
	pid_t pid;

	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	CHECK_OK(mprotect(p, PAGE, PROT_READ)); /* it could be made writable again */
	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(munmap(p, PAGE));
		EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY); /* the parent's */
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0));
	sprintf(link, "/proc/self/fd/%d", fd);
	reader = CHECK_OK(open(link, O_RDONLY));
	CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0));
	seal(fd, F_SEAL_WRITE);

	EXPECT_ERR(write(fd, "x", 1), EPERM);
	EXPECT_ERR(pwrite(fd, "x", 1, 0), EPERM);
	EXPECT_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), EPERM);
	EXPECT_EQ(pread(fd, &byte, 1, 7), 1);
	EXPECT_EQ((unsigned char)byte, pattern_byte(7));
	EXPECT_ERR(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0), EPERM);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	p = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0));
	p[0] = 1;
	/* To map it shared and only for reading is refused by kernels before 6.7. */
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		EXPECT_EQ(errno, EPERM);
		EXPECT_EQ(on_vellum(), false);
	} else {
		EXPECT_ERR(mprotect(p, PAGE, rw), EACCES);
	}
	/* The size is another matter. */
	EXPECT_EQ(ftruncate(fd, PAGE), 0);
	EXPECT_EQ(ftruncate(fd, 3 * PAGE), 0);
}
