// SPDX-License-Identifier: MIT
/*
 * Address spaces: making, copying, sharing, leaving, and reaching into one that is not the current
 * one.
 *
 * An mm has owners (processes that run in it) and references (owners, and who looks at it). The
 * last owner empties it; who still looks finds no VMA. The last reference frees the page-table root
 * and the struct.
 *
 * fork copies private pages by sharing them read-only (cow.c does the rest). Pages of files are not
 * copied: the child's faults find them in the cache, sixteen at a time.
 *
 * Locks: mm->lock; for fork the parent's for writing, then both page tables, the parent's first.
 */
#include "arch/bootinfo.h"
#include "arch/tlb.h"
#include "arch/user.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/commit.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/lazyfree.h"
#include "mm/plant.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "sched/sched.h"

static struct slab_cache *mm_cache, *vma_cache;

u64 mm_min_addr = 0x10000, mm_max_map_count = 65530;
u32 mm_legacy_layout;

static u32 fail_every; /* allocfail=N, until it is time */

/* Boot flags that make rare things frequent, or check after everything: for tests. */
static void read_stress_flags(void)
{
	char value[16];
	u64 n;

	mm_check_always = boot_option("mmcheck", NULL, 0);
	fault_always_wait = boot_option("faultwait", NULL, 0);
	if (boot_option("allocfail", value, sizeof(value)) && !parse_u64(value, 10, &n))
		fail_every = (u32)n;
}

void mm_stress_begin(void)
{
	if (unlikely(fail_every))
		page_fail_every = fail_every;
}

void mm_init(void)
{
	read_stress_flags();
	commit_init();
	plant_init();
	mm_cache = slab_cache_create("mm", sizeof(struct mm), 16);
	vma_cache = slab_cache_create("vma", sizeof(struct vma), 16);
}

struct vma *vma_node_alloc(void)
{
	return slab_alloc(vma_cache, 0);
}

void vma_node_free(struct vma *v)
{
	slab_free(vma_cache, v);
}

/* --- life --- */

/* Where exec says nothing else: below the largest stack that is usual. */
#define DEFAULT_MMAP_BASE (USER_END - MIB(136))

static struct spinlock all_lock = SPINLOCK_INIT(all_lock, RANK_LRU);
static struct list all = LIST_INIT(all); /* all_lock */

static void add_to_all(struct mm *mm)
{
	spin_lock(&all_lock);
	list_append(&all, &mm->link);
	spin_unlock(&all_lock);
}

struct mm *mm_next(struct mm *mm)
{
	struct mm *next = NULL;
	struct list *at;

	spin_lock(&all_lock);
	for (at = mm ? mm->link.next : all.next; at != &all; at = at->next) {
		next = list_entry(at, struct mm, link);
		if (atomic_inc_not_zero(&next->refs))
			break;
	}
	spin_unlock(&all_lock);
	if (mm)
		mm_put(mm);
	return at == &all ? NULL : next;
}

/* One that nobody knows of yet. */
static struct mm *create(void)
{
	struct mm *mm = slab_alloc(mm_cache, PAGE_ZEROED);

	if (!mm)
		return NULL;
	if (mmu_init(&mm->mmu)) {
		slab_free(mm_cache, mm);
		return NULL;
	}
	rwsem_init(&mm->lock, RANK_MM);
	spin_init(&mm->pt_lock, RANK_PAGETABLE);
	vma_set_init(&mm->vmas);
	atomic_set(&mm->refs, 1);
	atomic_set(&mm->owners, 1);
	mm->mmap_base = DEFAULT_MMAP_BASE;
	list_init(&mm->link);
	return mm;
}

struct mm *mm_create(void)
{
	struct mm *mm = create();

	if (mm)
		add_to_all(mm);
	return mm;
}

void mm_share(struct mm *mm)
{
	mm_get(mm);
	atomic_inc(&mm->owners);
}

