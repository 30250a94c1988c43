// SPDX-License-Identifier: MIT
/*
 * Page faults: find the VMA, check the access, ask the backing, wait, again.
 *
 *	the entry   VMA       access   what happens                                             where
 *	---------   -------   ------   ------------------------------------------------------   ----------------
 *	any         none      any      a stack above grows down to it, else SEGV_MAPERR         stack_grow
 *	any         forbids   any      SEGV_ACCERR                                              access_allowed
 *	permits     any       any      another CPU did it, or only this TLB is old: flush here  ask_backing
 *	none        private   read     zero memory: the shared zero page                        anon_read
 *	none        private   write    zero memory: a zeroed frame                              anon_write
 *	none        file      read     cached: its page and its neighbours, else FAULT_WAIT     file_read
 *	none        private   write    file: a copy of the cached page, else FAULT_WAIT         file_copy
 *	any         shared    write    file: ask the filesystem (page_mkwrite), then writable   file_write
 *	read-only   private   write    copy on write, or ours alone: writable                   cow_break
 *	none        vdso      read     the kernel's page, uncounted                             vdso_fault
 *	file's end  file      any      SIGBUS; the same if it cannot be read
 *
 * Nobody sleeps here holding what others need: a backing that must wait for the disk or a lock
 * answers FAULT_WAIT, and the loop in fault_resolve() waits with nothing held but a reference to
 * the file, and begins again.
 *
 * Not here: what SIGSEGV looks like (entry.c, proc), replacing entries (back_*.c, cow.c). Locks:
 * mm->lock for reading from find to release; pt_lock in the backings. Only hold_vma() knows that it
 * is mm->lock that holds a VMA.
 */
#include "arch/tlb.h"
#include "arch/user.h"
#include "mm/fault.h"
#include "mm/readahead.h"
#include "mm/reclaim.h"

bool fault_always_wait;

static DEFINE_PER_CPU(u64, nr_faults);
static DEFINE_PER_CPU(u64, nr_major);
DEFINE_PER_CPU(u64, fault_nr_reused);

void mm_get_fault_stats(struct fault_stats *st)
{
	u32 cpu;

	*st = (struct fault_stats){ 0 };
	for_each_cpu (cpu, cpus_online) {
		st->faults += *per_cpu_ptr(&nr_faults, cpu);
		st->major += *per_cpu_ptr(&nr_major, cpu);
		st->reused += *per_cpu_ptr(&fault_nr_reused, cpu);
	}
}

/* This address's VMA, held until release_vma(); NULL: there is none. */
static struct vma *hold_vma(struct mm *mm, vaddr_t addr)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	v = vma_find(&mm->vmas, addr);
	if (unlikely(!v))
		rwsem_read_unlock(&mm->lock);
	return v;
}

static void release_vma(struct vma *v)
{
	rwsem_read_unlock(&v->mm->lock);
}

/* Whatever may be written or executed may be read, as on any x86 without protection keys. */
static bool access_allowed(const struct fault *f)
{
	u32 flags = f->vma->flags;

	if (f->forced)
		return flags & (f->access & FAULT_WRITE ? VMA_MAYWRITE : VMA_MAYREAD) &&
		       (!(flags & VMA_SHARED) || !(f->access & FAULT_WRITE) || flags & VMA_WRITE);
	if (f->access & FAULT_WRITE)
		return flags & VMA_WRITE;
	if (f->access & FAULT_EXEC)
		return flags & VMA_EXEC;
	return flags & VMA_PROT_MASK;
}

/* Does the entry permit the access already? */
static bool entry_permits(const struct fault *f)
{
	return pte_accessible(f->seen) && (!(f->access & FAULT_WRITE) || pte_writable(f->seen)) &&
	       (!(f->access & FAULT_EXEC) || pte_executable(f->seen));
}

/* A present entry that is neither what the VMA permits nor waiting for a write: nobody leaves such
 * a one behind. */
static void __noinline left_over(const struct fault *f)
{
	panic("fault: address %lx access %x: entry %lx in VMA %lx-%lx flags %x (%s) fits no case",
		f->addr, f->access, f->seen, f->vma->start, f->vma->end, f->vma->flags,
		f->vma->ops->name);
}

static enum fault_step ask_backing(struct fault *f)
{
	f->slot = pt_find(&f->mm->mmu, f->addr);
	f->seen = f->slot ? pte_get(f->slot) : 0;
	if (pte_present(f->seen)) {
		if (entry_permits(f) || (f->forced && !(f->access & FAULT_WRITE))) {
			tlb_flush_page_local(f->addr);
			return FAULT_DONE;
		}
		if (unlikely(!(f->access & FAULT_WRITE)))
			left_over(f);
	}
	f->asked = true;
	return f->vma->ops->fault(f);
}

/* --- waiting, with no lock held --- */

static enum fault_step wait_for_read(struct fault *f)
{
	struct page *p;
	int err = 0;

	f->major = true;
	p = pagecache_find(f->mapping, f->index);
	if (!p)
		err = readahead_fault(f->mapping, f->index, f->advice);
	else
		page_put(p);
	if (!err) {
		p = pagecache_read(f->mapping, f->index, NULL);
		err = IS_ERR(p) ? (int)PTR_ERR(p) : 0;
	}
	if (err)
		return err == -ENOMEM ? FAULT_NOMEM : FAULT_SIGBUS;
	if (f->pinned)
		page_put(f->pinned);
	f->pinned = p;
	return FAULT_DONE;
}

