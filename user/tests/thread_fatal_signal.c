// SPDX-License-Identifier: MIT
/*
 * thread_fatal_signal.c: A signal that kills ends all threads: sent to the process, to one thread,
 * or raised by a fault in one; and the status says so.
 */
#include "thread.h"

static struct gate never;
static volatile pid_t tid;

static void *waits(void *unused)
{
	char byte;

	tid = my_tid();
	(void)!read(never.fd[0], &byte, 1);
	return unused;
}

static void *faults(void *unused)
{
	store_at(16);
	return unused;
}

static pid_t start(void *(*second)(void *))
{
	struct gate ready = gate_make();
	pid_t pid = fork_child();

	if (pid == 0) {
		thread_start(waits, NULL);
		WAIT_UNTIL(tid);
		gate_give(ready);
		if (second)
			thread_start(second, NULL);
		waits(NULL);
	}
	gate_wait(ready);
	close(ready.fd[0]);
	close(ready.fd[1]);
	return pid;
}

TEST()
{
	pid_t pid;

	never = gate_make();
	CHECK_KILLED(start(faults), SIGSEGV);
	pid = start(NULL);
	CHECK_OK(kill(pid, SIGTERM));
	CHECK_KILLED(pid, SIGTERM);
	pid = start(NULL);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
	pid = start(NULL);
	CHECK_OK(syscall(SYS_tkill, pid, SIGUSR1));
	CHECK_KILLED(pid, SIGUSR1);
	CHECK_KILLS(SIGUSR2, {
		pthread_t t = thread_start(waits, NULL);

		pthread_kill(t, SIGUSR2);
		waits(NULL);
	});
}
