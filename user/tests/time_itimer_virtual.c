// SPDX-License-Identifier: MIT
/*
 * time_itimer_virtual.c: ITIMER_VIRTUAL and ITIMER_PROF count the time that the process runs, not
 * that it sleeps.
 */
#include "test.h"

static volatile int virtual_came, prof_came;

static void handler(int signo)
{
	if (signo == SIGVTALRM)
		virtual_came++;
	else
		prof_came++;
}

TEST()
{
	struct itimerval timer = { { 0, 0 }, { 0, 50000 } };

	CHECK(signal(SIGVTALRM, handler) != SIG_ERR);
	CHECK(signal(SIGPROF, handler) != SIG_ERR);
	CHECK_OK(setitimer(ITIMER_VIRTUAL, &timer, NULL));
	CHECK_OK(setitimer(ITIMER_PROF, &timer, NULL));
	sleep_ms(80);
	CHECK_EQ(virtual_came + prof_came, 0);
	while (!virtual_came || !prof_came)
		__asm__ volatile("" : : : "memory");
	CHECK_EQ(virtual_came, 1);
	CHECK_EQ(prof_came, 1);
}