/* Unmaps everything. The file of the program goes too: it may be written again. */
static void empty(struct mm *mm)
{
	const struct map_file_ops *exe_ops;
	void *exe;
	struct edit e;

	edit_begin(&e, mm);
	edit_unmap_all(&e);
	exe = mm->exe;
	exe_ops = mm->exe_ops;
	mm->exe = NULL;
	edit_end(&e);
	if (exe)
		exe_ops->put(exe);
}

void mm_put(struct mm *mm)
{
	if (!atomic_dec_and_test(&mm->refs))
		return;
	assert(!mm->vmas.count && !mm_rss(mm));
	spin_lock(&all_lock);
	list_remove(&mm->link);
	spin_unlock(&all_lock);
	mmu_destroy(&mm->mmu);
	slab_free(mm_cache, mm);
}

void mm_leave(struct mm *mm)
{
	if (atomic_dec_and_test(&mm->owners))
		empty(mm);
	mm_put(mm);
}

void *mm_get_exe(struct mm *mm)
{
	void *exe;

	rwsem_read_lock(&mm->lock);
	exe = mm->exe;
	if (exe)
		mm->exe_ops->get(exe);
	rwsem_read_unlock(&mm->lock);
	return exe;
}

void mm_activate(struct mm *mm)
{
	struct thread *t = current_thread();
	irqflags_t f = irq_save();

	t->mm = mm;
	t->mmu = mm ? &mm->mmu : NULL;
	mmu_switch(t->mmu);
	irq_restore(f);
}

/* --- fork --- */

/* One entry of private memory, in both tables from now on. Returns the anonymous pages copied: 0 or
 * 1. => both pt_locks held */
static u64 copy_entry(pte_t *from, pte_t *to)
{
	pte_t pte = pte_get(from);
	struct page *p;

	if (pte_none(pte))
		return 0;
	p = pfn_to_page(pte_pfn(pte));
	if (unlikely(!(p->flags & PG_ANON))) {
		if (p == zero_page)
			pte_set(to, pte);
		return 0;
	}
	if (pte_writable(pte)) {
		pte = pte_wrprotect(pte);
		pte_set(from, pte);
	}
	lazyfree_cancel(p);
	page_get(p);
	atomic_inc(&p->maps);
	pte_set(to, pte);
	return 1;
}

/* One table's part of a VMA. 0 or -ENOMEM. => the parent's pt_lock held */
static int copy_span(struct mm *child, const struct pt_span *span)
{
	pte_t *to;
	u64 nr = 0;

	/* the child's after the parent's; nobody else takes both */
	spin_lock_nested(&child->pt_lock);
	to = pt_alloc(&child->mmu, span->addr);
	for (u64 i = 0; to && i < span->nr; i++)
		nr += copy_entry(&span->pte[i], &to[i]);
	mm_add_rss(&child->rss_anon, (s64)nr);
	spin_unlock(&child->pt_lock);
	return to ? 0 : -ENOMEM;
}

/* Frees some memory if it can, with locks that sleepers may hold. */
static bool wait_for_memory(void)
{
	struct page *p = page_alloc(0);

	if (p)
		page_put(p);
	return p;
}

/* The private pages of v. Costs by the tables and pages that are there. */
static int copy_entries(struct mm *child, struct mm *parent, const struct vma *v)
{
	vaddr_t addr = v->start;
	struct pt_span span;
	bool retried = false;
	int err = 0;

	spin_lock(&parent->pt_lock);
	while (!err && pt_next_span(&parent->mmu, addr, v->end, &span)) {
		err = copy_span(child, &span);
		if (!err)
			addr = span.addr + (span.nr << PAGE_SHIFT);
		spin_unlock(&parent->pt_lock);
		if (err && !retried && wait_for_memory()) {
			retried = true;
			err = 0;
		}
		cond_resched();
		spin_lock(&parent->pt_lock);
	}
	spin_unlock(&parent->pt_lock);
	return err;
}

