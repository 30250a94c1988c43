// SPDX-License-Identifier: MIT
/*
 * exec_resets.c: execve sets caught signals to their defaults and keeps ignored ones, the mask and
 * pending signals; mappings, alternate stack and brk start anew; the name changes.
 */
#include "test.h"

static void handler(int signo)
{
	(void)signo;
}

static int helper(int argc, char **argv)
{
	struct sigaction action;
	sigset_t set;
	stack_t stack;
	char name[20], text[100];

	(void)argc;
	CHECK_OK(sigaction(SIGUSR1, NULL, &action));
	CHECK(action.sa_handler == SIG_DFL);
	CHECK_OK(sigaction(SIGUSR2, NULL, &action));
	CHECK(action.sa_handler == SIG_IGN);
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	CHECK_EQ(sigismember(&set, SIGHUP), 1);
	CHECK_EQ(sigismember(&set, SIGTERM), 0);
	CHECK_OK(sigpending(&set));
	CHECK_EQ(sigismember(&set, SIGHUP), 1);
	CHECK_OK(sigaltstack(NULL, &stack));
	CHECK_EQ(stack.ss_flags, SS_DISABLE);
	CHECK_FAULT(TOUCH_READ, strtoul(argv[1], NULL, 16), SIGSEGV, SEGV_MAPERR);
	snprintf(name, sizeof(name), "%s", "exec_resets");
	read_text("/proc/self/comm", text, sizeof(text));
	CHECK_STR(text, "exec_resets\n");
	return 0;
}

TEST_HELPER(helper)

TEST()
{
	pid_t pid = fork_child();

	if (pid == 0) {
		static char memory[16384];
		stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };
		char address[20];
		sigset_t set;

		CHECK(signal(SIGUSR1, handler) != SIG_ERR);
		CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
		CHECK_OK(raise(SIGHUP));
		CHECK_OK(sigaltstack(&stack, NULL));
		CHECK(mmap((void *)0x10000000, PAGE, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
		sprintf(address, "%lx", 0x10000000UL);
		execl(test_self(), "x", "--helper", "x", address, NULL);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
}
