// SPDX-License-Identifier: MIT
/*
 * signal_registers.c: A handler changes no register of the interrupted program, the flags and the
 * red zone included.
 */
#include "test.h"

static void handler(int signo)
{
	volatile char stack[3000];

	for (size_t i = 0; i < sizeof(stack); i++)
		stack[i] = signo;
	__asm__ volatile("xorl %%ebx, %%ebx; movl $5, %%r12d; movl $6, %%r15d; clc"
			 :
			 :
			 : "rbx", "r12", "r13", "r14", "r15", "cc");
}

/*
 * Every register gets a value, a page of code spins until the timer has struck, and all are
 * compared.
 */
TEST()
{
	struct itimerval every = { { 0, 1000 }, { 0, 1000 } };
	uint64_t bad = 0;

	CHECK(signal(SIGALRM, handler) != SIG_ERR);
	CHECK_OK(setitimer(ITIMER_REAL, &every, NULL));
	for (int round = 0; round < 20 && !bad; round++)
		__asm__ volatile(
			"movq $0x1234567, -8(%%rsp)\n\t"
			"movq $0x89abcde, -120(%%rsp)\n\t"
			"movl $101, %%ebx; movl $102, %%edx; movl $103, %%esi; movl $104, %%edi\n\t"
			"movl $108, %%r8d; movl $109, %%r9d; movl $110, %%r10d\n\t"
			"movl $111, %%r11d; movl $112, %%r12d; movl $113, %%r13d\n\t"
			"movl $114, %%r14d; movl $115, %%r15d\n\t"
			"movl $1000000, %%ecx\n"
			"1:\n\t"
			"stc\n\t"
			"jnc 2f\n\t"
			"decl %%ecx\n\t"
			"jnz 1b\n\t"
			"cmpl $101, %%ebx; jne 2f\n\t"
			"cmpl $102, %%edx; jne 2f\n\t"
			"cmpl $103, %%esi; jne 2f\n\t"
			"cmpl $104, %%edi; jne 2f\n\t"
			"cmpq $108, %%r8; jne 2f\n\t"
			"cmpq $109, %%r9; jne 2f\n\t"
			"cmpq $110, %%r10; jne 2f\n\t"
			"cmpq $111, %%r11; jne 2f\n\t"
			"cmpq $112, %%r12; jne 2f\n\t"
			"cmpq $113, %%r13; jne 2f\n\t"
			"cmpq $114, %%r14; jne 2f\n\t"
			"cmpq $115, %%r15; jne 2f\n\t"
			"cmpq $0x1234567, -8(%%rsp); jne 2f\n\t"
			"cmpq $0x89abcde, -120(%%rsp); jne 2f\n\t"
			"xorl %%eax, %%eax\n\t"
			"jmp 3f\n"
			"2:\n\t"
			"movl $1, %%eax\n"
			"3:"
			: "=a"(bad)
			:
			: "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
			"r14", "r15", "memory", "cc");
	CHECK_EQ(bad, 0);
}
