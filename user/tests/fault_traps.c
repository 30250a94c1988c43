// SPDX-License-Identifier: MIT
/*
 * fault_traps.c: The other traps of the machine: division by zero is SIGFPE, an undefined
 * instruction SIGILL, int3 SIGTRAP, a privileged instruction and an unknown interrupt SIGSEGV with
 * SI_KERNEL.
 */
#include "test.h"

static struct fault run(void (*what)(void))
{
	static const int signals[] = { SIGFPE, SIGILL, SIGTRAP, SIGSEGV, SIGBUS };
	struct sigaction action = { .sa_sigaction = test_fault_handler, .sa_flags = SA_SIGINFO };

	for (size_t i = 0; i < NR_ITEMS(signals); i++)
		CHECK_OK(sigaction(signals[i], &action, NULL));
	test_fault.signo = 0;
	if (sigsetjmp(test_fault_return, 1) == 0)
		what();
	return (struct fault){ test_fault.signo, test_fault.code, test_fault.addr };
}

static void divide(void)
{
	__asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; idivl %%ecx"
			 :
			 :
			 : "rax", "rcx", "rdx");
}

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void disable_interrupts(void)
{
	__asm__ volatile("cli");
}

static void port(void)
{
	__asm__ volatile("outb %%al, $0x80" : : "a"(0));
}

static void soft_interrupt(void)
{
	__asm__ volatile("int $0x21");
}

static void page_fault_vector(void)
{
	__asm__ volatile("int $14");
}

TEST()
{
	static const struct {
		const char *name;
		void (*what)(void);
		int signo, code;
	} cases[] = {
		{ "division by zero", divide, SIGFPE, FPE_INTDIV },
		{ "ud2", undefined, SIGILL, ILL_ILLOPN },
		{ "int3", breakpoint, SIGTRAP, SI_KERNEL },
		{ "hlt", halt, SIGSEGV, SI_KERNEL },
		{ "cli", disable_interrupts, SIGSEGV, SI_KERNEL },
		{ "out", port, SIGSEGV, SI_KERNEL },
		{ "int 0x21", soft_interrupt, SIGSEGV, SI_KERNEL },
		{ "int 14", page_fault_vector, SIGSEGV, SI_KERNEL },
	};

	for (size_t i = 0; i < NR_ITEMS(cases); i++) {
		struct fault fault = run(cases[i].what);

		if (fault.signo != cases[i].signo || fault.code != cases[i].code)
			EXPECT_FAILED("%s: signal %d code %d, expected %d code %d", cases[i].name,
				fault.signo, fault.code, cases[i].signo, cases[i].code);
		if (cases[i].what == divide || cases[i].what == undefined)
			EXPECT_EQ(fault.addr >= (uintptr_t)cases[i].what &&
					  fault.addr < (uintptr_t)cases[i].what + 64,
				1);
	}
}
