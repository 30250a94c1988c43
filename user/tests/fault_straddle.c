// SPDX-License-Identifier: MIT
/*
 * fault_straddle.c: Accesses of 2, 4, 8 and 16 bytes that lie across two pages: si_addr is the first
 * byte that may not be touched, whichever page that is in; nothing of the store is seen; and a
 * handler that mends one page after the other lets it through.
 */
#include "test.h"

static sigjmp_buf back;
static volatile bool mending;
static int nr_faults;
static uintptr_t faults[4];

static void handler(int signo, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & -PAGE);

	(void)signo;
	(void)context;
	if (nr_faults < 4)
		faults[nr_faults] = (uintptr_t)info->si_addr;
	nr_faults++;
	if (!mending || nr_faults > 4)
		siglongjmp(back, 1);
	if (mprotect(page, PAGE, PROT_READ | PROT_WRITE) < 0)
		_exit(3);
}

static void load(const char *at, int size)
{
	if (size == 2)
		__asm__ volatile("movw (%0), %%ax" : : "r"(at) : "rax", "memory");
	else if (size == 4)
		__asm__ volatile("movl (%0), %%eax" : : "r"(at) : "rax", "memory");
	else if (size == 8)
		__asm__ volatile("movq (%0), %%rax" : : "r"(at) : "rax", "memory");
	else
		__asm__ volatile("movups (%0), %%xmm0" : : "r"(at) : "xmm0", "memory");
}

static void store(char *at, int size)
{
	if (size == 2)
		__asm__ volatile("movw $-1, (%0)" : : "r"(at) : "memory");
	else if (size == 4)
		__asm__ volatile("movl $-1, (%0)" : : "r"(at) : "memory");
	else if (size == 8)
		__asm__ volatile("movq $-1, (%0)" : : "r"(at) : "memory");
	else
		__asm__ volatile("pcmpeqd %%xmm0, %%xmm0; movups %%xmm0, (%0)"
				 :
				 : "r"(at)
				 : "xmm0", "memory");
}

static void attempt(bool write, char *at, int size)
{
	nr_faults = 0;
	if (sigsetjmp(back, 1) == 0) {
		if (write)
			store(at, size);
		else
			load(at, size);
	}
}

/* Only one of the pages is bad. */
static void one_bad(char *edge, int size, int before, int prot_first, int prot_second, bool write)
{
	bool first = !(prot_first & PROT_READ) || (write && !(prot_first & PROT_WRITE));

	CHECK_OK(mprotect(edge - PAGE, PAGE, prot_first));
	CHECK_OK(mprotect(edge, PAGE, prot_second));
	attempt(write, edge - before, size);
	EXPECT_EQ(nr_faults, 1);
	EXPECT_EQ(faults[0], (uintptr_t)(first ? edge - before : edge));
	CHECK_OK(mprotect(edge - PAGE, 2 * PAGE, PROT_READ | PROT_WRITE));
	/* QEMU's emulation stores the halves of 16 bytes one after the other. */
	if (size <= 8)
		CHECK_ALL(edge - 16, 0, 32);
	memset(edge - 16, 0, 32);
}

TEST()
{
	static const int sizes[] = { 2, 4, 8, 16 };
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	int rw = PROT_READ | PROT_WRITE;
	char *edge = map_anon(2, rw) + PAGE;

	memset(edge - PAGE, 0, 2 * PAGE);
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	for (size_t i = 0; i < NR_ITEMS(sizes); i++) {
		for (int before = 1; before < sizes[i]; before += 1 + sizes[i] / 5) {
			mending = false;
			one_bad(edge, sizes[i], before, rw, PROT_NONE, false);
			one_bad(edge, sizes[i], before, PROT_NONE, rw, false);
			one_bad(edge, sizes[i], before, rw, PROT_READ, true);
			one_bad(edge, sizes[i], before, PROT_READ, rw, true);
			one_bad(edge, sizes[i], before, rw, PROT_NONE, true);
			mending = true;
			CHECK_OK(mprotect(edge - PAGE, 2 * PAGE, PROT_NONE));
			attempt(true, edge - before, sizes[i]);
			EXPECT_EQ(nr_faults, 2);
			/* Both are bad: which one a CPU tells of first is its own affair. */
			EXPECT_EQ(faults[0] + faults[1],
				(uintptr_t)(edge - before) + (uintptr_t)edge);
			CHECK_ALL(edge - before, 0xff, sizes[i]);
			memset(edge - 16, 0, 32);
		}
	}
}
