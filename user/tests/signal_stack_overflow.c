// SPDX-License-Identifier: MIT
/*
 * signal_stack_overflow.c: A stack overflow is caught on the alternate stack: SEGV_MAPERR or ACCERR
 * near the stack pointer, and the program can leave by siglongjmp.
 */
#include "test.h"

static sigjmp_buf back;
static volatile uintptr_t fault_at;

static void handler(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	fault_at = (uintptr_t)info->si_addr;
	siglongjmp(back, 1);
}

static __attribute__((noinline)) int recurse(volatile char *above)
{
	volatile char block[PAGE];

	block[0] = above ? above[0] : 1;
	return block[0] ? recurse(block) + block[0] : 0;
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	struct rlimit limit = { 1 << 20, 1 << 20 };
	char here;

	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	CHECK_OK(sigaltstack(&stack, NULL));
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	for (int round = 0; round < 2; round++) {
		if (sigsetjmp(back, 1) == 0)
			recurse(NULL);
		CHECK(fault_at < (uintptr_t)&here);
		CHECK((uintptr_t)&here - fault_at < (2 << 20));
	}
}
