/* SPDX-License-Identifier: MIT */
/* One fault on its way through mm/: what fault.c asks the backings (back_*.c), and what they
 * answer. */
#pragma once

#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/pagecache.h"

/* Answers of a backing. None but FAULT_WAIT leaves anything to do. */
enum fault_step {
	/* make the access again: it succeeds, or faults again because somebody changed the entry
	 * meanwhile */
	FAULT_DONE,
	/* f->wait says for what; handle_fault() does it with no lock held, and starts again */
	FAULT_WAIT,
	FAULT_SIGBUS, /* behind the end of the file, or it cannot be read */
	FAULT_NOMEM,
};

enum fault_wait {
	WAIT_READ,   /* the page at (mapping, index) has to be read */
	WAIT_LOCKED, /* somebody holds the lock of f->page */
	/* the filesystem has to provide space for (mapping, index): may read its maps */
	WAIT_PREPARE,
};

struct fault {
	struct mm *mm;
	struct vma *vma; /* held between find and release */
	vaddr_t addr;    /* of the page */
	u32 access;      /* FAULT_WRITE, FAULT_EXEC, FAULT_USER */
	/* write although the VMA is read-only: a private copy is made, but not writable
	 * (mm_access) */
	bool forced;
	bool not_executable; /* it was to be executed; FAULT_ACCERR if all else is well */
	bool prepared;       /* WAIT_PREPARE was done: doing it again will not sleep for long */
	bool asked;          /* the backing was: it was not there already */
	bool major;          /* it waited for the disk */
	bool dirtied;        /* a page became writable: the writer may have to be slowed down */
	/* the entry, NULL: there is no table yet. Tables cannot go away while the VMA is held */
	pte_t *slot;
	/* what it was when we looked, without a lock; what we install replaces exactly this */
	pte_t seen;

	/* FAULT_WAIT: a reference to the file keeps mapping alive without mm->lock */
	enum fault_wait wait;
	enum readahead_advice advice;
	struct mapping *mapping;
	pgoff_t index;
	void *file;
	const struct map_file_ops *file_ops;
	/* a reference: what to wait for; or (FAULT_DONE) the page with PG_READAHEAD that was
	 * reached */
	struct page *page;
	/* the page that we waited for: stays until the fault is over, so that reclaim cannot make
	 * us wait again */
	struct page *pinned;
};

struct vma_ops {
	const char *name;
	/* Resolves f, a missing entry or a write to a read-only one, in f->vma, which permits the
	 * access. => mm->lock held for reading (or writing); waits for memory only */
	enum fault_step (*fault)(struct fault *f);
};

extern const struct vma_ops back_anon, back_file, back_shm, back_huge;

/* The backing for what this mapping (NULL: zero pages) is. */
const struct vma_ops *back_for(const struct mapping *m);

/* cow.c: a write to a present, read-only entry of private memory. */
enum fault_step cow_break(struct fault *f);

DECLARE_PER_CPU(u64, fault_nr_reused);

/* What entries of this VMA permit: PTE_*. */
static inline u32 vma_rights(const struct vma *v)
{
	_Static_assert(
		VMA_WRITE == PTE_WRITE_OK << 1 && VMA_EXEC == PTE_EXEC_OK << 1, "by shifting");
	if (unlikely(!(v->flags & VMA_PROT_MASK)))
		return PTE_NOTHING; /* a forced access */
	return v->flags >> 1 & (PTE_WRITE_OK | PTE_EXEC_OK);
}

static inline bool vma_is_private(const struct vma *v)
{
	return !(v->flags & VMA_SHARED);
}

/* Locks the page table if the entry is still what was seen, and makes its table if there was none:
 * true. Else false, and *step is what to answer. */
static inline bool fault_lock_entry(struct fault *f, enum fault_step *step)
{
	spin_lock(&f->mm->pt_lock);
	if (unlikely(!f->slot))
		f->slot = pt_alloc(&f->mm->mmu, f->addr);
	if (likely(f->slot && pte_get(f->slot) == f->seen))
		return true;
	spin_unlock(&f->mm->pt_lock);
	*step = f->slot ? FAULT_DONE : FAULT_NOMEM;
	return false;
}

static inline void fault_unlock_entry(struct fault *f)
{
	spin_unlock(&f->mm->pt_lock);
}

/* The entry of a private page that has just been made (refs = 1, which becomes the entry's):
 * writable if the VMA is. Who set the entry to something else before has flushed it. => entry
 * locked */
static inline void fault_set_private(struct fault *f, struct page *p)
{
	page_mark_anon(p);
	vma_mark_private(f->vma);
	atomic_set(&p->maps, 1);
	page_set_index(p, f->addr >> PAGE_SHIFT);
	mm_add_rss(&f->mm->rss_anon, 1);
	if (unlikely(f->vma->flags & VMA_LOCKED))
		lru_mlock(p);
	pte_set(f->slot, pte_mkdirty(pte_make(page_to_pfn(p), vma_rights(f->vma))));
}

/* fault.c, for the others in mm/: as mm_fault(), but what was there already counts as no fault; forced
 * as in struct fault. */
enum fault_result fault_resolve(struct mm *mm, vaddr_t addr, u32 access, bool forced);
/* stack.c: lets the stack above addr, if there is one, grow down to it. True: look again. Takes
 * mm->lock for writing. */
bool stack_grow(struct mm *mm, vaddr_t addr);

/* Stress switch (boot flag faultwait): every file fault goes through FAULT_WAIT first. */
extern bool fault_always_wait;
