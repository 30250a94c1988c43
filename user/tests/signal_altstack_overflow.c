// SPDX-License-Identifier: MIT
/*
 * signal_altstack_overflow.c: An alternate stack without room for another frame: SIGSEGV, not stores
 * below it; its own handler cannot run there either, so it kills. The same if the stack is memory
 * that is not there. A fault on the alternate stack itself finds its handler there.
 */
#include "test.h"

#define SIZE 16384

static char *low; /* the stack, with a page below it that must stay as it is */
static volatile int depth, *shared_depth;

static void again(int signo)
{
	depth++;
	*shared_depth = depth;
	raise(signo);
}

static void segv(int signo)
{
	(void)signo;
	_exit(7);
}

static void fault_once(int signo, siginfo_t *info, void *context)
{
	char here;

	(void)signo;
	(void)context;
	if (&here < low || &here >= low + SIZE)
		_exit(2);
	if (depth++ == 0) {
		__asm__ volatile("movb $1, 8" : : : "memory");
		_exit(3);
	}
	_exit(info->si_addr == (void *)8 ? 0 : 4);
}

static void use_stack(void *p, size_t size)
{
	stack_t stack = { .ss_sp = p, .ss_size = size };

	CHECK_OK(sigaltstack(&stack, NULL));
}

static void handle(int signo, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	CHECK_OK(sigaction(signo, &action, NULL));
}

TEST()
{
	char *p = map_shared(1 + SIZE / PAGE);
	char *none = map_anon(4, PROT_NONE);
	pid_t pid;

	low = p + PAGE;
	shared_depth = map_shared(1);
	memset(p, 0x77, PAGE);
	pid = fork_child();
	if (pid == 0) {
		use_stack(low, SIZE);
		handle(SIGUSR1, again, SA_ONSTACK | SA_NODEFER);
		handle(SIGSEGV, segv, SA_ONSTACK);
		raise(SIGUSR1);
		child_done();
	}
	CHECK_KILLED(pid, SIGSEGV);
	CHECK(*shared_depth >= 2);
	CHECK_ALL(p, 0x77, PAGE);

	pid = fork_child();
	if (pid == 0) {
		use_stack(none, 4 * PAGE);
		handle(SIGUSR1, again, SA_ONSTACK);
		handle(SIGSEGV, segv, SA_ONSTACK);
		raise(SIGUSR1);
		child_done();
	}
	CHECK_KILLED(pid, SIGSEGV);
	/* On the ordinary stack there is room for SIGSEGV's handler. */
	pid = fork_child();
	if (pid == 0) {
		use_stack(none, 4 * PAGE);
		handle(SIGUSR1, again, SA_ONSTACK);
		handle(SIGSEGV, segv, 0);
		raise(SIGUSR1);
		child_done();
	}
	CHECK_EXITS(pid, 7);

	pid = fork_child();
	if (pid == 0) {
		struct sigaction action = { .sa_sigaction = fault_once,
			.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER };

		depth = 0;
		use_stack(low, SIZE);
		CHECK_OK(sigaction(SIGSEGV, &action, NULL));
		__asm__ volatile("movb $1, 16" : : : "memory");
		_exit(5);
	}
	CHECK_EXITS(pid, 0);
}
