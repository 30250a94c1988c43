// SPDX-License-Identifier: MIT
/*
 * clone_flag_errors.c: each combination of flags that clone(2) and clone3(2) call invalid, and sizes
 * and signals of clone3 that are.
 */
#include "thread.h"

#include <linux/sched.h>

static long clone_raw(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	return pid;
}

static long clone3_raw(struct clone_args *args, size_t size)
{
	long pid = syscall(SYS_clone3, args, size);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	return pid;
}

static void clone3_errors(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	char *page = map_anon(2, PROT_READ | PROT_WRITE);

	CHECK(clone3_raw(&args, sizeof(args)) > 0);
	EXPECT_ERR(clone3_raw(&args, 63), EINVAL);
	EXPECT_ERR(clone3_raw(&args, PAGE + 1), E2BIG);
	EXPECT_ERR(clone3_raw((void *)8, 64), EFAULT);
	memcpy(page, &args, 64);
	CHECK(clone3_raw((void *)page, 64) > 0);
	CHECK(clone3_raw((void *)page, PAGE) > 0);
	page[200] = 1;
	EXPECT_ERR(clone3_raw((void *)page, PAGE), E2BIG);
	args.exit_signal = 65;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.exit_signal = 1UL << 32;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args = (struct clone_args){ .exit_signal = SIGCHLD, .flags = CLONE_DETACHED };
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.flags = SIGCHLD; /* the signal does not stand in the flags */
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.flags = 1UL << 40;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.flags = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND | CLONE_VM;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL); /* with an exit signal */
	args.flags = 0;
	args.stack = (unsigned long)page;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.stack = 0;
	args.stack_size = PAGE;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
	args.stack = 0x7ffffffff000;
	args.stack_size = 1UL << 60;
	EXPECT_ERR(clone3_raw(&args, sizeof(args)), EINVAL);
}

/* Namespaces are for the privileged, whether there are any or not. */
static void as_other(void)
{
	static const unsigned long namespaces[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC,
		CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP };
	struct clone_args args = { .exit_signal = SIGCHLD };

	become_other();
	for (size_t i = 0; i < NR_ITEMS(namespaces); i++) {
		EXPECT_ERR(clone_raw(namespaces[i] | SIGCHLD), EPERM);
		args.flags = namespaces[i];
		EXPECT_ERR(clone3_raw(&args, sizeof(args)), EPERM);
	}
}

TEST()
{
	EXPECT_ERR(clone_raw(CLONE_THREAD | SIGCHLD), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_THREAD | CLONE_VM | SIGCHLD), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_SIGHAND | SIGCHLD), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_FS | CLONE_NEWNS | SIGCHLD), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWPID), EINVAL);
	EXPECT_ERR(clone_raw(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD), EINVAL);
	EXPECT_ERR(syscall(SYS_clone, CLONE_SETTLS | SIGCHLD, 0, 0, 0, 1UL << 47), EPERM);
	/* What is ignored. */
	CHECK(clone_raw(CLONE_DETACHED | SIGCHLD) > 0);
	CHECK(clone_raw(CLONE_UNTRACED | CLONE_PTRACE | SIGCHLD) > 0);
	CHECK(clone_raw(CLONE_IO | CLONE_SYSVSEM | SIGCHLD) > 0);
	clone3_errors();
	if (geteuid() == 0)
		in_child(as_other);
}
