// SPDX-License-Identifier: MIT
/*
 * sched_affinity.c: sched_yield, sched_getaffinity (what nproc asks) and getcpu answer; the child
 * runs somewhere in that set.
 */
#include "test.h"

TEST()
{
	cpu_set_t set;
	unsigned cpu = 9999, node;

	CHECK_OK(sched_yield());
	CPU_ZERO(&set);
	CHECK_OK(sched_getaffinity(0, sizeof(set), &set));
	CHECK(CPU_COUNT(&set) >= 1);
	CHECK_OK(syscall(SYS_getcpu, &cpu, &node, NULL));
	CHECK(CPU_ISSET(cpu, &set));
}
