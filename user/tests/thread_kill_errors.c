// SPDX-License-Identifier: MIT
/*
 * thread_kill_errors.c: tgkill and tkill: EINVAL for bad numbers and signals, ESRCH for a thread that
 * is not there or belongs to another process, EPERM for another user's; signal 0 only asks.
 */
#include "thread.h"

static struct gate end;
static volatile pid_t other_tid;

static void *other_thread(void *unused)
{
	other_tid = my_tid();
	gate_wait(end);
	return unused;
}

static long tgkill_(pid_t pid, pid_t tid, int sig)
{
	return syscall(SYS_tgkill, pid, tid, sig);
}

TEST()
{
	pthread_t thread;
	pid_t pid, me = getpid(), old;

	end = gate_make();
	thread = thread_start(other_thread, NULL);
	WAIT_UNTIL(other_tid);
	EXPECT_EQ(tgkill_(me, other_tid, 0), 0);
	EXPECT_EQ(tgkill_(me, me, 0), 0);
	EXPECT_EQ(syscall(SYS_tkill, other_tid, 0), 0);
	EXPECT_ERR(tgkill_(0, other_tid, 0), EINVAL);
	EXPECT_ERR(tgkill_(-1, other_tid, 0), EINVAL);
	EXPECT_ERR(tgkill_(me, 0, 0), EINVAL);
	EXPECT_ERR(tgkill_(me, -1, 0), EINVAL);
	EXPECT_ERR(tgkill_(me, me, 65), EINVAL);
	EXPECT_ERR(tgkill_(me, me, -1), EINVAL);
	EXPECT_ERR(syscall(SYS_tkill, 0, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_tkill, -1, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_tkill, me, 65), EINVAL);
	EXPECT_ERR(tgkill_(me, 0x3fffff, SIGUSR1), ESRCH);
	EXPECT_ERR(tgkill_(other_tid, other_tid, SIGUSR1), ESRCH);
	EXPECT_ERR(tgkill_(getppid(), other_tid, SIGUSR1), ESRCH);
	EXPECT_ERR(syscall(SYS_tkill, 0x3fffff, SIGUSR1), ESRCH);
	EXPECT_ERR(tgkill_(me, 0x3fffff, 65), ESRCH);
	EXPECT_ERR(syscall(SYS_tkill, 0x3fffff, 65), ESRCH);
	/* kill(2) takes the number of any thread. */
	EXPECT_EQ(kill(other_tid, 0), 0);
	if (geteuid() == 0) {
		pid = fork_child();
		if (pid == 0) {
			become_other();
			EXPECT_ERR(tgkill_(me, other_tid, 0), EPERM);
			EXPECT_ERR(tgkill_(me, other_tid, SIGKILL), EPERM);
			EXPECT_ERR(syscall(SYS_tkill, other_tid, 0), EPERM);
			child_done();
		}
		CHECK_EXITS(pid, 0);
	}
	old = other_tid;
	gate_give(end);
	thread_join(thread);
	WAIT_UNTIL(tgkill_(me, old, 0) == -1);
	EXPECT_ERR(tgkill_(me, old, 0), ESRCH);
}
