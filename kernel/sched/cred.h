/* SPDX-License-Identifier: MIT */
/*
 * Who a thread is and what it may: its users, groups and capabilities (credentials(7)). To the
 * kernel each thread has its own; that those of a process are the same is the work of its C library.
 *
 * Credentials do not change: who becomes somebody else gets new ones. So threads and their children
 * share them by pointer, a system call goes by the same ones from its beginning to its end, and
 * nobody sees half a change. thread->cred is never NULL. Only the thread itself replaces it
 * (process_set_cred()); who reads another thread's holds process_lock.
 */
#pragma once

#include <linux/capability.h>
#include "sched/thread.h"

#define CAP_BIT(cap)  (1UL << (cap))
#define CRED_ALL_CAPS (CAP_BIT(CAP_LAST_CAP + 1) - 1)

/* Supplementary groups: sorted, not changed once credentials have them. */
struct group_list {
	atomic_t refs;
	u32 nr;
	gid_t gids[];
};

struct cred {
	atomic_t refs;
	uid_t uid, euid, suid, fsuid;
	gid_t gid, egid, sgid, fsgid;
	struct group_list *groups; /* with a reference; NULL: none */
	/* capabilities: bit n is CAP n */
	u64 permitted, effective, inheritable, ambient, bounding;
	u32 securebits; /* SECBIT_* */
};

static inline const struct cred *current_cred(void)
{
	return current_thread()->cred;
}

/* Has it this capability (capabilities(7), CAP_*)? */
static inline bool cred_can(const struct cred *c, u32 cap)
{
	return c->effective >> cap & 1;
}

static inline bool current_can(u32 cap)
{
	return cred_can(current_cred(), cap);
}

/* Is it the filesystem group, or a supplementary one? Costs by the logarithm of their number. */
bool cred_in_group(const struct cred *c, gid_t gid);

/* Root's, of kernel threads and of the first process. */
extern struct cred kernel_cred;

const struct cred *cred_get(const struct cred *c);
/* The last one frees them. Does not sleep. */
void cred_put(const struct cred *c);
/* The same ones once more, for the caller to change before others see them. NULL: no memory. */
struct cred *cred_copy(const struct cred *old);

/* Room for nr groups, which the caller fills and then sorts; one reference. NULL: no memory. */
struct group_list *groups_create(u32 nr);
void groups_sort(struct group_list *groups);
void groups_put(struct group_list *groups); /* may be NULL */
