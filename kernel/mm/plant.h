/* SPDX-License-Identifier: MIT */
/*
 * Planted bugs: mistakes, most of them in keeping TLBs true, that the boot flag plant=NAME of a debug
 * kernel makes on purpose, to prove that the tests notice them. Other builds have none of this.
 *
 *	munmap dontneed free pageout mprotect mremap	no flush where one is due
 *	fork cow clean truncate				the same
 *	nested						the same, where another thread has cleared the entries
 *	early						frames are put before the flush
 *	reach						memory is reached into behind the page table's lock
 */
#pragma once

#include "arch/mmu.h"
#include "lib/bitmap.h"

enum plant {
	PLANT_NONE,
	PLANT_MUNMAP,
	PLANT_DONTNEED,
	PLANT_FREE,
	PLANT_PAGEOUT,
	PLANT_MPROTECT,
	PLANT_MREMAP,
	PLANT_FORK,
	PLANT_COW,
	PLANT_CLEAN,
	PLANT_TRUNCATE,
	PLANT_NESTED,
	PLANT_EARLY,
	PLANT_REACH,
};

#ifdef CONFIG_DEBUG
extern enum plant planted_bug;
static inline bool is_planted(enum plant bug)
{
	return planted_bug == bug;
}
/* ... and several CPUs use these tables: with such a bug on one CPU no program would come far. */
static inline bool is_planted_for(const struct mmu *mmu, enum plant bug)
{
	return planted_bug == bug && bitmap_weight(&mmu->cpus, NR_CPUS) > 1;
}
void plant_init(void); /* reads plant= */
#else
static inline bool is_planted(enum plant bug)
{
	(void)bug;
	return false;
}
static inline bool is_planted_for(const struct mmu *mmu, enum plant bug)
{
	(void)mmu;
	return is_planted(bug);
}
static inline void plant_init(void)
{
}
#endif