/* *last: the child's last VMA so far; becomes the copy. */
static int copy_vma(struct edit *child, struct mm *parent, const struct vma *v, struct vma **last)
{
	struct vma copy = *v;
	int err = v->flags & VMA_ACCOUNT ? edit_charge(child, vma_pages(v)) : 0;

	if (!err)
		err = edit_reserve(child, 1);
	if (err) {
		edit_settle(child);
		return err;
	}
	copy.flags &= ~VMA_LOCK_MASK; /* locks are not inherited: mlock(2) */
	copy.ever_private &= !(v->flags & VMA_WIPEONFORK);
	*last = edit_append(child, &copy, *last);
	if ((v->flags & (VMA_SHARED | VMA_WIPEONFORK | VMA_DEVICE)))
		return 0;
	return copy_entries(child->mm, parent, v);
}

/* What is not memory: the places that brk, exec and /proc know. */
static void copy_layout(struct mm *to, const struct mm *from)
{
	to->mmap_base = from->mmap_base;
	to->bottom_up = from->bottom_up;
	to->randomized = from->randomized;
	to->brk_start = from->brk_start;
	to->brk = from->brk;
	to->start_code = from->start_code;
	to->end_code = from->end_code;
	to->start_data = from->start_data;
	to->end_data = from->end_data;
	to->start_stack = from->start_stack;
	to->arg_start = from->arg_start;
	to->arg_end = from->arg_end;
	to->env_start = from->env_start;
	to->env_end = from->env_end;
	memcpy(to->auxv, from->auxv, sizeof(to->auxv));
	to->dumpable = from->dumpable;
	atomic_set(&to->membarriers, atomic_read(&from->membarriers));
	to->exe = from->exe;
	to->exe_ops = from->exe_ops;
	if (to->exe)
		to->exe_ops->get(to->exe);
}

static int copy_vmas(struct mm *child, struct mm *parent)
{
	/* Nobody else knows the child, so its lock is not taken (the parent's has the same
	 * rank). */
	struct edit e = { .mm = child };
	struct vma *v, *last = NULL;
	int err = 0;

	vma_for_each(v, &parent->vmas)
	{
		if (v->flags & VMA_DONTFORK)
			continue;
		err = copy_vma(&e, parent, v, &last);
		if (err)
			break;
	}
	/* No edit_end(): no lock was taken, no node is left over, no promise, and no VMA was taken
	 * out. */
	return err;
}

struct mm *mm_fork(struct mm *parent)
{
	struct mm *child = create();
	int err;

	if (!child)
		return NULL;
	rwsem_write_lock(&parent->lock);
	copy_layout(child, parent);
	err = copy_vmas(child, parent);
	/* The parent's entries lost the right to write. */
	if (is_planted_for(&parent->mmu, PLANT_FORK))
		tlb_flush_all_local();
	else
		tlb_flush_all(&parent->mmu);
	rwsem_write_unlock(&parent->lock);
	if (!err) {
		add_to_all(child);
		return child;
	}
	mm_leave(child);
	return NULL;
}

/* --- reaching into an mm --- */

/* Does the entry permit what we want to do? */
static bool permits(pte_t pte, u32 how)
{
	const struct page *p = pfn_to_page(pte_pfn(pte));
	bool force = how & ACCESS_FORCED;

	if (!pte_present(pte) || !pfn_valid(pte_pfn(pte)) || (!pte_accessible(pte) && !force))
		return false;
	return !(how & ACCESS_WRITE) || pte_writable(pte) ||
	       (force && (p->flags & PG_ANON) && atomic_read(&p->refs) == 1);
}

static void copy(void *memory, void *buf, size_t n, bool write)
{
	if (write)
		memcpy(memory, buf, n);
	else
		memcpy(buf, memory, n);
}

