/* SPDX-License-Identifier: MIT */
/* Memory that stays: what the others in mm/ ask mlock.c. */
#pragma once

#include "mm/mm.h"

/* May the current thread lock anything at all? (EPERM if not) */
bool mlock_is_permitted(void);
/* Does RLIMIT_MEMLOCK admit nr_pages more with these flags? => mm->lock held */
bool mlock_may_grow(const struct mm *mm, u32 flags, u64 nr_pages);
/* v gets these flags, which change VMA_LOCKED: together with the counts of the pages that it maps
 * (lru_mlock). => mm->lock held for writing; takes pt_lock */
void mlock_set_flags(struct vma *v, u32 flags);

/* populate.c: touches the pages of [addr, addr + len) that are mapped, for writing where they are
 * private and writable; not those that are locked on their fault only. 0; or the first error, at
 * which it stopped: -EFAULT (no right, behind the end of the file), -ENOMEM, -EINTR. May sleep; no
 * lock held. */
int mm_populate_all(struct mm *mm, vaddr_t addr, u64 len);
/* The same for what is locked in [start, end); what cannot be had is left out. */
void mm_populate_locked(struct mm *mm, vaddr_t start, vaddr_t end);
