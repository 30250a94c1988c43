// SPDX-License-Identifier: MIT
/*
 * signal_altstack_autodisarm.c: SS_AUTODISARM: the handler finds no alternate stack set and may set
 * another one; its return sets again what was (as the frame says, where it may be changed). So a
 * second signal in the handler, with another stack set or none, does not overwrite the first frame.
 */
#include "test.h"

#include <ucontext.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char first[65536], second[65536];
static volatile int depth, set_errno = -1;
static volatile bool on_first, on_second;
static stack_t inside, in_frame;
static bool edit;

static bool is_in(const char *stack, const char *p)
{
	return p >= stack && p < stack + 65536;
}

static void handler(int signo, siginfo_t *info, void *context)
{
	stack_t other = { .ss_sp = second, .ss_size = sizeof(second) };
	ucontext_t *frame = context;
	char here;

	(void)info;
	if (depth++) {
		on_second = is_in(second, &here);
		return;
	}
	on_first = is_in(first, &here);
	sigaltstack(NULL, &inside);
	in_frame = frame->uc_stack;
	set_errno = sigaltstack(&other, NULL) < 0 ? errno : 0;
	raise(signo);
	if (edit)
		frame->uc_stack.ss_size = 32768;
}

static void expect_stack(const stack_t *got, const void *sp, unsigned flags, size_t size)
{
	EXPECT_EQ((uintptr_t)got->ss_sp, (uintptr_t)sp);
	EXPECT_EQ((unsigned)got->ss_flags, flags);
	EXPECT_EQ(got->ss_size, size);
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler,
		.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER };
	stack_t stack = {
		.ss_sp = first, .ss_size = sizeof(first), .ss_flags = (int)SS_AUTODISARM
	};
	stack_t now;

	CHECK_OK(sigaltstack(&stack, NULL));
	CHECK_OK(sigaltstack(NULL, &now));
	expect_stack(&now, first, SS_AUTODISARM, sizeof(first));
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(depth, 2);
	CHECK(on_first && on_second);
	expect_stack(&inside, NULL, SS_DISABLE, 0);
	expect_stack(&in_frame, first, SS_AUTODISARM, sizeof(first));
	CHECK_EQ(set_errno, 0);
	CHECK_OK(sigaltstack(NULL, &now));
	expect_stack(&now, first, SS_AUTODISARM, sizeof(first));

	edit = true;
	depth = 0;
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(depth, 2);
	CHECK_OK(sigaltstack(NULL, &now));
	expect_stack(&now, first, SS_AUTODISARM, 32768);
}
