// SPDX-License-Identifier: MIT
/*
 * Overcommit accounting (Linux's __vm_enough_memory; proc(5), /proc/sys/vm/overcommit_memory).
 *
 * Every CPU has its own counter, which may be negative: memory is promised on one CPU and given
 * back on another. Only the sum means something, and it is made only where somebody looks: in
 * mode 2, and for /proc/meminfo. So a charge is one instruction.
 *
 * In mode 2 a charge is added first and compared then, with a barrier between: of two that race for
 * the last pages each sees the other's, and at most both are refused.
 */
#include "mm/commit.h"
#include "arch/cpu.h"
#include "arch/percpu.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "mm/mm.h"
#include "sched/cred.h"

#define KIB_PER_PAGE (PAGE_SIZE / 1024)
/* Linux's: a 32nd of what is free at boot, at most so much. */
#define USER_RESERVE_MAX  (128UL << 10) /* KiB */
#define ADMIN_RESERVE_MAX (8UL << 10)

struct commit_settings commit_settings = { .mode = OVERCOMMIT_GUESS, .ratio = 50 };

static DEFINE_PER_CPU(s64, committed);
static u64 all_frames;

void commit_init(void)
{
	struct page_stats st;
	u64 part;

	page_get_stats(&st);
	all_frames = st.total;
	part = st.free * KIB_PER_PAGE / 32;
	commit_settings.user_reserve = min(part, USER_RESERVE_MAX);
	commit_settings.admin_reserve = min(part, ADMIN_RESERVE_MAX);
}

u64 commit_total(void)
{
	s64 sum = 0;
	u32 cpu;

	for_each_cpu (cpu, cpus_online)
		sum += *per_cpu_ptr(&committed, cpu);
	return sum > 0 ? (u64)sum : 0;
}

static u64 (*shared_sum)(void);

void commit_set_shared_sum(u64 (*sum)(void))
{
	shared_sum = sum;
}

u64 commit_shared_sum(void)
{
	return shared_sum ? shared_sum() : 0;
}

u64 commit_limit(void)
{
	u64 kbytes = commit_settings.kbytes;

	return kbytes ? kbytes / KIB_PER_PAGE : all_frames * commit_settings.ratio / 100;
}

/* Mode 2, nr_pages being counted already. */
static bool is_within_limit(u64 address_space)
{
	u64 kept = min(address_space / 32, commit_settings.user_reserve / KIB_PER_PAGE);

	if (!current_can(CAP_SYS_ADMIN))
		kept += commit_settings.admin_reserve / KIB_PER_PAGE;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return commit_total() + kept < commit_limit();
}

int commit_charge(u64 nr_pages, u64 address_space)
{
	u32 mode = commit_settings.mode;

	this_cpu_add8(committed, nr_pages);
	if (likely(mode == OVERCOMMIT_GUESS && nr_pages <= all_frames))
		return 0;
	if (mode == OVERCOMMIT_ALWAYS || !nr_pages)
		return 0;
	if (mode == OVERCOMMIT_NEVER && is_within_limit(address_space))
		return 0;
	this_cpu_add8(committed, -nr_pages);
	return -ENOMEM;
}

void commit_uncharge(u64 nr_pages)
{
	this_cpu_add8(committed, -nr_pages);
}
