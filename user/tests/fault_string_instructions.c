// SPDX-License-Identifier: MIT
/*
 * fault_string_instructions.c: A string instruction that runs into a page that is not there: what
 * lies before it is done, the registers in the frame say how far, si_addr is the first byte of the
 * page; and when the handler has mapped the page the instruction goes on and loses nothing. Upwards
 * and downwards, for what is read and what is written.
 */
#include "test.h"

#include <ucontext.h>

static char *hole;
static int nr_faults;
static volatile uintptr_t fault_addr;
static volatile greg_t rdi, rsi, rcx;

static void mend(int signo, siginfo_t *info, void *context)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signo;
	fault_addr = (uintptr_t)info->si_addr;
	rdi = reg[REG_RDI];
	rsi = reg[REG_RSI];
	rcx = reg[REG_RCX];
	nr_faults++;
	if (mmap(hole, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) != hole)
		_exit(3);
}

/* Nothing is at the page p. */
static void dig(char *p)
{
	hole = p;
	nr_faults = 0;
	CHECK_OK(munmap(p, PAGE));
}

static void store_bytes(void *to, int byte, size_t n)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
	CHECK_EQ(n, 0);
}

static void store_words(void *to, uint64_t word, size_t n)
{
	__asm__ volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(word) : "memory");
	CHECK_EQ(n, 0);
}

static void move_bytes(void *to, const void *from, size_t n)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	CHECK_EQ(n, 0);
}

static void move_bytes_down(void *to, const void *from, size_t n)
{
	__asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	CHECK_EQ(n, 0);
}

static bool same_bytes(const void *a, const void *b, size_t n)
{
	bool same;

	__asm__ volatile("repe cmpsb; sete %0"
			 : "=q"(same), "+D"(a), "+S"(b), "+c"(n)
			 :
			 : "memory", "cc");
	return same;
}

TEST()
{
	struct sigaction action = { .sa_sigaction = mend, .sa_flags = SA_SIGINFO };
	char *p = map_anon(3, PROT_READ | PROT_WRITE), *q = map_anon(3, PROT_READ | PROT_WRITE);
	char *second = p + PAGE;

	CHECK_OK(sigaction(SIGSEGV, &action, NULL));

	dig(second);
	store_bytes(second - 100, 'b', 300);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)second);
	CHECK_EQ(rdi, (greg_t)second);
	CHECK_EQ(rcx, 200);
	CHECK_ALL(second - 100, 'b', 300);
	CHECK_ALL(second + 200, 0, PAGE - 200);

	dig(second);
	store_words(second - 80, 0x7777777777777777, 20);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)second);
	CHECK_EQ(rdi, (greg_t)second);
	CHECK_EQ(rcx, 10);
	CHECK_ALL(second - 80, 0x77, 160);

	/* A word that lies across the edge is stored whole or not at all. */
	dig(second);
	memset(p, 0, PAGE);
	store_words(second - 12, 0x5555555555555555, 4);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)second);
	CHECK_EQ(rdi, (greg_t)(second - 4));
	CHECK_EQ(rcx, 3);
	CHECK_ALL(second - 12, 0x55, 32);
	CHECK_ALL(second + 20, 0, 100);

	/* What is written. */
	fill_pattern(q, 0, 3 * PAGE);
	dig(second);
	move_bytes(p, q, 3 * PAGE);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)second);
	CHECK_EQ(rsi - (greg_t)q, PAGE);
	CHECK_EQ(rcx, 2 * PAGE);
	CHECK_MEM(p, q, 3 * PAGE);

	/* What is read: zeros come in for the hole. */
	dig(second);
	move_bytes(q + 10, p + 10, 3 * PAGE - 20);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)second);
	CHECK_EQ(rsi, (greg_t)second);
	CHECK_EQ(rdi, (greg_t)(q + PAGE));
	CHECK_ALL(q + PAGE, 0, PAGE);
	CHECK_MEM(q + 2 * PAGE, p + 2 * PAGE, PAGE);

	/* Downwards: the last byte of the page is met first. */
	fill_pattern(q, 0, 3 * PAGE);
	dig(second);
	move_bytes_down(p + 3 * PAGE - 1, q + 3 * PAGE - 1, 3 * PAGE);
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(fault_addr, (uintptr_t)(second + PAGE - 1));
	CHECK_EQ(rdi, (greg_t)(second + PAGE - 1));
	CHECK_EQ(rcx, 2 * PAGE);
	CHECK_MEM(p, q, 3 * PAGE);

	dig(second);
	memset(p, 'c', PAGE);
	memset(q, 'c', PAGE);
	memset(q + PAGE, 0, PAGE);
	CHECK(same_bytes(p, q, 2 * PAGE));
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(rdi, (greg_t)second);
	CHECK_EQ(rcx, PAGE);
}
