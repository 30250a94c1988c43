// SPDX-License-Identifier: MIT
/*
 * signal_siginfo.c: SA_SIGINFO tells who sent it: kill gives SI_USER with pid and uid, a child's
 * end CLD_EXITED, CLD_KILLED, CLD_STOPPED with its status.
 */
#include "test.h"

static volatile struct {
	int signo, code, pid, uid, status;
} got;

static void handler(int signo, siginfo_t *info, void *context)
{
	got.signo = signo == info->si_signo ? signo : -1;
	got.code = info->si_code;
	got.pid = info->si_pid;
	got.uid = info->si_uid;
	got.status = signo == SIGCHLD ? info->si_status : 0;
	if (!context)
		got.signo = -2;
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	pid_t pid;

	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(got.signo, SIGUSR1);
	CHECK_EQ(got.code, SI_USER);
	CHECK_EQ(got.pid, getpid());
	CHECK_EQ(got.uid, getuid());
	CHECK_OK(syscall(SYS_tkill, getpid(), SIGUSR1));
	CHECK_EQ(got.code, SI_TKILL);

	CHECK_OK(sigaction(SIGCHLD, &action, NULL));
	pid = fork_child();
	if (pid == 0)
		_exit(17);
	WAIT_UNTIL(got.signo == SIGCHLD);
	CHECK_EQ(got.code, CLD_EXITED);
	CHECK_EQ(got.pid, pid);
	CHECK_EQ(got.status, 17);
	CHECK_EXITS(pid, 17);

	pid = fork_child();
	if (pid == 0)
		for (;;)
			pause();
	CHECK_OK(kill(pid, SIGSTOP));
	WAIT_UNTIL(got.code == CLD_STOPPED);
	CHECK_EQ(got.status, SIGSTOP);
	CHECK_OK(kill(pid, SIGCONT));
	WAIT_UNTIL(got.code == CLD_CONTINUED);
	CHECK_OK(kill(pid, SIGKILL));
	WAIT_UNTIL(got.code == CLD_KILLED);
	CHECK_EQ(got.status, SIGKILL);
	CHECK_KILLED(pid, SIGKILL);
}
