/* SPDX-License-Identifier: MIT */
/*
 * Overcommit: how much memory has been promised (Committed_AS), and how much may be
 * (/proc/sys/vm/overcommit_*; proc(5)). Counted in pages: private memory that may be written, by
 * VMA (edit.c); shared memory, by object or by page (fs/tmpfs).
 */
#pragma once

#include <linux/mman.h>
#include "lib/types.h"

/* The settings, as /proc/sys/vm shows them; single words, read without a lock. */
struct commit_settings {
	u32 mode;   /* OVERCOMMIT_GUESS: all but more at once than there is, _ALWAYS, _NEVER: up to
		     the limit */
	u32 ratio;  /* the limit in percent of memory, if kbytes is 0 */
	u64 kbytes; /* the limit in KiB */
	u64 user_reserve, admin_reserve; /* KiB that mode 2 leaves to others, to root */
};
extern struct commit_settings commit_settings;

/* Promises nr_pages more. address_space: pages of the address space that asks (mode 2 keeps a
 * 32nd part of it back), 0: none asks. 0, or -ENOMEM and nothing is promised. Any context. */
int commit_charge(u64 nr_pages, u64 address_space);
/* Takes the promise back. Any context. */
void commit_uncharge(u64 nr_pages);

u64 commit_total(void); /* pages promised now: Committed_AS */
u64 commit_limit(void); /* pages that mode 2 would promise: CommitLimit */

/* For checks: fs/ says how the pages that are promised to shared memory are counted anew, object by
 * object. Until it has, there are none. */
void commit_set_shared_sum(u64 (*sum)(void));
u64 commit_shared_sum(void);

/* Boot, after page_init(): the reserves come from the size of memory. */
void commit_init(void);
