// SPDX-License-Identifier: MIT
/*
 * signal_flags.c: SA_NODEFER lets the signal come inside of its own handler, SA_RESETHAND restores
 * the default after the first, sa_mask blocks others meanwhile.
 */
#include "test.h"

static volatile int depth, max_depth, order[4], nr_order;

static void nested(int signo)
{
	if (++depth > max_depth)
		max_depth = depth;
	if (max_depth < 3)
		raise(signo);
	depth--;
}

static void first(int signo)
{
	raise(SIGUSR2);
	order[nr_order++] = signo;
}

static void second(int signo)
{
	order[nr_order++] = signo;
}

TEST()
{
	struct sigaction action = { .sa_handler = nested, .sa_flags = SA_NODEFER }, now;

	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(max_depth, 3);

	action = (struct sigaction){ .sa_handler = second, .sa_flags = SA_RESETHAND };
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_OK(sigaction(SIGUSR1, NULL, &now));
	CHECK(now.sa_handler == SIG_DFL);
	nr_order = 0;

	action = (struct sigaction){ .sa_handler = first };
	sigaddset(&action.sa_mask, SIGUSR2);
	CHECK_OK(sigaction(SIGUSR1, &action, &now));
	CHECK_OK(sigaction(SIGUSR1, NULL, &now));
	CHECK(now.sa_handler == first);
	CHECK_EQ(sigismember(&now.sa_mask, SIGUSR2), 1);
	CHECK(signal(SIGUSR2, second) != SIG_ERR);
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(nr_order, 2);
	CHECK_EQ(order[0], SIGUSR1);
	CHECK_EQ(order[1], SIGUSR2);
}
