// SPDX-License-Identifier: MIT
/*
 * syscall_set_tid_address.c: set_tid_address gives the thread's id; gettid is getpid in a process
 * of one thread.
 */
#include "test.h"

TEST()
{
	static int tid;

	CHECK_EQ(syscall(SYS_set_tid_address, &tid), getpid());
	CHECK_EQ(syscall(SYS_gettid), getpid());
}
