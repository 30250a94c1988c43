// SPDX-License-Identifier: MIT
/*
 * signal_altstack_errors.c: What sigaltstack refuses, that a refusal changes nothing, and what it and
 * the frame tell of the flags: SS_ONSTACK is told by sigaltstack alone.
 */
#include "test.h"

#include <ucontext.h>

static char memory[65536];
static stack_t in_frame, inside;
static volatile int set_errno[3];

static long set(stack_t *new, stack_t *old)
{
	return syscall(SYS_sigaltstack, new, old);
}

static void handler(int signo, siginfo_t *info, void *context)
{
	stack_t same = { .ss_sp = memory, .ss_size = sizeof(memory) };
	stack_t off = { .ss_flags = SS_DISABLE }, wrong = { .ss_flags = 77 };

	(void)signo;
	(void)info;
	in_frame = ((ucontext_t *)context)->uc_stack;
	set(NULL, &inside);
	set_errno[0] = set(&same, NULL) < 0 ? errno : 0;
	set_errno[1] = set(&off, NULL) < 0 ? errno : 0;
	set_errno[2] = set(&wrong, NULL) < 0 ? errno : 0;
}

static void expect_stack(const stack_t *got, const void *sp, int flags, size_t size)
{
	EXPECT_EQ((uintptr_t)got->ss_sp, (uintptr_t)sp);
	EXPECT_EQ(got->ss_flags, flags);
	EXPECT_EQ(got->ss_size, size);
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_ONSTACK | SA_SIGINFO };
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) }, bad = stack, now;
	char *none = map_anon(1, PROT_NONE);

	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	expect_stack(&in_frame, NULL, 0, 0);
	expect_stack(&inside, NULL, SS_DISABLE, 0);
	set_errno[0] = 0; /* set by the handler: it may, since it was not on it */

	CHECK_OK(set(&stack, &now));
	expect_stack(&now, NULL, SS_DISABLE, 0);
	bad.ss_size = MINSIGSTKSZ - 1;
	CHECK_ERR(set(&bad, NULL), ENOMEM);
	bad.ss_size = 0;
	CHECK_ERR(set(&bad, NULL), ENOMEM);
	bad.ss_flags = SS_ONSTACK | SS_DISABLE;
	CHECK_ERR(set(&bad, NULL), EINVAL);
	bad.ss_flags = 4;
	CHECK_ERR(set(&bad, NULL), EINVAL);
	CHECK_ERR(set((stack_t *)none, NULL), EFAULT);
	CHECK_OK(set(NULL, &now));
	expect_stack(&now, memory, 0, sizeof(memory));
	/* The old one cannot be stored: the new one is set all the same. */
	bad = (stack_t){ .ss_sp = memory, .ss_size = sizeof(memory) / 2 };
	CHECK_ERR(set(&bad, (stack_t *)none), EFAULT);
	CHECK_OK(set(NULL, &now));
	expect_stack(&now, memory, 0, sizeof(memory) / 2);

	/* Where a stack lies is not looked at. */
	bad.ss_sp = (void *)0xffff888000000000;
	CHECK_OK(set(&bad, NULL));
	stack.ss_flags = SS_ONSTACK;
	CHECK_OK(set(&stack, NULL));
	CHECK_OK(set(NULL, &now));
	expect_stack(&now, memory, now.ss_flags, sizeof(memory));
	stack.ss_flags = 0;
	CHECK_OK(set(&stack, NULL));

	CHECK_OK(raise(SIGUSR1));
	expect_stack(&in_frame, memory, 0, sizeof(memory));
	expect_stack(&inside, memory, SS_ONSTACK, sizeof(memory));
	CHECK_EQ(set_errno[0], EPERM);
	CHECK_EQ(set_errno[1], EPERM);
	CHECK_EQ(set_errno[2], EPERM);

	stack.ss_flags = SS_DISABLE;
	CHECK_OK(set(&stack, NULL));
	CHECK_OK(set(NULL, &now));
	expect_stack(&now, NULL, SS_DISABLE, 0);
}