/* The planted bug: the page is kept, and copied from or to some time after its table is unlocked. */
static void copy_late(struct mm *mm, struct page *p, u64 offset, void *buf, size_t n, bool write)
{
	nsec_t until = clock_now() + 2 * NSEC_PER_MSEC;

	page_get(p);
	spin_unlock(&mm->pt_lock);
	while (clock_now() < until)
		cpu_relax();
	copy((u8 *)page_address(p) + offset, buf, n, write);
	page_put(p);
	spin_lock(&mm->pt_lock);
}

/*
 * Copies n bytes of the page at addr, if its entry permits it. As long as the page table is locked
 * this is an access like a CPU's: fork, write-back, truncation and reclaim have still to change the
 * entry, and so see what was stored. (Race: done behind the lock, a store could come after a fork, and
 * then be seen by the child alone: clone_settid_during_fork.)
 */
static bool access_mapped(struct mm *mm, vaddr_t addr, void *buf, size_t n, u32 how)
{
	bool permitted;
	struct page *p;
	pte_t pte;

	spin_lock(&mm->pt_lock);
	pte = pt_look(&mm->mmu, addr);
	permitted = permits(pte, how);
	if (permitted) {
		p = pfn_to_page(pte_pfn(pte));
		/* The CPU will not say in the entry that a lazy page was stored to. */
		if (how & ACCESS_WRITE)
			lazyfree_cancel(p);
		if (is_planted(PLANT_REACH) && p != zero_page)
			copy_late(mm, p, page_offset_in(addr), buf, n, how & ACCESS_WRITE);
		else
			copy((u8 *)page_address(p) + page_offset_in(addr), buf, n,
				how & ACCESS_WRITE);
	}
	spin_unlock(&mm->pt_lock);
	return permitted;
}

/* Has the VMA memory of this kind, and the right? The memory of devices is nobody's but who maps it. */
static bool vma_grants(const struct vma *v, u32 how)
{
	u32 right = how & ACCESS_WRITE ? VMA_WRITE : VMA_READ;

	if ((v->flags & VMA_DEVICE) && !mm_vma_is_vdso(v))
		return false;
	if ((how & ACCESS_RIGHTS) && !(v->flags & right))
		return false;
	return !(how & ACCESS_ZEROS) || v->ops == &back_anon;
}

/* What of the access the page tables do not know. Where there is no VMA the fault will say so. */
static bool is_granted(struct mm *mm, vaddr_t addr, u32 how)
{
	const struct vma *v;
	bool granted;

	if (!(how & (ACCESS_RIGHTS | ACCESS_FORCED | ACCESS_ZEROS)))
		return true;
	rwsem_read_lock(&mm->lock);
	v = vma_find(&mm->vmas, addr);
	granted = !v || vma_grants(v, how);
	rwsem_read_unlock(&mm->lock);
	return granted;
}

/* The same, faulting the page in. False: it cannot be had. */
static bool access_page(struct mm *mm, vaddr_t addr, void *buf, size_t n, u32 how)
{
	u32 access = how & ACCESS_WRITE ? FAULT_WRITE : 0;

	if (!is_granted(mm, addr, how))
		return false;
	/* A few rounds: reclaim, or another thread, may take the page away before we look. */
	for (u32 i = 0; i < 64; i++) {
		if (access_mapped(mm, addr, buf, n, how))
			return true;
		if (fault_resolve(mm, addr, access, how & ACCESS_FORCED) != FAULT_OK)
			return false;
	}
	return false;
}

size_t mm_access(struct mm *mm, vaddr_t addr, void *buf, size_t len, u32 how)
{
	size_t done = 0;

	while (done < len && addr + done < USER_END) {
		size_t n = min(len - done, PAGE_SIZE - page_offset_in(addr + done));

		if (!access_page(mm, addr + done, (u8 *)buf + done, n, how))
			break;
		done += n;
	}
	return done;
}
