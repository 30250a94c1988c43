// SPDX-License-Identifier: MIT
/*
 * fault_float_state.c: The floating point and vector registers of a process survive page faults,
 * system calls, signals and other processes that use them.
 */
#include "test.h"

static volatile int handled;

static void handler(int signo)
{
	(void)signo;
	/* Use the registers. */
	__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; fldz; fstp %%st(0)"
			 :
			 :
			 : "xmm0", "xmm7");
	handled++;
}

static void spin_with(uint64_t value, int rounds)
{
	char *p = map_anon(rounds, PROT_READ | PROT_WRITE);

	for (int i = 0; i < rounds; i++) {
		uint64_t low, high;

		__asm__ volatile("movq %2, %%xmm0\n\t"
				 "movq %2, %%xmm7\n\t"
				 "movb $1, (%3)\n\t"
				 "movl $24, %%eax\n\t" /* sched_yield */
				 "syscall\n\t"
				 "movq %%xmm0, %0\n\t"
				 "movq %%xmm7, %1"
				 : "=&r"(low), "=&r"(high)
				 : "r"(value + i), "r"(p + i * PAGE)
				 : "rax", "rcx", "r11", "xmm0", "xmm7", "memory");
		CHECK_EQ(low, value + i);
		CHECK_EQ(high, value + i);
	}
}

TEST()
{
	pid_t pids[4];
	uint64_t low;

	for (int i = 0; i < 4; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			spin_with(0x1000000ULL * (i + 1), 100);
			child_done();
		}
	}
	for (int i = 0; i < 4; i++)
		CHECK_EXITS(pids[i], 0);
	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	__asm__ volatile("movq %1, %%xmm0\n\t"
			 "movl $62, %%eax\n\t" /* kill */
			 "syscall\n\t"
			 "movq %%xmm0, %0"
			 : "=&r"(low)
			 : "r"(0xabcdef0123456789), "D"(getpid()), "S"((long)SIGUSR1)
			 : "rax", "rcx", "r11", "xmm0", "memory");
	CHECK_EQ(handled, 1);
	CHECK_EQ(low, 0xabcdef0123456789);
}
