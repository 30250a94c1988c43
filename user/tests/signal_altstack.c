// SPDX-License-Identifier: MIT
/*
 * signal_altstack.c: sigaltstack: SA_ONSTACK handlers run there, SS_ONSTACK tells, it cannot be
 * changed meanwhile (EPERM); too small is ENOMEM; a handler for a full stack needs it.
 */
#include "test.h"

static char *stack_low;
static size_t stack_size = 65536;
static volatile int on_it, flags_inside, change_errno;

static void handler(int signo)
{
	char here;
	stack_t now, other = { .ss_flags = SS_DISABLE };

	(void)signo;
	on_it = &here >= stack_low && &here < stack_low + stack_size;
	sigaltstack(NULL, &now);
	flags_inside = now.ss_flags;
	change_errno = sigaltstack(&other, NULL) < 0 ? errno : 0;
}

TEST()
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	stack_t stack, now;

	stack_low = malloc(stack_size);
	stack = (stack_t){ .ss_sp = stack_low, .ss_size = stack_size };
	CHECK_OK(sigaltstack(NULL, &now));
	CHECK_EQ(now.ss_flags, SS_DISABLE);
	CHECK_OK(sigaltstack(&stack, NULL));
	CHECK_OK(sigaltstack(NULL, &now));
	CHECK_EQ(now.ss_flags, 0);
	CHECK(now.ss_sp == stack_low);
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(on_it, 1);
	CHECK_EQ(flags_inside, SS_ONSTACK);
	CHECK_EQ(change_errno, EPERM);
	action.sa_flags = 0;
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(on_it, 0);
	stack.ss_size = 100;
	CHECK_ERR(syscall(SYS_sigaltstack, &stack, NULL), ENOMEM);
	stack.ss_size = stack_size;
	stack.ss_flags = 0x1234;
	CHECK_ERR(syscall(SYS_sigaltstack, &stack, NULL), EINVAL);
}
