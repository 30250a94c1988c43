// SPDX-License-Identifier: MIT
/*
 * signal_sent_segv.c: SIGSEGV that is sent is a signal like others: ignored, blocked and waiting. One
 * that the machine raises while it is ignored or blocked kills, and a handler that blocks it does not
 * run again for a fault of its own.
 */
#include "test.h"

static void fault(void)
{
	__asm__ volatile("movb $1, 8" : : : "memory");
}

static void faulting_handler(int signo)
{
	(void)signo;
	fault();
}

static void leaving_handler(int signo)
{
	(void)signo;
	_exit(9);
}

TEST()
{
	sigset_t set, pending;
	pid_t pid;

	CHECK(signal(SIGSEGV, SIG_IGN) != SIG_ERR);
	CHECK_OK(raise(SIGSEGV));
	CHECK_KILLS(SIGSEGV, fault());
	CHECK(signal(SIGBUS, SIG_IGN) != SIG_ERR);
	CHECK_OK(kill(getpid(), SIGBUS));

	CHECK(signal(SIGSEGV, leaving_handler) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_OK(raise(SIGSEGV));
	CHECK_OK(sigpending(&pending));
	CHECK(sigismember(&pending, SIGSEGV));
	CHECK_KILLS(SIGSEGV, fault());
	pid = fork_child();
	if (pid == 0) {
		raise(SIGSEGV);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		child_done();
	}
	CHECK_EXITS(pid, 9);
	CHECK_EQ(sigwaitinfo(&set, NULL), SIGSEGV);
	CHECK_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));

	CHECK(signal(SIGSEGV, faulting_handler) != SIG_ERR);
	CHECK_KILLS(SIGSEGV, fault());
}
