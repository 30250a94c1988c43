// SPDX-License-Identifier: MIT
/*
 * efault_half_structure.c: A structure of which only the first half is mapped: EFAULT, from either
 * side of the kernel's copy.
 */
#include "test.h"

TEST_IN_DIR()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	char *edge = p + PAGE - 8;
	int fd = make_file("a", 10);
	struct iovec *vector = (struct iovec *)edge;

	CHECK_OK(munmap(p + PAGE, PAGE));
	memset(edge, 0, 8);
	EXPECT_ERR(syscall(SYS_fstat, fd, edge), EFAULT);
	EXPECT_ERR(syscall(SYS_uname, edge), EFAULT);
	EXPECT_ERR(syscall(SYS_getrusage, RUSAGE_SELF, edge), EFAULT);
	EXPECT_ERR(syscall(SYS_rt_sigaction, SIGUSR1, edge, NULL, 8), EFAULT);
	EXPECT_ERR(syscall(SYS_nanosleep, edge, NULL), EFAULT);
	EXPECT_ERR(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, edge), EFAULT);
	EXPECT_ERR(syscall(SYS_poll, edge + 4, 1, 0), EFAULT);
	EXPECT_ERR(syscall(SYS_writev, fd, vector, 1), EFAULT);
	EXPECT_ERR(syscall(SYS_setitimer, ITIMER_REAL, edge, NULL), EFAULT);
	/* pipe: no descriptor may be left behind. */
	EXPECT_ERR(syscall(SYS_pipe, p + PAGE - 4), EFAULT);
	EXPECT_EQ(dup(fd), fd + 1);
}
