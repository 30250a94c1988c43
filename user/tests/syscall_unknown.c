// SPDX-License-Identifier: MIT
/*
 * syscall_unknown.c: Numbers without a system call are ENOSYS, whatever their upper bits.
 */
#include "test.h"

TEST()
{
	EXPECT_ERR(syscall(9999), ENOSYS);
	EXPECT_ERR(syscall(511 + 100), ENOSYS);
	EXPECT_ERR(syscall(-1), ENOSYS);
	EXPECT_ERR(syscall(-2), ENOSYS);
	EXPECT_ERR(syscall(0x7fffffff), ENOSYS);
	EXPECT_ERR(syscall(180), ENOSYS); /* nfsservctl, removed */
	CHECK_EQ(syscall(SYS_getpid), getpid());
}
