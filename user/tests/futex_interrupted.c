// SPDX-License-Identifier: MIT
/*
 * futex_interrupted.c: a signal's handler ends FUTEX_WAIT with EINTR, if the wait has a timeout, or
 * the handler no SA_RESTART; without a timeout, and with SA_RESTART, the wait goes on. A stop and
 * continue are not noticed.
 */
#include "thread.h"

static unsigned word;
static volatile int handled;
static pid_t main_tid;

static void on_signal(int signo)
{
	(void)signo;
	handled++;
}

static void install(int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	handled = 0;
}

/* Sends the signal once the main thread sleeps; wakes it after the handler ran, if wake is set. */
static void *disturb(void *wake)
{
	WAIT_UNTIL(thread_state(getpid(), main_tid) == 'S');
	CHECK_OK(syscall(SYS_tgkill, getpid(), main_tid, SIGUSR1));
	WAIT_UNTIL(handled == 1);
	if (!wake)
		return NULL;
	WAIT_UNTIL(thread_state(getpid(), main_tid) == 'S');
	CHECK_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	return NULL;
}

TEST()
{
	struct timespec long_time = { 100, 0 }, late;
	pthread_t thread;
	pid_t pid;

	main_tid = my_tid();
	install(0);
	thread = thread_start(disturb, NULL);
	CHECK_ERR(futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0), EINTR);
	thread_join(thread);

	install(SA_RESTART);
	thread = thread_start(disturb, &word);
	CHECK_EQ(futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0), 0);
	thread_join(thread);

	install(SA_RESTART);
	thread = thread_start(disturb, NULL);
	CHECK_ERR(futex(&word, FUTEX_WAIT, 0, &long_time, NULL, 0), EINTR);
	thread_join(thread);

	install(SA_RESTART);
	late = (struct timespec){ now_ns(CLOCK_MONOTONIC) / 1000000000 + 100, 0 };
	thread = thread_start(disturb, NULL);
	CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET, 0, &late, NULL, -1), EINTR);
	thread_join(thread);

	pid = fork_child();
	if (pid == 0) {
		struct timespec short_time = { 0, 300000000 };

		CHECK_ERR(futex(&word, FUTEX_WAIT, 0, &short_time, NULL, 0), ETIMEDOUT);
		child_done();
	}
	WAIT_UNTIL(thread_state(pid, pid) == 'S');
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	CHECK_OK(kill(pid, SIGCONT));
	CHECK_EXITS(pid, 0);
}
