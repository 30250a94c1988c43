// SPDX-License-Identifier: MIT
/*
 * clone3_options.c: what clone3 can and clone cannot: CLONE_PIDFD has a place of its own beside
 * CLONE_PARENT_SETTID's, set_tid chooses the child's number (EEXIST, EINVAL, EPERM), any exit
 * signal; the cgroup must be one (EBADF). CLONE_CLEAR_SIGHAND leaves what is ignored ignored.
 */
#include "pidfd.h"

#include <linux/sched.h>

static volatile int handled;
static pid_t chosen; /* 0: any */

static void on_signal(int signo)
{
	handled = signo;
}

/* The child ends with status 5, or 6 if a number was chosen and it has another one. */
static long clone3_raw(struct clone_args args)
{
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(!chosen || getpid() == chosen ? 5 : 6);
	return pid;
}

static void pidfd_beside_tid(void)
{
	int fd = -1, tid = 0;
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
		.exit_signal = SIGCHLD,
		.pidfd = (unsigned long)&fd,
		.parent_tid = (unsigned long)&tid,
	};
	siginfo_t info;
	long pid = CHECK_OK(clone3_raw(args));

	CHECK_EQ(tid, pid);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_OK(waitid(PIDFD_PROCESS, fd, &info, WEXITED));
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_status, 5);
	close(fd);
	args.parent_tid = args.pidfd;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	args.flags = CLONE_PIDFD;
	args.pidfd = 8;
	EXPECT_ERR(clone3_raw(args), EFAULT);
}

static void chosen_number(void)
{
	pid_t numbers[2] = { 0 };
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (unsigned long)numbers,
		.set_tid_size = 1,
	};
	pid_t pid;

	/* A number that nobody has: that of a child which is gone. */
	pid = fork_child();
	if (pid == 0)
		_exit(0);
	CHECK_EXITS(pid, 0);
	numbers[0] = chosen = pid;
	CHECK_EQ(clone3_raw(args), pid);
	EXPECT_ERR(clone3_raw(args), EEXIST);
	CHECK_EXITS(pid, 5);
	numbers[0] = 0;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	numbers[0] = 1 << 30;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	numbers[0] = getpid();
	EXPECT_ERR(clone3_raw(args), EEXIST);
	args.set_tid_size = 40;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	args.set_tid_size = 0;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	args.set_tid_size = 1;
	args.set_tid = 0;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	args.set_tid = 8;
	EXPECT_ERR(clone3_raw(args), EFAULT);

	args.set_tid = (unsigned long)numbers;
	numbers[0] = pid;
	pid = fork_child();
	if (pid == 0) {
		become_other();
		CHECK_ERR(clone3_raw(args), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

static void exit_signal(void)
{
	struct clone_args args = { .exit_signal = SIGUSR1 };
	int status;
	long pid;

	CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
	pid = CHECK_OK(clone3_raw(args));
	WAIT_UNTIL(handled == SIGUSR1);
	EXPECT_ERR(waitpid(pid, &status, 0), ECHILD);
	CHECK_EQ(waitpid(pid, &status, __WCLONE), pid);
	args.exit_signal = 0;
	pid = CHECK_OK(clone3_raw(args));
	CHECK_EQ(waitpid(pid, &status, __WALL), pid);
}

static void cgroup(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_INTO_CGROUP };
	int fd = CHECK_OK(open("/dev/null", O_RDONLY));

	args.cgroup = fd;
	EXPECT_ERR(clone3_raw(args), EBADF);
	args.cgroup = 1000;
	EXPECT_ERR(clone3_raw(args), EBADF);
	args.cgroup = 1UL << 31;
	EXPECT_ERR(clone3_raw(args), EINVAL);
	close(fd);
}

static void clear_sighand(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_CLEAR_SIGHAND };
	struct sigaction action;
	long pid;

	CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
	CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
	pid = CHECK_OK(syscall(SYS_clone3, &args, sizeof(args)));
	if (pid == 0) {
		CHECK_OK(sigaction(SIGUSR1, NULL, &action));
		CHECK(action.sa_handler == SIG_DFL);
		CHECK_OK(sigaction(SIGUSR2, NULL, &action));
		CHECK(action.sa_handler == SIG_IGN);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_OK(sigaction(SIGUSR1, NULL, &action));
	CHECK(action.sa_handler == on_signal);
}

TEST()
{
	pidfd_beside_tid();
	exit_signal();
	cgroup();
	clear_sighand();
	need_root("to choose a number");
	chosen_number();
}
