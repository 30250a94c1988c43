// SPDX-License-Identifier: MIT
/*
 * pidfd_send_signal.c: A signal sent through a pidfd arrives as by kill(2), or with the siginfo that
 * is given; EINVAL, EBADF, EPERM, and ESRCH when the process was waited for.
 */
#include "pidfd.h"

static volatile sig_atomic_t value;

static void handler(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	value = info->si_value.sival_int;
}

/* A directory /proc/PID serves as well; other files do not, nor does task/TID. */
static void sends_by_directory(void)
{
	int dir, task;
	char path[64];
	pid_t pid = fork_child();

	if (pid == 0)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/%d", pid);
	dir = CHECK_OK(open(path, O_RDONLY | O_DIRECTORY));
	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, pid);
	task = CHECK_OK(open(path, O_RDONLY | O_DIRECTORY));
	CHECK_OK(pidfd_send_signal(dir, 0, NULL, 0));
	EXPECT_ERR(pidfd_send_signal(task, 0, NULL, 0), EBADF);
	EXPECT_ERR(pidfd_send_signal(CHECK_OK(open("/proc", O_RDONLY)), 0, NULL, 0), EBADF);
	CHECK_OK(pidfd_send_signal(dir, SIGTERM, NULL, 0));
	CHECK_KILLED(pid, SIGTERM);
	EXPECT_ERR(pidfd_send_signal(dir, 0, NULL, 0), ESRCH);
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	int self = CHECK_OK(pidfd_open(getpid(), 0)), fd;
	pid_t pid;

	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	info.si_value.sival_int = 55;
	CHECK_OK(pidfd_send_signal(self, SIGUSR1, &info, 0));
	CHECK_EQ(value, 55);
	EXPECT_EQ(pidfd_send_signal(self, 0, NULL, 0), 0);
	EXPECT_ERR(pidfd_send_signal(self, SIGUSR1, NULL, 0x4000), EINVAL);
	EXPECT_ERR(pidfd_send_signal(self, SIGUSR2, &info, 0), EINVAL);
	EXPECT_ERR(pidfd_send_signal(self, 100, NULL, 0), EINVAL);
	EXPECT_ERR(pidfd_send_signal(self, SIGUSR1, (void *)8, 0), EFAULT);
	EXPECT_ERR(pidfd_send_signal(0, SIGUSR1, NULL, 0), EBADF);
	EXPECT_ERR(pidfd_send_signal(999, SIGUSR1, NULL, 0), EBADF);

	pid = fork_child();
	if (pid == 0) {
		for (;;)
			pause();
	}
	fd = CHECK_OK(pidfd_open(pid, 0));
	info.si_code = SI_USER; /* only the kernel says so */
	EXPECT_ERR(pidfd_send_signal(fd, SIGUSR1, &info, 0), EPERM);
	CHECK_OK(pidfd_send_signal(fd, SIGTERM, NULL, 0));
	CHECK_KILLED(pid, SIGTERM);
	EXPECT_ERR(pidfd_send_signal(fd, SIGTERM, NULL, 0), ESRCH);
	EXPECT_ERR(pidfd_send_signal(fd, 0, NULL, 0), ESRCH);

	sends_by_directory();
	if (geteuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		fd = CHECK_OK(pidfd_open(getppid(), 0));
		become_other();
		EXPECT_ERR(pidfd_send_signal(fd, SIGUSR1, NULL, 0), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
