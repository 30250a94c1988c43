// SPDX-License-Identifier: MIT
/*
 * fault_handler_mends.c: A SIGSEGV handler that makes the page accessible and returns: the access
 * is repeated and works, with all registers as they were.
 */
#include "test.h"

static char *page;
static int nr_faults;

static void mend(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	if ((char *)info->si_addr != page + 40)
		_exit(3);
	nr_faults++;
	if (mprotect(page, PAGE, PROT_READ | PROT_WRITE) < 0)
		_exit(4);
}

TEST()
{
	struct sigaction action = { .sa_sigaction = mend, .sa_flags = SA_SIGINFO };
	uint64_t rcx = 0x1111, rax = 0x2222, r8_out;

	page = map_anon(1, PROT_NONE);
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	__asm__ volatile("movq $0x8888, %%r8\n\t"
			 "movb $7, 40(%3)\n\t"
			 "movq %%r8, %2"
			 : "+c"(rcx), "+a"(rax), "=&d"(r8_out)
			 : "r"(page)
			 : "r8", "memory");
	CHECK_EQ(nr_faults, 1);
	CHECK_EQ(page[40], 7);
	CHECK_EQ(rcx, 0x1111);
	CHECK_EQ(rax, 0x2222);
	CHECK_EQ(r8_out, 0x8888);
}
