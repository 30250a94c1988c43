// SPDX-License-Identifier: MIT
/*
 * syscall_registers.c: The system call keeps every register but rax, rcx and r11; rcx is the return
 * address and r11 the flags; the direction flag stays as it is.
 */
#include "test.h"

TEST()
{
	uint64_t bad, rcx, r11;

	__asm__ volatile(
		"movl $201, %%ebx; movl $202, %%edx; movl $203, %%esi; movl $204, %%edi\n\t"
		"movl $208, %%r8d; movl $209, %%r9d; movl $210, %%r10d\n\t"
		"movl $212, %%r12d; movl $213, %%r13d; movl $214, %%r14d; movl $215, %%r15d\n\t"
		"movl $39, %%eax\n\t" /* getpid */
		"syscall\n"
		"1:\n\t"
		"leaq 1b(%%rip), %%rax\n\t"
		"cmpq %%rax, %%rcx; jne 2f\n\t"
		"cmpq $201, %%rbx; jne 2f\n\t"
		"cmpq $202, %%rdx; jne 2f\n\t"
		"cmpq $203, %%rsi; jne 2f\n\t"
		"cmpq $204, %%rdi; jne 2f\n\t"
		"cmpq $208, %%r8; jne 2f\n\t"
		"cmpq $209, %%r9; jne 2f\n\t"
		"cmpq $210, %%r10; jne 2f\n\t"
		"cmpq $212, %%r12; jne 2f\n\t"
		"cmpq $213, %%r13; jne 2f\n\t"
		"cmpq $214, %%r14; jne 2f\n\t"
		"cmpq $215, %%r15; jne 2f\n\t"
		"xorl %%eax, %%eax\n\t"
		"jmp 3f\n"
		"2:\n\t"
		"movl $1, %%eax\n"
		"3:"
		: "=a"(bad), "=&c"(rcx)
		:
		: "rbx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
		"memory", "cc");
	CHECK_EQ(bad, 0);
	__asm__ volatile("std; movl $39, %%eax; syscall; pushfq; popq %0; cld"
			 : "=r"(r11)
			 :
			 : "rax", "rcx", "r11", "memory", "cc");
	CHECK_EQ((r11 >> 10) & 1, 1);
	CHECK_EQ((r11 >> 9) & 1, 1);
}
