// SPDX-License-Identifier: MIT
/*
 * membarrier(2): a memory barrier on all CPUs where threads of a process (or of any) run, so that
 * the others need none of their own on their fast path.
 *
 *	caller:  full barrier -> interrupt the CPUs concerned, wait -> full barrier
 *	them:    a full barrier in the handler; returning from it (IRET) also serialises the core
 *
 * A CPU that has not loaded this address space when we look has none of its threads between two
 * instructions: loading it, it passes full barriers (arch/tlb) before it comes to user mode. So the
 * mask of the CPUs that may cache the address space is enough.
 *
 * Registration costs nothing here; it is kept because the answers depend on it. Linux registers
 * each of the commands by itself, a fork inherits it, a new program does not have it.
 */
#include <linux/membarrier.h>
#include "arch/cpu.h"
#include "arch/smp.h"
#include "lib/err.h"
#include "mm/mm.h"

#define COMMANDS                                                                                   \
	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |                                 \
		MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |      \
		MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |                                        \
		MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |                                       \
		MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

static void barrier_here(void *unused)
{
	(void)unused;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static s64 barrier_on(cpumask_t cpus)
{
	barrier_here(NULL);
	cpus &= ~(1UL << cpu_id());
	if (cpus)
		smp_call(cpus, barrier_here, NULL);
	barrier_here(NULL);
	return 0;
}

static s64 private_barrier(struct mm *mm, u32 registration)
{
	if (!(atomic_read(&mm->membarriers) & (s32)registration))
		return -EPERM;
	return barrier_on(__atomic_load_n(&mm->mmu.cpus, __ATOMIC_SEQ_CST));
}

static s64 enroll(struct mm *mm, u32 command)
{
	__atomic_fetch_or(&mm->membarriers.v, (s32)command, __ATOMIC_SEQ_CST);
	return 0;
}

s64 mm_membarrier(struct mm *mm, int command, u32 flags)
{
	if (flags)
		return -EINVAL;
	switch (command) {
	case MEMBARRIER_CMD_QUERY:
		return COMMANDS;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		return barrier_on(cpus_online);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return private_barrier(mm, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return private_barrier(mm, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
		return enroll(mm, (u32)command);
	}
	return -EINVAL;
}
