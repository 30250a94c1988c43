// SPDX-License-Identifier: MIT
/*
 * signal_interrupts_spin.c: A program that makes no system calls still gets its signals: the timer
 * ends an endless loop.
 */
#include "test.h"

TEST()
{
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };

	CHECK_KILLS(SIGALRM, {
		setitimer(ITIMER_REAL, &soon, NULL);
		for (;;)
			__asm__ volatile("" : : : "memory");
	});
	CHECK_KILLS(SIGKILL, {
		pid_t me = getpid();

		if (fork() == 0) {
			sleep_ms(10);
			kill(me, SIGKILL);
			_exit(0);
		}
		for (;;)
			__asm__ volatile("" : : : "memory");
	});
}
