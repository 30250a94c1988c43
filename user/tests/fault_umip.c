// SPDX-License-Identifier: MIT
/*
 * fault_umip.c: The instructions that tell where the kernel's tables are show a program nothing of
 * them: SIGSEGV, or the made-up value that Linux answers.
 */
#include "test.h"

TEST()
{
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} gdt = { 0, 0 };
	pid_t pid = fork_child();
	int status;

	if (pid == 0) {
		__asm__ volatile("sgdt %0" : "=m"(gdt));
		/* Linux emulates it under UMIP with 0xfffffffffffe0000; old CPUs tell the truth. */
		_exit(on_vellum() && gdt.base >> 47 != 0 ? 1 : 0);
	}
	status = wait_child(pid);
	CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGSEGV : WEXITSTATUS(status) == 0);
}