/* Lets the filesystem find or reserve space for the page: the long part of page_mkwrite. */
static enum fault_step wait_for_space(struct fault *f)
{
	struct mapping *m = f->mapping;
	u64 offset = f->index << PAGE_SHIFT, size;
	int err = 0;

	page_lock(f->page);
	size = mapping_size(m);
	if (f->page->mapping == m && offset < size) {
		err = m->ops->prepare_write(m, f->page, 0, (u32)min(PAGE_SIZE, size - offset));
		/* A clean page may be dropped before we come back, and its new blocks hold
		 * anything. */
		if (!err)
			pagecache_mark_dirty(f->page);
	}
	page_unlock(f->page);
	f->prepared = true;
	if (err)
		return err == -ENOMEM ? FAULT_NOMEM : FAULT_SIGBUS;
	return FAULT_DONE;
}

static void put_file(struct fault *f)
{
	if (f->page)
		page_put(f->page);
	if (f->file)
		f->file_ops->put(f->file);
	f->page = NULL;
	f->file = NULL;
}

static enum fault_step wait_for(struct fault *f)
{
	enum fault_step step = FAULT_DONE;

	switch (f->wait) {
	case WAIT_READ:
		step = wait_for_read(f);
		break;
	case WAIT_LOCKED:
		page_wait_locked(f->page);
		break;
	case WAIT_PREPARE:
		step = wait_for_space(f);
		break;
	}
	put_file(f);
	return step;
}

/* After success, with no lock held: what can be done better now than under locks. */
static void finish(struct fault *f)
{
	if (unlikely(f->page)) {
		readahead_reached(f->mapping, f->page, NULL);
		put_file(f);
	}
	if (unlikely(f->pinned))
		page_put(f->pinned);
	if (unlikely(f->dirtied))
		pagecache_throttle_writer();
}

/* --- the loop --- */

/*
 * Executing what may only be read: as on Linux, the page is brought in as if for reading, and then
 * may not be executed. So there is SIGBUS, not SIGSEGV, behind the end of a file.
 */
static bool can_only_be_read(struct fault *f)
{
	if (!(f->access & FAULT_EXEC) || f->forced || !(f->vma->flags & VMA_PROT_MASK))
		return false;
	f->access &= ~FAULT_EXEC;
	f->not_executable = true;
	return true;
}

/* One attempt. FAULT_DONE: *result is the answer. */
static enum fault_step attempt(struct fault *f, enum fault_result *result)
{
	enum fault_step step;

	f->vma = hold_vma(f->mm, f->addr);
	if (unlikely(!f->vma)) {
		*result = FAULT_MAPERR;
		return FAULT_DONE;
	}
	if (unlikely(!access_allowed(f) && !can_only_be_read(f))) {
		*result = FAULT_ACCERR;
		step = FAULT_DONE;
	} else {
		*result = FAULT_OK;
		step = ask_backing(f);
		if (unlikely(f->not_executable) && step == FAULT_DONE && *result == FAULT_OK)
			*result = FAULT_ACCERR;
	}
	release_vma(f->vma);
	return step;
}

/* No memory: FAULT_DONE to try again, with *result the answer if not. */
static bool try_again_after_nomem(enum fault_result *result)
{
	bool again = !thread_is_killed() && reclaim_out_of_memory();

	if (thread_is_killed()) { /* we may be the victim: nobody else shall die for us */
		*result = FAULT_KILLED;
		return false;
	}
	if (!again)
		*result = FAULT_OOM;
	return again;
}

static enum fault_result handle_fault(struct fault *f)
{
	enum fault_result result;
	enum fault_step step;

	for (;;) {
		step = attempt(f, &result);
		if (likely(step == FAULT_DONE)) {
			if (unlikely(result == FAULT_MAPERR) && stack_grow(f->mm, f->addr))
				continue;
			break;
		}
		if (step == FAULT_WAIT)
			step = wait_for(f);
		if (step == FAULT_SIGBUS) {
			result = FAULT_BUS;
			break;
		}
		if (step == FAULT_NOMEM && !try_again_after_nomem(&result))
			break;
	}
	finish(f);
	return result;
}

/* Of the current thread, for whomever it was. */
static void count(const struct fault *f)
{
	this_cpu_add8(nr_faults, 1);
	if (unlikely(f->major)) {
		this_cpu_add8(nr_major, 1);
		current_thread()->major_faults++;
	} else {
		current_thread()->minor_faults++;
	}
}

enum fault_result fault_resolve(struct mm *mm, vaddr_t addr, u32 access, bool forced)
{
	struct fault f = {
		.mm = mm, .addr = page_align_down(addr), .access = access, .forced = forced
	};
	enum fault_result result;

	if (addr >= USER_END)
		return FAULT_MAPERR;
	result = handle_fault(&f);
	if (result == FAULT_OK && f.asked)
		count(&f);
	return result;
}

enum fault_result mm_fault(struct mm *mm, vaddr_t addr, u32 access, vaddr_t sp)
{
	struct fault f = { .mm = mm, .addr = page_align_down(addr), .access = access };
	enum fault_result result;

	/* Linux too lets a stack grow to any address above its limit, whatever the stack pointer
	 * is */
	(void)sp;
	if (unlikely(addr >= USER_END))
		return FAULT_MAPERR;
	result = handle_fault(&f);
	/* A signal instead of a page is nobody's fault, in getrusage's sense. */
	if (likely(result == FAULT_OK))
		count(&f);
	return result;
}
