// SPDX-License-Identifier: MIT
/*
 * membarrier_interrupts.c: A private membarrier interrupts the other CPU on which a thread of the
 * process runs: /proc/interrupts counts it there. (What is ordered by it can hardly be seen to go
 * wrong: see membarrier_orders.c.)
 */
#include <linux/membarrier.h>

#include "test.h"

#define NR_CALLS 300
#define NR_TRIES 50

static char stack[65536] __attribute__((aligned(16)));
static volatile int ready;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	CHECK_OK(sched_setaffinity(0, sizeof(set), &set));
}

static int spin(void *cpu)
{
	pin(*(int *)cpu);
	ready = 1;
	while (ready)
		__asm__ volatile("pause");
	return 0;
}

/* Function calls that this CPU was interrupted for; on Vellum all its interrupts. */
static long interrupts_of(int cpu)
{
	char text[32768], *line, *at;
	long n = 0;

	read_text("/proc/interrupts", text, sizeof(text));
	line = strstr(text, on_vellum() ? "INT:" : "CAL:");
	if (!line)
		skip("/proc/interrupts does not count function calls");
	at = strchr(line, ':') + 1;
	for (int i = 0; i <= cpu; i++)
		n = strtol(at, &at, 10);
	return n;
}

TEST()
{
	int other = 1;
	long seen = 0;
	cpu_set_t set;
	pid_t pid;

	CHECK_OK(sched_getaffinity(0, sizeof(set), &set));
	if (!CPU_ISSET(0, &set) || !CPU_ISSET(other, &set))
		skip("needs two CPUs");
	pin(0);
	CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	pid = CHECK_OK(clone(spin, stack + sizeof(stack), CLONE_VM | SIGCHLD, &other));
	while (!ready)
		sched_yield();
	/* Others may have the CPU at the moment; then it is not interrupted. */
	for (int try = 0; try < NR_TRIES && seen < NR_CALLS; try++) {
		long before = interrupts_of(other);

		for (int i = 0; i < NR_CALLS; i++)
			CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
		seen = interrupts_of(other) - before;
		sleep_ms(try ? 10 : 0);
	}
	CHECK(seen >= NR_CALLS);
	CHECK_OK(kill(pid, SIGKILL));
	wait_child(pid);
}
