// SPDX-License-Identifier: MIT
/*
 * exec_auxv_minsigstksz.c: AT_MINSIGSTKSZ is what a signal frame takes: a handler runs on an
 * alternate stack of that size and a little for itself, and it is not far more than it needs.
 */
#include "test.h"
#include <sys/auxv.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static volatile sig_atomic_t ran;

static void handler(int sig)
{
	ran = sig;
}

TEST()
{
	size_t least = getauxval(AT_MINSIGSTKSZ);
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_size = least + 1024 };

	CHECK(least >= 1024 && least < 64 * PAGE);
	stack.ss_sp = malloc(stack.ss_size);
	CHECK(stack.ss_sp);
	CHECK_OK(sigaltstack(&stack, NULL));
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(ran, SIGUSR1);
}
