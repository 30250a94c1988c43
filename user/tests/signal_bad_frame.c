// SPDX-License-Identifier: MIT
/*
 * signal_bad_frame.c: When the handler's frame cannot be stored (the stack pointer is wild),
 * SIGSEGV kills; also when SIGSEGV itself is blocked or ignored.
 */
#include "test.h"

static void handler(int signo)
{
	(void)signo;
}

static __attribute__((noinline)) void wild_stack(void)
{
	__asm__ volatile("movq $0x10, %%rsp\n\t"
			 "movl $39, %%eax\n" /* getpid */
			 "1: syscall\n\t"
			 "movl $39, %%eax\n\t"
			 "jmp 1b"
			 :
			 :
			 : "rax", "rcx", "r11", "memory");
}

TEST()
{
	struct itimerval soon = { { 0, 0 }, { 0, 10000 } };
	sigset_t set;
	pid_t pid = fork_child();

	if (pid == 0) {
		signal(SIGALRM, handler);
		setitimer(ITIMER_REAL, &soon, NULL);
		wild_stack();
		_exit(1);
	}
	CHECK_KILLED(pid, SIGSEGV);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	pid = fork_child();
	if (pid == 0) {
		signal(SIGSEGV, handler);
		sigprocmask(SIG_BLOCK, &set, NULL);
		__asm__ volatile("movb $1, 8" : : : "memory");
		_exit(1);
	}
	CHECK_KILLED(pid, SIGSEGV);
	pid = fork_child();
	if (pid == 0) {
		signal(SIGSEGV, SIG_IGN);
		__asm__ volatile("movb $1, 8" : : : "memory");
		_exit(1);
	}
	CHECK_KILLED(pid, SIGSEGV);
}
