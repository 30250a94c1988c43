// SPDX-License-Identifier: MIT
/*
 * thread_altstack.c: The alternate signal stack is each thread's own; a new thread has none; each
 * thread's overflow of its stack is handled on its own alternate one.
 */
#include "thread.h"

#define NR 4

static __thread sigjmp_buf back;
static __thread char *alternate;
static __thread volatile int faults;

static void on_segv(int signo)
{
	char here;

	(void)signo;
	if (&here < alternate || &here >= alternate + SIGSTKSZ)
		_exit(1);
	faults++;
	siglongjmp(back, 1);
}

static __attribute__((noinline)) int dig(volatile char *from)
{
	volatile char room[1000];

	room[0] = from[0];
	return from[0] ? 0 : dig(room) + room[0];
}

static void *overflows(void *unused)
{
	stack_t old, new;
	char c = 0;

	CHECK_OK(sigaltstack(NULL, &old));
	CHECK(old.ss_flags == SS_DISABLE);
	alternate = malloc(SIGSTKSZ);
	new = (stack_t){ .ss_sp = alternate, .ss_size = SIGSTKSZ };
	CHECK_OK(sigaltstack(&new, NULL));
	for (int i = 0; i < 10; i++)
		if (sigsetjmp(back, 1) == 0)
			dig(&c);
	CHECK_EQ(faults, 10);
	CHECK_OK(sigaltstack(NULL, &old));
	CHECK(old.ss_sp == alternate && old.ss_flags == 0);
	return unused;
}

TEST()
{
	struct sigaction action = { .sa_handler = on_segv, .sa_flags = SA_ONSTACK };
	pthread_t threads[NR];
	stack_t mine = { .ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ }, now;

	CHECK_OK(sigaltstack(&mine, NULL));
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	for (int i = 0; i < NR; i++)
		threads[i] = thread_start(overflows, NULL);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
	CHECK_OK(sigaltstack(NULL, &now));
	CHECK(now.ss_sp == mine.ss_sp);
}
