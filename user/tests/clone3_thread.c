// SPDX-License-Identifier: MIT
/*
 * clone3_thread.c: clone3 makes a thread as glibc does, and a process on a stack of its own, whose
 * handlers CLONE_CLEAR_SIGHAND reset; the stack is given by its lowest address and its size.
 */
#include "thread.h"

#include <linux/sched.h>

static volatile int tid_word, ran;

/* clone3 with a child that calls function on its new stack, then ends by SYS_exit. */
static __attribute__((noinline)) long clone3_call(struct clone_args *args, int (*function)(void))
{
	long result;
	register int (*f)(void) __asm__("r12") = function;

	__asm__ volatile(
		"syscall\n\t"
		"test %%rax, %%rax\n\t"
		"jnz 1f\n\t"
		"xor %%ebp, %%ebp\n\t"
		"call *%%r12\n\t"
		"mov %%eax, %%edi\n\t"
		"mov %[exit], %%eax\n\t"
		"syscall\n\t"
		"1:"
		: "=a"(result)
		: "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), "r"(f), [exit] "i"(SYS_exit)
		: "rcx", "r11", "memory");
	return result;
}

static void on_signal(int signo)
{
	(void)signo;
}

static int thread_function(void)
{
	ran = getpid() == syscall(SYS_getpid) && my_tid() != getpid() ? 1 : 2;
	return 0;
}

static int process_function(void)
{
	struct sigaction action;

	syscall(SYS_rt_sigaction, SIGUSR1, NULL, &action, 8);
	return *(void **)&action == NULL ? 5 : 6;
}

TEST()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			 CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
		.parent_tid = (unsigned long)&tid_word,
		.child_tid = (unsigned long)&tid_word,
		.stack = (unsigned long)stack,
		.stack_size = sizeof(stack),
	};
	long pid;

	CHECK(clone3_call(&args, thread_function) > 0);
	WAIT_UNTIL(tid_word == 0);
	CHECK_EQ(ran, 1);

	CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
	args = (struct clone_args){ .flags = CLONE_CLEAR_SIGHAND,
		.exit_signal = SIGCHLD,
		.stack = (unsigned long)stack,
		.stack_size = sizeof(stack) };
	pid = clone3_call(&args, process_function);
	CHECK(pid > 0);
	CHECK_EXITS(pid, 5);
}
