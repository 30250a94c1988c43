/* SPDX-License-Identifier: MIT */
/*
 * Changes of an mm's VMA set: plan, then commit.
 *
 *	edit_begin(&e, mm);                     takes mm->lock for writing
 *	... decide; edit_reserve(&e, n),
 *	    edit_charge(&e, pages) ...          plan: may fail, nothing has changed
 *	edit_add, edit_unmap, edit_set_flags    commit: cannot fail
 *	edit_end(&e);                           unlocks; puts the files of VMAs that are gone
 *
 * What a plan charged (mm/commit.h) is used up by VMAs with VMA_ACCOUNT that appear or grow; those
 * that shrink or go give theirs to the edit. The rest, on whatever way, goes back at the end.
 */
#pragma once

#include "mm/zap.h"

struct edit {
	struct mm *mm;
	struct vma *spare; /* nodes for the commit */
	struct vma *dead;  /* VMAs that were taken out */
	s64 charged;       /* pages promised and not used up */
	/* mmcheck: what was changed, with what lies between; from >= to: nothing */
	vaddr_t changed_from, changed_to;
};

void edit_begin(struct edit *e, struct mm *mm);
void edit_end(struct edit *e);

/* Nodes for nr VMAs more. 0 or -ENOMEM. May sleep. */
int edit_reserve(struct edit *e, u32 nr);
/* The same for the nodes that taking [start, end) out takes, and `more`; -ENOMEM also if that makes
 * two VMAs of one and there are too many already (vm.max_map_count); -EINVAL: it would cut a huge
 * page (at its end: then there may be a cut at start). */
int edit_reserve_carve(struct edit *e, vaddr_t start, vaddr_t end, u32 more);
/* The same for edit_set_flags(v, start, end, flags); -ENOMEM also if it makes new VMAs, because
 * nothing can be merged, and these are too many. Then v may have been cut at start, as on Linux:
 * this is all that a plan ever changes. -EINVAL: it would cut a huge page. */
int edit_reserve_flags(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end, u32 flags);

/* Cuts VMAs at start and at end, so that [start, end) holds whole ones. Takes up to 2 nodes.
 * Returns the first in it, or NULL. */
struct vma *edit_carve(struct edit *e, vaddr_t start, vaddr_t end);
/* Adds a VMA like `v` in a free range: by making neighbours larger if they are alike, else with a
 * node and references of its own. Takes up to 1 node. Returns what covers the range now. */
struct vma *edit_add(struct edit *e, const struct vma *v);
/* The same, not merged. Takes 1 node. */
struct vma *edit_add_apart(struct edit *e, const struct vma *v);
/* The same behind `last` (NULL: it is the first), which is the last one (fork).
 * Takes 1 node. */
struct vma *edit_append(struct edit *e, const struct vma *v, struct vma *last);
/* Takes away all that is mapped in [start, end), frees page tables that serve nothing else. Takes
 * up to 2 nodes. May sleep. */
void edit_unmap(struct edit *e, vaddr_t start, vaddr_t end);
/* The same for all there is; takes no nodes. */
void edit_unmap_all(struct edit *e);
/* The part [start, end) of v gets other flags, and is merged with neighbours that are alike then.
 * Takes up to 2 nodes. Returns the VMA that covers the range now. */
struct vma *edit_set_flags(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end, u32 flags);
/* The part [start, end) of v is not locked any more. It is a VMA of its own then, not merged. Takes
 * up to 2 nodes. */
void edit_unlock(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end);
/* v gets a new end behind free space, and swallows what it then touches if it is alike (mremap). */
void edit_grow(struct edit *e, struct vma *v, vaddr_t end);
/* v's bounds into free space, without merging (the stack). */
void edit_resize(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end);

/* Do RLIMIT_AS and RLIMIT_DATA admit nr_pages more with these flags? => mm->lock held */
bool edit_may_expand(const struct mm *mm, u32 flags, u64 nr_pages);
/* Promises nr_pages more to what this edit will make. 0 or -ENOMEM. */
int edit_charge(struct edit *e, u64 nr_pages);
/* Admits nr_pages more with these flags: the limits, and the charge if VMA_ACCOUNT is one of them.
 * 0 or -ENOMEM. => mm->lock held for writing */
int edit_admit(struct edit *e, u32 flags, u64 nr_pages);
/* Gives back what was charged and not used up. edit_end() does it; for who has no lock to end
 * with. */
void edit_settle(struct edit *e);
/* Does memory have to be reserved for it? (Linux's accountable_mapping) */
bool edit_is_accountable(u32 flags);

/* mm.c: nodes */
struct vma *vma_node_alloc(void);
void vma_node_free(struct vma *v);
