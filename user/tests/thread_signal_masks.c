// SPDX-License-Identifier: MIT
/*
 * thread_signal_masks.c: Each thread has its own mask, inherited at its birth; a signal to the
 * process goes to a thread that does not block it; one to a thread stays there until it unblocks it;
 * what is pending is the thread's own and the process's.
 */
#include "thread.h"

static volatile pid_t handled_by[3], tids[2];
static struct gate step[2], done;

static void on_signal(int signo)
{
	handled_by[signo == SIGUSR2] = my_tid();
}

static bool is_pending(int signo)
{
	sigset_t set;

	CHECK_OK(sigpending(&set));
	return sigismember(&set, signo);
}

static void change(int how, int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	CHECK_EQ(pthread_sigmask(how, &set, NULL), 0);
}

static void *blocks_all(void *unused)
{
	tids[0] = my_tid();
	gate_give(done);
	gate_wait(step[0]); /* SIGUSR1 was sent to this thread, SIGUSR2 to the process */
	CHECK(is_pending(SIGUSR1));
	CHECK(is_pending(SIGUSR2));
	gate_give(done);
	gate_wait(step[0]);
	CHECK(!is_pending(SIGUSR2));
	CHECK_EQ(handled_by[0], 0);
	change(SIG_UNBLOCK, SIGUSR1);
	CHECK_EQ(handled_by[0], my_tid());
	return unused;
}

static void *takes_process_signal(void *unused)
{
	tids[1] = my_tid();
	gate_give(done);
	gate_wait(step[1]);
	CHECK(!is_pending(SIGUSR1));
	CHECK(is_pending(SIGUSR2));
	change(SIG_UNBLOCK, SIGUSR2);
	CHECK_EQ(handled_by[1], my_tid());
	gate_give(done);
	return unused;
}

TEST()
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		step[i] = gate_make();
	done = gate_make();
	CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
	CHECK(signal(SIGUSR2, on_signal) != SIG_ERR);
	change(SIG_BLOCK, SIGUSR1);
	change(SIG_BLOCK, SIGUSR2);
	threads[0] = thread_start(blocks_all, NULL);
	threads[1] = thread_start(takes_process_signal, NULL);
	gate_wait(done);
	gate_wait(done);
	CHECK_EQ(pthread_kill(threads[0], SIGUSR1), 0);
	CHECK_OK(kill(getpid(), SIGUSR2));
	CHECK(!is_pending(SIGUSR1));
	CHECK(is_pending(SIGUSR2));
	gate_give(step[0]);
	gate_wait(done);
	gate_give(step[1]);
	gate_wait(done);
	CHECK(!is_pending(SIGUSR2));
	gate_give(step[0]);
	for (int i = 0; i < 2; i++)
		thread_join(threads[i]);
	/* One thread does not block it: it is taken by that one, wherever it sleeps. */
	handled_by[0] = 0;
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(handled_by[0], 0);
	change(SIG_UNBLOCK, SIGUSR1);
	CHECK_EQ(handled_by[0], my_tid());
}
