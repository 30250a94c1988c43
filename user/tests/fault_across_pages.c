// SPDX-License-Identifier: MIT
/*
 * fault_across_pages.c: An access that straddles two pages faults at the page that is missing.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(3, PROT_READ | PROT_WRITE);
	static uint64_t volatile got;
	pid_t pid;

	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	memset(p, 1, 2 * PAGE);
	got = *(volatile uint64_t *)(p + PAGE - 3);
	CHECK_EQ(got, 0x0101010101010101);
	pid = fork_child();
	if (pid == 0) {
		struct sigaction action = { .sa_sigaction = test_fault_handler,
			.sa_flags = SA_SIGINFO };

		CHECK_OK(sigaction(SIGSEGV, &action, NULL));
		if (sigsetjmp(test_fault_return, 1) == 0)
			got = *(volatile uint64_t *)(p + 2 * PAGE - 3);
		CHECK_EQ(test_fault.signo, SIGSEGV);
		CHECK_EQ(test_fault.addr, (uintptr_t)(p + 2 * PAGE));
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
