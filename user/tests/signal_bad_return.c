// SPDX-License-Identifier: MIT
/*
 * signal_bad_return.c: rt_sigreturn with a made-up frame: a kernel address or odd segments and
 * flags in it bring SIGSEGV at most.
 */
#include "test.h"

#include <ucontext.h>

static volatile int which;

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	greg_t *reg = frame->uc_mcontext.gregs;

	(void)signo;
	(void)info;
	switch (which) {
	case 0:
		reg[REG_RIP] = 0xffffffff80100000;
		break;
	case 1:
		reg[REG_RIP] = 0x1234567812345678;
		break;
	case 2:
		reg[REG_CSGSFS] = 0x10; /* a kernel selector, or none */
		break;
	case 3:
		reg[REG_RSP] = 0xffff800000000000;
		reg[REG_RIP] = 0;
		break;
	case 4:
		reg[REG_EFL] |= 0x3000 | 0x4000; /* IOPL 3, nested task: must not stick */
		break;
	}
}

/* With IOPL 3 in its flags "cli" would work. */
static void disable_interrupts(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	__asm__ volatile("cli");
}

static void return_without_frame(void)
{
	__asm__ volatile("movq $64, %%rsp; movl $15, %%eax; syscall" : : : "memory");
}

TEST()
{
	for (which = 0; which < 4; which++) {
		pid_t pid = fork_child();
		int status;

		if (pid == 0) {
			struct sigaction action = { .sa_sigaction = handler,
				.sa_flags = SA_SIGINFO | SA_RESETHAND };

			sigaction(SIGUSR1, &action, NULL);
			raise(SIGUSR1);
			_exit(0);
		}
		status = wait_child(pid);
		if (which != 2 && (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV))
			EXPECT_FAILED("case %d: wait status %#x", which, status);
	}
	CHECK_KILLS(SIGSEGV, disable_interrupts());
	CHECK_KILLS(SIGSEGV, return_without_frame());
}
