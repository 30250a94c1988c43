// SPDX-License-Identifier: MIT
/*
 * efault_past_eof.c: What is SIGBUS for a program, a page of a mapping behind the end of its file, is
 * EFAULT in a system call that reads or stores there, and nothing else happens: no bytes are taken from a
 * pipe, the file becomes no longer. What can be moved before the page is counted.
 */
#include "test.h"

#include <sys/sysinfo.h>

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), zero = CHECK_OK(open("/dev/zero", O_RDONLY)), pipes[2], left;
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char *bad = p + PAGE, text[32];
	struct iovec vector[2] = { { text, 10 }, { bad, 10 } };

	CHECK_OK(pipe(pipes));
	CHECK_EQ(write(pipes[1], "hello", 5), 5);
	EXPECT_ERR(read(zero, bad, 10), EFAULT);
	EXPECT_ERR(write(pipes[1], bad, 10), EFAULT);
	EXPECT_ERR(read(pipes[0], bad, 5), EFAULT);
	CHECK_OK(ioctl(pipes[0], FIONREAD, &left));
	CHECK_EQ(left, 5);
	EXPECT_ERR(pwrite(fd, bad, 10, 0), EFAULT);
	EXPECT_ERR(pwrite(fd, p + 2 * PAGE, PAGE, PAGE), EFAULT);
	EXPECT_EQ(preadv(fd, vector, 2, 0), 10);
	EXPECT_EQ(pwritev(fd, vector, 2, 0), 10);
	EXPECT_EQ(pread(fd, p + PAGE - 8, 16, 0), 8);
	EXPECT_EQ(pwrite(fd, p + PAGE - 8, 16, 0), 8);
	EXPECT_ERR(syscall(SYS_stat, bad, text), EFAULT);
	EXPECT_ERR(syscall(SYS_fstat, fd, bad), EFAULT);
	EXPECT_ERR(open(bad, O_RDONLY), EFAULT);
	EXPECT_ERR(memfd_create(bad, 0), EFAULT);
	EXPECT_ERR(syscall(SYS_nanosleep, bad, NULL), EFAULT);
	EXPECT_ERR(syscall(SYS_clock_gettime, CLOCK_REALTIME, bad), EFAULT);
	EXPECT_ERR(syscall(SYS_rt_sigaction, SIGUSR1, bad, NULL, 8), EFAULT);
	EXPECT_ERR(syscall(SYS_futex, bad, 0, 0, NULL, NULL, 0), EFAULT);
	EXPECT_ERR(mincore(p, PAGE, (void *)bad), EFAULT);
	EXPECT_ERR(sysinfo((void *)bad), EFAULT);
	CHECK_EQ(lseek(fd, 0, SEEK_END), PAGE);
	CHECK_OK(ftruncate(fd, 2 * PAGE));
	CHECK_EQ(read(pipes[0], bad, 5), 5);
	CHECK_MEM(bad, "hello", 5);
}
