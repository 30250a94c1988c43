// SPDX-License-Identifier: MIT
/*
 * unshare_errors.c: unshare(2): unknown flags are EINVAL; CLONE_THREAD, CLONE_SIGHAND and CLONE_VM
 * are right only where nothing is shared that would have to be taken apart; namespaces need
 * privilege; what is not shared is no error.
 */
#include "thread.h"

static struct gate end;

static void *waits(void *unused)
{
	gate_wait(end);
	return unused;
}

static int shares_memory(void *unused)
{
	waits(unused);
	return 0;
}

static void with_thread(void)
{
	pthread_t thread = thread_start(waits, NULL);

	EXPECT_ERR(unshare(CLONE_THREAD), EINVAL);
	EXPECT_ERR(unshare(CLONE_SIGHAND), EINVAL);
	EXPECT_ERR(unshare(CLONE_VM), EINVAL);
	EXPECT_ERR(unshare(CLONE_VM | CLONE_FS | CLONE_FILES), EINVAL);
	CHECK_OK(unshare(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM));
	gate_give(end);
	thread_join(thread);
}

static void with_process(int flags, int sighand_error)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pid_t pid = CHECK_OK(
		clone(shares_memory, stack + sizeof(stack), CLONE_VM | flags | SIGCHLD, NULL));

	CHECK_OK(unshare(CLONE_THREAD));
	EXPECT_EQ(unshare(CLONE_SIGHAND) == 0 ? 0 : errno, sighand_error);
	EXPECT_ERR(unshare(CLONE_VM), EINVAL);
	gate_give(end);
	CHECK_EXITS(pid, 0);
}

static void as_other(void)
{
	become_other();
	EXPECT_ERR(unshare(CLONE_NEWNS), EPERM);
	EXPECT_ERR(unshare(CLONE_NEWUTS | CLONE_FS), EPERM);
	CHECK_OK(unshare(CLONE_FS | CLONE_FILES));
}

TEST()
{
	end = gate_make();
	CHECK_OK(unshare(0));
	CHECK_OK(unshare(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM));
	CHECK_OK(unshare(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM));
	EXPECT_ERR(unshare(CLONE_VFORK), EINVAL);
	EXPECT_ERR(unshare(CLONE_PARENT | CLONE_FS), EINVAL);
	EXPECT_ERR(syscall(SYS_unshare, 1), EINVAL);
	with_thread();
	with_process(0, 0);
	with_process(CLONE_SIGHAND, EINVAL);
	if (geteuid() == 0)
		in_child(as_other);
}
