// SPDX-License-Identifier: MIT
/* Address spaces of our own, reached by mm_access(): mapping, faults, fork, protection, truncation;
 * all checked by mm_check(). */
#include <linux/mman.h>
#include "arch/tlb.h"
#include "arch/user.h"
#include "mm/disk_ktest.h"
#include "mm/fault.h"
#include "mm/reclaim.h"
#include "sched/threads_ktest.h"

#define BASE 0x10000000UL
#define RW   (PROT_READ | PROT_WRITE)

static void check(struct mm *mm)
{
	rwsem_read_lock(&mm->lock);
	mm_check(mm);
	rwsem_read_unlock(&mm->lock);
}

/* For the current thread, until it has thread_no_limits again. */
static void set_limit(u32 resource, u64 value)
{
	static struct rlimit64 limits[RLIM_NLIMITS];

	memcpy(limits, thread_no_limits, sizeof(limits));
	limits[resource].rlim_cur = value;
	current_thread()->limits = limits;
}

static s64 map_anon(struct mm *mm, vaddr_t addr, u64 pages, u32 prot, u32 flags)
{
	struct map_request rq = { .addr = addr,
		.len = pages * PAGE_SIZE,
		.prot = prot,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | flags };

	return mm_map(mm, &rq);
}

static s64 map_disk(struct mm *mm, vaddr_t addr, u64 pages, u32 prot, u32 flags,
	struct test_disk *d, pgoff_t pgoff)
{
	struct map_request rq = { .addr = addr,
		.len = pages * PAGE_SIZE,
		.prot = prot,
		.flags = flags | MAP_FIXED,
		.mapping = &d->m,
		.pgoff = pgoff,
		.file = d,
		.file_ops = &test_file_ops,
		.file_readable = true,
		.file_writable = true };

	return mm_map(mm, &rq);
}

static bool put(struct mm *mm, vaddr_t addr, u64 value)
{
	return mm_access(mm, addr, &value, 8, ACCESS_WRITE) == 8;
}

/* What is at addr, or -1: it cannot be read. */
static u64 get(struct mm *mm, vaddr_t addr)
{
	u64 value;

	return mm_access(mm, addr, &value, 8, 0) == 8 ? value : ~0UL;
}

static s64 rss_anon(struct mm *mm)
{
	return atomic64_read(&mm->rss_anon);
}

static s64 rss_file(struct mm *mm)
{
	return atomic64_read(&mm->rss_file);
}

KTEST(mm_anonymous_memory)
{
	u64 before = test_frames_free();
	struct mm *mm = mm_create();

	KCHECK(map_anon(mm, BASE, 100, RW, MAP_FIXED) == BASE);
	KCHECK(get(mm, BASE) == 0 && get(mm, BASE + 50 * PAGE_SIZE) == 0);
	KCHECK(rss_anon(mm) == 0); /* the zero page */
	KCHECK(put(mm, BASE, 5) && put(mm, BASE + 99 * PAGE_SIZE, 6));
	KCHECK(rss_anon(mm) == 2);
	KCHECK(get(mm, BASE) == 5 && get(mm, BASE + 99 * PAGE_SIZE) == 6);
	KCHECK(!put(mm, BASE + 100 * PAGE_SIZE, 6) && get(mm, BASE - 8) == ~0UL);
	KCHECK(mm_fault(mm, BASE + 100 * PAGE_SIZE, 0, 0) == FAULT_MAPERR);
	KCHECK(mm_fault(mm, USER_END, 0, 0) == FAULT_MAPERR &&
		mm_fault(mm, ~0UL, FAULT_WRITE, 0) == FAULT_MAPERR);
	KCHECK(mm_fault(mm, BASE, FAULT_EXEC, 0) == FAULT_ACCERR);
	check(mm);
	KCHECK(!mm_unmap(mm, BASE + 10 * PAGE_SIZE, 80 * PAGE_SIZE));
	KCHECK(mm->vmas.count == 2 && mm->total_pages == 20 && get(mm, BASE + 99 * PAGE_SIZE) == 6);
	check(mm);
	KCHECK(!mm_unmap(mm, 0, USER_END));
	KCHECK(!mm->vmas.count && !mm_rss(mm) && mm->mmu.nr_tables == 1);
	mm_leave(mm);
	KCHECK(test_frames_free() == before);
}

KTEST(mm_map_errors_and_hints)
{
	struct mm *mm = mm_create();
	s64 a, b;

	KCHECK(map_anon(mm, BASE + 1, 1, RW, MAP_FIXED) == -EINVAL);
	KCHECK(map_anon(mm, USER_END, 1, RW, MAP_FIXED) == -ENOMEM);
	KCHECK(map_anon(mm, 0, 0, RW, 0) == -EINVAL);
	KCHECK(map_anon(mm, 0, USER_END >> PAGE_SHIFT, PROT_READ, 0) == -ENOMEM);
	a = map_anon(mm, 0, 3, RW, 0);
	KCHECK((u64)a == mm->mmap_base - 3 * PAGE_SIZE);
	b = map_anon(mm, 0, 2, PROT_READ, 0);
	KCHECK(b == a - 2 * (s64)PAGE_SIZE);
	KCHECK(map_anon(mm, BASE + 100, 1, RW, 0) == BASE);
	KCHECK(map_anon(mm, BASE, 1, RW, 0) != BASE); /* only a hint */
	KCHECK(map_anon(mm, BASE, 2, RW, MAP_FIXED_NOREPLACE) == -EEXIST);
	KCHECK(map_anon(mm, BASE, 2, RW, MAP_FIXED) == BASE);
	set_limit(RLIMIT_AS, (mm->total_pages + 1) * PAGE_SIZE);
	KCHECK(map_anon(mm, 0, 2, RW, 0) == -ENOMEM);
	KCHECK(map_anon(mm, BASE, 3, RW, MAP_FIXED) == BASE); /* two of them replace old ones */
	current_thread()->limits = thread_no_limits;
	check(mm);
	mm_leave(mm);
}

KTEST(mm_splits_and_merges)
{
	struct mm *mm = mm_create();

	KCHECK(map_anon(mm, BASE, 10, RW, MAP_FIXED) == BASE);
	KCHECK(put(mm, BASE + 4 * PAGE_SIZE, 44) && put(mm, BASE, 1));
	KCHECK(!mm_protect(mm, BASE + 3 * PAGE_SIZE, 3 * PAGE_SIZE, PROT_READ));
	KCHECK(mm->vmas.count == 3);
	KCHECK(get(mm, BASE + 4 * PAGE_SIZE) == 44 && !put(mm, BASE + 4 * PAGE_SIZE, 45));
	check(mm);
	KCHECK(!mm_protect(mm, BASE + 4 * PAGE_SIZE, PAGE_SIZE, PROT_NONE));
	KCHECK(mm->vmas.count == 5 && get(mm, BASE + 4 * PAGE_SIZE) == ~0UL && rss_anon(mm) == 2);
	KCHECK(mm_fault(mm, BASE + 4 * PAGE_SIZE, 0, 0) == FAULT_ACCERR);
	check(mm);
	KCHECK(!mm_protect(mm, BASE + 2 * PAGE_SIZE, 4 * PAGE_SIZE, RW));
	KCHECK(mm->vmas.count == 1 && put(mm, BASE + 4 * PAGE_SIZE, 46) && rss_anon(mm) == 2);
	check(mm);
	KCHECK(mm_protect(mm, BASE + 9 * PAGE_SIZE, 2 * PAGE_SIZE, PROT_READ) == -ENOMEM);
	KCHECK(mm->vmas.count == 2); /* what came before the hole is changed */
	KCHECK(mm_protect(mm, BASE, PAGE_SIZE, 0x100) == -EINVAL &&
		mm_protect(mm, BASE + 1, 1, RW) == -EINVAL);
	KCHECK(!mm_protect(mm, BASE + 9 * PAGE_SIZE, PAGE_SIZE, RW) && mm->vmas.count == 1);
	KCHECK(map_anon(mm, BASE + 10 * PAGE_SIZE, 5, RW, MAP_FIXED) > 0 && mm->vmas.count == 1);
	KCHECK(map_anon(mm, BASE + 3 * PAGE_SIZE, 1, PROT_READ, MAP_FIXED) > 0 &&
		mm->vmas.count == 3);
	KCHECK(map_anon(mm, BASE + 3 * PAGE_SIZE, 1, RW, MAP_FIXED) > 0 && mm->vmas.count == 1);
	check(mm);
	mm_leave(mm);
}

KTEST(mm_fork_copies_on_write)
{
	u64 before = test_frames_free();
	struct mm *parent = mm_create(), *child;

	KCHECK(map_anon(parent, BASE, 10, RW, MAP_FIXED) == BASE);
	for (u32 i = 0; i < 5; i++)
		KCHECK(put(parent, BASE + i * PAGE_SIZE, 100 + i));
	KCHECK(get(parent, BASE + 7 * PAGE_SIZE) == 0);
	child = mm_fork(parent);
	KCHECK(child && rss_anon(child) == 5 && child->total_pages == 10);
	check(parent);
	check(child);
	KCHECK(put(child, BASE, 200) && get(parent, BASE) == 100 && get(child, BASE) == 200);
	KCHECK(put(parent, BASE + PAGE_SIZE, 201) && get(child, BASE + PAGE_SIZE) == 101);
	KCHECK(put(child, BASE + 7 * PAGE_SIZE, 7) && get(parent, BASE + 7 * PAGE_SIZE) == 0);
	check(parent);
	check(child);
	KCHECK(!mm_protect(child, BASE + 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ));
	KCHECK(!mm_protect(child, BASE + 2 * PAGE_SIZE, PAGE_SIZE, RW));
	KCHECK(put(child, BASE + 2 * PAGE_SIZE, 3) && get(parent, BASE + 2 * PAGE_SIZE) == 102);
	mm_leave(child);
	KCHECK(put(parent, BASE + 3 * PAGE_SIZE, 300) &&
		get(parent, BASE + 3 * PAGE_SIZE) == 300); /* ours alone again */
	KCHECK(rss_anon(parent) == 5);
	check(parent);
	mm_leave(parent);
	KCHECK(test_frames_free() == before);
}

static u64 word_of_page(pgoff_t index)
{
	u64 v = 0;

	for (u32 i = 8; i--;)
		v = v << 8 | test_byte(index, i);
	return v;
}

KTEST(mm_private_file)
{
	u64 before = test_frames_free();
	struct test_disk *d = test_disk_create(50, false);
	struct mm *mm = mm_create();

	d->slow = true;
	KCHECK(map_disk(mm, BASE, 50, RW, MAP_PRIVATE, d, 0) == BASE);
	KCHECK(atomic_read(&d->files) == 1);
	KCHECK(get(mm, BASE + 20 * PAGE_SIZE) == word_of_page(20));
	KCHECK(rss_file(mm) == 16); /* the neighbours too: read-around, then fault-around */
	KCHECK(put(mm, BASE + 20 * PAGE_SIZE, 1) && put(mm, BASE + 40 * PAGE_SIZE, 2));
	KCHECK(rss_file(mm) == 15 && rss_anon(mm) == 2);
	KCHECK(get(mm, BASE + 20 * PAGE_SIZE) == 1 && get(mm, BASE + 40 * PAGE_SIZE) == 2);
	check(mm);
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true) && !atomic_read(&d->nr_writes));
	KCHECK(!pagecache_set_size(&d->m, 30 * PAGE_SIZE));
	KCHECK(mm_fault(mm, BASE + 40 * PAGE_SIZE, 0, 0) == FAULT_BUS &&
		rss_anon(mm) == 1); /* private copies go too */
	KCHECK(get(mm, BASE + 29 * PAGE_SIZE) == word_of_page(29));
	KCHECK(!pagecache_set_size(&d->m, 50 * PAGE_SIZE));
	KCHECK(get(mm, BASE + 40 * PAGE_SIZE) != 2);
	KCHECK(!mm_unmap(mm, BASE + 10 * PAGE_SIZE, PAGE_SIZE) && atomic_read(&d->files) == 2);
	check(mm);
	mm_leave(mm);
	KCHECK(!d->m.vmas.root);
	test_disk_destroy(d);
	KCHECK(test_frames_free() == before);
}

KTEST(mm_shared_file)
{
	u64 before = test_frames_free();
	struct test_disk *d = test_disk_create(50, false);
	struct mm *mm = mm_create(), *child;

	d->slow = true;
	KCHECK(map_disk(mm, BASE, 50, RW, MAP_SHARED, d, 0) == BASE);
	KCHECK(get(mm, BASE + 5 * PAGE_SIZE) == word_of_page(5));
	KCHECK(put(mm, BASE + 5 * PAGE_SIZE, 55) && put(mm, BASE + 35 * PAGE_SIZE, 66));
	KCHECK(rss_anon(mm) == 0);
	child = mm_fork(mm);
	KCHECK(get(child, BASE + 5 * PAGE_SIZE) == 55 && put(child, BASE + 6 * PAGE_SIZE, 77) &&
		get(mm, BASE + 6 * PAGE_SIZE) == 77);
	check(mm);
	check(child);
	KCHECK(!mm_msync(mm, BASE, 50 * PAGE_SIZE, MS_SYNC));
	KCHECK(*(u64 *)d->blocks[5] == 55 && *(u64 *)d->blocks[6] == 77 &&
		*(u64 *)d->blocks[35] == 66);
	/* Clean now, so the next store is noticed. */
	KCHECK(!radix_tagged(&d->m.pages, MAPPING_TAG_DIRTY));
	KCHECK(put(child, BASE + 5 * PAGE_SIZE, 56) &&
		radix_tagged(&d->m.pages, MAPPING_TAG_DIRTY));
	KCHECK(!mm_msync(mm, BASE, 50 * PAGE_SIZE, MS_SYNC) && *(u64 *)d->blocks[5] == 56);
	KCHECK(mm_msync(mm, BASE, 51 * PAGE_SIZE, MS_SYNC) == -ENOMEM);
	KCHECK(mm_msync(mm, BASE, PAGE_SIZE, MS_SYNC | MS_ASYNC) == -EINVAL);
	mm_leave(child);
	KCHECK(!pagecache_punch_hole(&d->m, 5 * PAGE_SIZE, 6 * PAGE_SIZE) && d->m.pages.count);
	mm_leave(mm);
	test_disk_destroy(d);
	KCHECK(test_frames_free() == before);
}

/* A page that was collected for MADV_PAGEOUT, and that another address space has locked since. */
KTEST(mm_page_out_leaves_locked_pages)
{
	struct test_disk *d = test_disk_create(4, false);
	struct mm *mm = mm_create();
	struct page *p;

	KCHECK(map_disk(mm, BASE, 4, RW, MAP_SHARED, d, 0) == BASE && put(mm, BASE, 7));
	KCHECK(!mm_lock(mm, BASE, PAGE_SIZE, 0));
	p = pagecache_find(&d->m, 0);
	reclaim_page_out(&p, 1);
	KCHECK(pte_present(pt_look(&mm->mmu, BASE)) && get(mm, BASE) == 7);
	KCHECK(!mm_unlock(mm, BASE, PAGE_SIZE));
	p = pagecache_find(&d->m, 0);
	reclaim_page_out(&p, 1);
	KCHECK(!pte_present(pt_look(&mm->mmu, BASE)) && get(mm, BASE) == 7);
	check(mm);
	mm_leave(mm);
	test_disk_destroy(d);
}

KTEST(mm_file_errors)
{
	struct test_disk *d = test_disk_create(50, false);
	struct mm *mm = mm_create();

	KCHECK(map_disk(mm, BASE, 60, RW, MAP_SHARED, d, 0) == BASE);
	d->fail_reads = -EIO;
	KCHECK(mm_fault(mm, BASE, 0, 0) == FAULT_BUS);
	d->fail_reads = 0;
	KCHECK(mm_fault(mm, BASE, 0, 0) == FAULT_OK);
	KCHECK(mm_fault(mm, BASE + 50 * PAGE_SIZE, 0, 0) == FAULT_BUS);
	KCHECK(mm_fault(mm, BASE + 50 * PAGE_SIZE, FAULT_WRITE, 0) == FAULT_BUS);
	kfree(d->blocks[3]);
	d->blocks[3] = NULL;
	d->blocks_left = 0;
	KCHECK(mm_fault(mm, BASE + 3 * PAGE_SIZE, FAULT_WRITE, 0) == FAULT_BUS); /* ENOSPC */
	KCHECK(mm_fault(mm, BASE + 3 * PAGE_SIZE, 0, 0) == FAULT_OK);
	check(mm);
	mm_leave(mm);
	test_disk_destroy(d);
}

KTEST(mm_shared_memory)
{
	struct test_disk *d = test_disk_create(50, true);
	struct mm *mm = mm_create(), *other = mm_create();

	KCHECK(map_disk(mm, BASE, 50, RW, MAP_SHARED, d, 0) == BASE);
	KCHECK(map_disk(other, 2 * BASE, 10, RW, MAP_SHARED, d, 5) == 2 * BASE);
	KCHECK(put(mm, BASE + 5 * PAGE_SIZE, 9) && get(other, 2 * BASE) == 9);
	KCHECK(atomic64_read(&mm->rss_shmem) == 1 && atomic64_read(&other->rss_shmem) == 1);
	KCHECK(!mm_advise(mm, BASE, 50 * PAGE_SIZE, MADV_DONTNEED) &&
		get(mm, BASE + 5 * PAGE_SIZE) == 9);
	check(mm);
	check(other);
	mm_leave(other);
	mm_leave(mm);
	test_disk_destroy(d);
}

KTEST(mm_stack_grows)
{
	struct mm *mm = mm_create();
	vaddr_t top = USER_END - MIB(1);
	struct vma *v;

	set_limit(RLIMIT_STACK, MIB(1));
	KCHECK(!mm_setup_stack(mm, top, false));
	v = vma_first(&mm->vmas);
	KCHECK(put(mm, top - 8, 1) && put(mm, top - KIB(500), 2) && v->start == top - KIB(500));
	KCHECK(!put(mm, top - MIB(1) - 8, 3) && put(mm, top - MIB(1), 3));
	KCHECK(mm->stack_pages == 256);
	check(mm);
	set_limit(RLIMIT_STACK, MIB(64));
	KCHECK(map_anon(mm, top - MIB(4), 1, RW, MAP_FIXED) > 0);
	KCHECK(!put(mm, top - MIB(3) + PAGE_SIZE - 8, 3)); /* the guard gap */
	KCHECK(put(mm, top - MIB(3) + PAGE_SIZE, 3));
	KCHECK(map_anon(mm, top - MIB(4) + PAGE_SIZE, 1, RW, 0) != (s64)(top - MIB(4) + PAGE_SIZE));
	current_thread()->limits = thread_no_limits;
	check(mm);
	mm_leave(mm);
}

KTEST(mm_brk)
{
	struct mm *mm = mm_create();

	mm->brk = mm->brk_start = BASE + 100;
	KCHECK(mm_set_brk(mm, 0) == BASE + 100);
	KCHECK(mm_set_brk(mm, BASE + 10 * PAGE_SIZE + 5) == BASE + 10 * PAGE_SIZE + 5);
	KCHECK(put(mm, BASE + 10 * PAGE_SIZE, 4) && mm->vmas.count == 1);
	KCHECK(mm_set_brk(mm, BASE + 20 * PAGE_SIZE) == BASE + 20 * PAGE_SIZE &&
		mm->vmas.count == 1);
	KCHECK(mm_set_brk(mm, BASE + 2 * PAGE_SIZE) == BASE + 2 * PAGE_SIZE &&
		mm->total_pages == 1);
	KCHECK(!put(mm, BASE + 10 * PAGE_SIZE, 4));
	KCHECK(map_anon(mm, BASE + 5 * PAGE_SIZE, 1, RW, MAP_FIXED) > 0);
	KCHECK(mm_set_brk(mm, BASE + 5 * PAGE_SIZE) == BASE + 2 * PAGE_SIZE); /* would touch */
	check(mm);
	mm_leave(mm);
}

KTEST(mm_remap)
{
	u64 before = test_frames_free();
	struct mm *mm = mm_create();
	s64 to;

	KCHECK(map_anon(mm, BASE, 8, RW, MAP_FIXED) > 0 &&
		map_anon(mm, BASE + 8 * PAGE_SIZE, 1, PROT_READ, MAP_FIXED) > 0);
	for (u32 i = 0; i < 8; i++)
		KCHECK(put(mm, BASE + i * PAGE_SIZE, i + 1));
	KCHECK(mm_remap(mm, BASE, 8 * PAGE_SIZE, 16 * PAGE_SIZE, 0, 0) == -ENOMEM);
	to = mm_remap(mm, BASE, 8 * PAGE_SIZE, 16 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	KCHECK(to > 0 && to != BASE && get(mm, BASE) == ~0UL);
	for (u32 i = 0; i < 8; i++)
		KCHECK(get(mm, (u64)to + i * PAGE_SIZE) == i + 1);
	KCHECK(rss_anon(mm) == 8 && get(mm, (u64)to + 15 * PAGE_SIZE) == 0);
	check(mm);
	KCHECK(mm_remap(mm, (u64)to, 16 * PAGE_SIZE, 4 * PAGE_SIZE, 0, 0) == to &&
		rss_anon(mm) == 4);
	KCHECK(mm_remap(mm, (u64)to, 4 * PAGE_SIZE, 6 * PAGE_SIZE, 0, 0) == to);
	KCHECK(mm_remap(mm, (u64)to, 4 * PAGE_SIZE, 4 * PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       BASE + 8 * PAGE_SIZE) == BASE + 8 * (s64)PAGE_SIZE);
	KCHECK(get(mm, BASE + 9 * PAGE_SIZE) == 2 && get(mm, (u64)to + 4 * PAGE_SIZE) == 0);
	KCHECK(mm_remap(mm, BASE, PAGE_SIZE, PAGE_SIZE, 0, 0) == -EFAULT);
	KCHECK(mm_remap(mm, BASE + 8 * PAGE_SIZE, PAGE_SIZE, 0, 0, 0) == -EINVAL);
	check(mm);
	mm_leave(mm);
	KCHECK(test_frames_free() == before);
}

KTEST(mm_sparse_terabyte)
{
	struct mm *mm = mm_create();

	KCHECK(map_anon(mm, 2 * GIB(1024), GIB(1024) >> PAGE_SHIFT, RW, MAP_FIXED | MAP_NORESERVE) >
		0);
	for (u32 i = 0; i < 64; i++)
		KCHECK(put(mm, 2 * GIB(1024) + i * GIB(16), i));
	KCHECK(rss_anon(mm) == 64);
	check(mm);
	KCHECK(!mm_unmap(mm, 2 * GIB(1024), GIB(1024)) && mm->mmu.nr_tables == 1);
	mm_leave(mm);
}

/* --- large leaves --- */

#define LARGE_PAGES 512UL

/* Maps 2 MiB of a private VMA at addr by one leaf, the i-th page with the number i in it. */
static bool map_large(struct mm *mm, vaddr_t addr)
{
	struct page *first = page_alloc_order(9, PAGE_ZEROED);
	pte_t pte;
	int err;

	if (!first)
		return false;
	for (u64 i = 0; i < LARGE_PAGES; i++) {
		struct page *p = first + i;

		p->flags = PG_ANON;
		atomic_set(&p->refs, 1);
		atomic_set(&p->maps, 1);
		page_set_index(p, (addr >> PAGE_SHIFT) + i);
		*(u64 *)page_address(p) = i;
	}
	pte = pte_mkdirty(pte_make(page_to_pfn(first), PTE_WRITE_OK));
	spin_lock(&mm->pt_lock);
	vma_mark_private(vma_find_slow(&mm->vmas, addr));
	mm_add_rss(&mm->rss_anon, LARGE_PAGES);
	err = pt_map_large(&mm->mmu, addr, 2, pte);
	spin_unlock(&mm->pt_lock);
	vma_mark_private(vma_find(&mm->vmas, addr));
	return !err;
}

static bool is_large(struct mm *mm, vaddr_t addr)
{
	return !pt_find(&mm->mmu, addr) && pte_present(pt_look(&mm->mmu, addr));
}

#define LARGE_BASE   GIB(64)
#define LARGE_AT(nr) (LARGE_BASE + (nr)*PAGE_SIZE)

static struct mm *mm_with_large_leaf(void)
{
	struct mm *mm = mm_create();

	KCHECK(map_anon(mm, LARGE_BASE, LARGE_PAGES, RW, MAP_FIXED) == (s64)LARGE_BASE);
	KCHECK(map_large(mm, LARGE_BASE));
	KCHECK(is_large(mm, LARGE_AT(0)) && is_large(mm, LARGE_AT(511)));
	KCHECK(pte_pfn(pt_look(&mm->mmu, LARGE_AT(7))) ==
		pte_pfn(pt_look(&mm->mmu, LARGE_AT(0))) + 7);
	return mm;
}

KTEST(mm_large_leaf_read_and_written)
{
	struct mm *mm = mm_with_large_leaf();

	KCHECK(get(mm, LARGE_AT(0)) == 0 && get(mm, LARGE_AT(300)) == 300);
	KCHECK(put(mm, LARGE_AT(300), 7) && get(mm, LARGE_AT(300)) == 7);
	KCHECK(is_large(mm, LARGE_AT(300))); /* looking does not split */
	spin_lock(&mm->pt_lock);
	KCHECK(pt_map_large(&mm->mmu, LARGE_BASE, 2, pt_look(&mm->mmu, LARGE_BASE)) == -EEXIST);
	spin_unlock(&mm->pt_lock);
	KCHECK(mm_fault(mm, LARGE_AT(5), FAULT_WRITE, 0) == FAULT_OK);
	check(mm);
	KCHECK(!is_large(mm, LARGE_AT(300)) && get(mm, LARGE_AT(511)) == 511);
	KCHECK(!mm_unmap(mm, 0, USER_END) && !mm_rss(mm) && mm->mmu.nr_tables == 1);
	mm_leave(mm);
}

KTEST(mm_large_leaf_unmapped)
{
	u64 before = test_frames_free();
	struct mm *mm = mm_with_large_leaf();

	KCHECK(!mm_unmap(mm, LARGE_AT(10), 20 * PAGE_SIZE));
	KCHECK(rss_anon(mm) == 492 && get(mm, LARGE_AT(9)) == 9 && get(mm, LARGE_AT(30)) == 30);
	KCHECK(get(mm, LARGE_AT(10)) == ~0UL);
	check(mm);
	KCHECK(!mm_unmap(mm, 0, USER_END) && !mm_rss(mm) && mm->mmu.nr_tables == 1);
	mm_leave(mm);
	mm = mm_with_large_leaf(); /* exit, with the leaf whole */
	mm_leave(mm);
	KCHECK(test_frames_free() == before);
}

KTEST(mm_large_leaf_protected)
{
	struct mm *mm = mm_with_large_leaf();

	KCHECK(!mm_protect(mm, LARGE_AT(100), PAGE_SIZE, PROT_READ));
	KCHECK(!put(mm, LARGE_AT(100), 1) && get(mm, LARGE_AT(100)) == 100);
	KCHECK(put(mm, LARGE_AT(99), 1) && put(mm, LARGE_AT(101), 1));
	KCHECK(!mm_advise(mm, LARGE_AT(200), PAGE_SIZE, MADV_DONTNEED));
	KCHECK(get(mm, LARGE_AT(200)) == 0 && get(mm, LARGE_AT(201)) == 201);
	check(mm);
	mm_leave(mm);
}

KTEST(mm_large_leaf_moved)
{
	u64 len = LARGE_PAGES * PAGE_SIZE;
	struct mm *mm = mm_with_large_leaf();

	KCHECK(mm_remap(mm, LARGE_BASE, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, BASE) == BASE);
	KCHECK(get(mm, BASE + 77 * PAGE_SIZE) == 77 && get(mm, LARGE_AT(77)) == ~0UL);
	check(mm);
	mm_leave(mm);
}

KTEST(mm_large_leaf_forked)
{
	struct mm *mm = mm_with_large_leaf(), *child = mm_fork(mm);

	KCHECK(child && rss_anon(child) == 512);
	KCHECK(put(child, LARGE_AT(3), 1000) && get(mm, LARGE_AT(3)) == 3);
	KCHECK(put(mm, LARGE_AT(4), 1000) && get(child, LARGE_AT(4)) == 4);
	check(mm);
	check(child);
	mm_leave(child);
	mm_leave(mm);
}

KTEST(mm_largest_leaf_splits_twice)
{
	u64 before = test_frames_free();
	struct mm *mm = mm_create();
	struct mmu *mmu = &mm->mmu;
	struct pt_span span;
	pte_t *slot;

	/* Only the tables, so any frames will do; 513 tables were put aside, two of them are used
	 * by the first page. */
	KCHECK(!pt_map_large(mmu, LARGE_BASE, 3, pte_make(0, PTE_WRITE_OK)));
	KCHECK(!pt_find(mmu, LARGE_BASE) && pte_pfn(pt_look(mmu, LARGE_AT(1000))) == 1000);
	slot = pt_alloc(mmu, LARGE_AT(1000));
	KCHECK(slot && pte_pfn(pte_get(slot)) == 1000 && pte_writable(pte_get(slot)));
	KCHECK(pte_pfn(pt_look(mmu, LARGE_AT(262143))) == 262143);
	for (vaddr_t at = LARGE_BASE; pt_next_span(mmu, at, LARGE_BASE + GIB(1), &span);
		at = span.addr + (span.nr << PAGE_SHIFT)) {
		KCHECK(span.nr == 512 &&
			pte_pfn(pte_get(span.pte)) == (span.addr - LARGE_BASE) >> PAGE_SHIFT);
		for (u32 i = 0; i < span.nr; i++)
			pte_set(&span.pte[i], 0);
	}
	mm_leave(mm);
	KCHECK(test_frames_free() == before);
}

/* --- against a model --- */

#define NR 48 /* pages of the model */

struct model_page {
	bool mapped, shared; /* shared: page `i` of the disk */
	u32 prot;
	u64 value;
};

struct model {
	struct mm *mm;
	struct model_page pages[NR];
};

static u64 shared_values[NR];

static u64 *model_value(struct model *m, u32 i)
{
	return m->pages[i].shared ? &shared_values[i] : &m->pages[i].value;
}

static void model_compare(struct model *m)
{
	for (u32 i = 0; i < NR; i++) {
		struct model_page *p = &m->pages[i];
		u64 expected = p->mapped && p->prot ? *model_value(m, i) : ~0UL;

		if (get(m->mm, BASE + i * PAGE_SIZE) != expected) {
			KCHECK(!"memory is not as the model says");
			return;
		}
	}
	check(m->mm);
}

static const u32 model_prots[] = { RW, PROT_READ, PROT_NONE, RW };

static void model_step(struct model *m, u64 *random, struct test_disk *d)
{
	u32 start = ktest_random(random) % NR, n = 1 + ktest_random(random) % 8,
	    end = min(start + n, (u32)NR);
	u32 prot = model_prots[ktest_random(random) % 4];
	vaddr_t at = BASE + start * PAGE_SIZE;
	u64 len = (end - start) * PAGE_SIZE, value = ktest_random(random) >> 1;
	u32 what = ktest_random(random) % 10;
	bool shared = what == 1, all = true;

	switch (what) {
	case 0:
	case 1:
		if (shared)
			KCHECK(map_disk(m->mm, at, end - start, prot, MAP_SHARED, d, start) > 0);
		else
			KCHECK(map_anon(m->mm, at, end - start, prot, MAP_FIXED) > 0);
		for (u32 i = start; i < end; i++)
			m->pages[i] = (struct model_page){ true, shared, prot, 0 };
		break;
	case 2:
		KCHECK(!mm_unmap(m->mm, at, len));
		for (u32 i = start; i < end; i++)
			m->pages[i] = (struct model_page){ 0 };
		break;
	case 3:
	case 4:
		for (u32 i = start; i < end && (all &= m->pages[i].mapped); i++)
			m->pages[i].prot = prot;
		KCHECK(mm_protect(m->mm, at, len, prot) == (all ? 0 : -ENOMEM));
		break;
	case 5:
		mm_advise(m->mm, at, len, MADV_DONTNEED);
		for (u32 i = start; i < end; i++)
			m->pages[i].value = 0;
		break;
	default:
		for (u32 i = start; i < end; i++) {
			bool can = m->pages[i].mapped && (m->pages[i].prot & PROT_WRITE);

			KCHECK(put(m->mm, BASE + i * PAGE_SIZE, value) == can);
			if (can)
				*model_value(m, i) = value;
		}
	}
}

#define FAMILY 4

KTEST(mm_random_against_model)
{
	u64 random = clock_now(), seed = random, before = test_frames_free();
	struct model *family = kzalloc(FAMILY * sizeof(*family));
	struct test_disk *d = test_disk_create(NR, false);

	for (u32 i = 0; i < NR; i++)
		shared_values[i] = word_of_page(i);
	family[0].mm = mm_create();
	for (u32 step = 0; step < 4000; step++) {
		struct model *m = &family[ktest_random(&random) % FAMILY];
		struct model *from = &family[ktest_random(&random) % FAMILY];

		if (ktest_random(&random) % 32 == 0 && from->mm && from != m) {
			if (m->mm)
				mm_leave(m->mm);
			*m = *from;
			m->mm = mm_fork(from->mm);
			KCHECK(m->mm);
		}
		if (!m->mm)
			continue;
		model_step(m, &random, d);
		model_compare(m);
		if (step % 64 == 0)
			KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	}
	for (u32 i = 0; i < FAMILY; i++)
		if (family[i].mm)
			mm_leave(family[i].mm);
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	for (u32 i = 0; i < NR; i++)
		if (*(u64 *)d->blocks[i] != shared_values[i]) {
			ktest_fail(
				__FILE__, __LINE__, "a store through a mapping is not on the disk");
			pr_err("seed %lu, page %u", seed, i);
		}
	test_disk_destroy(d);
	kfree(family);
	KCHECK(test_frames_free() == before);
}

/* --- when memory runs out --- */

/* A life with every n-th allocation failing: nothing may be left behind, and what succeeded must be
 * right. */
static void live_with_failures(struct test_disk *d)
{
	struct mm *mm = mm_create(), *child;
	s64 to;

	if (!mm)
		return;
	map_anon(mm, BASE, 20, RW, MAP_FIXED);
	map_disk(mm, BASE + 20 * PAGE_SIZE, 10, RW, MAP_SHARED, d, 0);
	map_disk(mm, BASE + 30 * PAGE_SIZE, 10, RW, MAP_PRIVATE, d, 5);
	for (u32 i = 0; i < 40; i += 3)
		if (put(mm, BASE + i * PAGE_SIZE, i))
			KCHECK(get(mm, BASE + i * PAGE_SIZE) == i);
	mm_protect(mm, BASE + 5 * PAGE_SIZE, 5 * PAGE_SIZE, PROT_READ);
	child = mm_fork(mm);
	to = mm_remap(mm, BASE, 5 * PAGE_SIZE, 9 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	if (to > 0)
		put(mm, (u64)to + PAGE_SIZE, 9);
	mm_unmap(mm, BASE + 7 * PAGE_SIZE, PAGE_SIZE);
	if (child) {
		put(child, BASE + 3 * PAGE_SIZE, 33);
		check(child);
		mm_leave(child);
	}
	check(mm);
	mm_leave(mm);
	pagecache_invalidate(&d->m, 0, ~0UL);
}

KTEST(mm_failing_allocations)
{
	struct test_disk *d = test_disk_create(40, false), *memory = test_disk_create(40, true);
	u64 before;
	u32 stress = page_fail_every;

	live_with_failures(d);
	live_with_failures(memory);
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	pagecache_drop(&d->m, 0, ~0UL);
	pagecache_drop(&memory->m, 0, ~0UL);
	before = test_frames_free();
	for (u32 n = 2; n < 60; n++) {
		page_fail_every = n;
		live_with_failures(memory);
		page_fail_every = stress;
		slab_shrink(); /* so that nodes and entries need frames again */
	}
	pagecache_drop(&memory->m, 0, ~0UL);
	KCHECK(test_frames_free() == before);
	test_disk_destroy(d);
	test_disk_destroy(memory);
}

/* --- on several CPUs --- */

struct mm_storm {
	struct mm *mm;
	struct test_disk *disk, *memory;
	struct mutex inode_lock;
	nsec_t until;
};

static void mm_storm_member(void *arg, u32 index)
{
	struct mm_storm *s = arg;
	u64 random = index * 7919 + 3;

	mm_activate(s->mm);
	while (clock_now() < s->until) {
		vaddr_t at = BASE + ktest_random(&random) % 64 * PAGE_SIZE;
		u64 len = (1 + ktest_random(&random) % 16) * PAGE_SIZE, word = 1;
		struct mm *child;

		switch (ktest_random(&random) % 16) {
		case 0:
			map_anon(s->mm, at, len >> PAGE_SHIFT, RW, MAP_FIXED);
			break;
		case 1:
			map_disk(s->mm, at, len >> PAGE_SHIFT, RW, MAP_SHARED, s->disk, 3);
			break;
		case 2:
			map_disk(s->mm, at, len >> PAGE_SHIFT, RW, MAP_PRIVATE, s->disk, 1);
			break;
		case 3:
			map_disk(s->mm, at, len >> PAGE_SHIFT, RW, MAP_SHARED, s->memory, 0);
			break;
		case 4:
			mm_unmap(s->mm, at, len);
			break;
		case 5:
			mm_protect(s->mm, at, len, ktest_random(&random) & 1 ? RW : PROT_READ);
			break;
		case 6:
			mm_advise(s->mm, at, len, MADV_DONTNEED);
			break;
		case 7:
			child = mm_fork(s->mm);
			if (child) {
				mm_access(child, at, &word, 8, ACCESS_WRITE);
				check(child);
				mm_leave(child);
			}
			break;
		case 8:
			mutex_lock(&s->inode_lock);
			pagecache_set_size(
				&s->disk->m, (ktest_random(&random) % 40) * PAGE_SIZE + 100);
			mutex_unlock(&s->inode_lock);
			break;
		case 9:
			mutex_lock(&s->inode_lock);
			pagecache_punch_hole(
				&s->memory->m, at % (32 * PAGE_SIZE), at % (32 * PAGE_SIZE) + len);
			mutex_unlock(&s->inode_lock);
			break;
		case 10:
			pagecache_sync(&s->disk->m, 0, ~0UL, true);
			break;
		case 11:
			mm_remap(s->mm, at, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
				BASE + (64 + ktest_random(&random) % 16) * PAGE_SIZE);
			break;
		default: /* real accesses, real faults, real TLB entries */
			if (ktest_random(&random) & 1)
				user_copy_out(at + 8 * index, &word, 8);
			else
				user_copy_in(&word, at, 8);
		}
	}
	mm_activate(NULL);
}

KTEST(mm_storm)
{
	u64 before = test_frames_free();
	struct mm_storm s = { .mm = mm_create(),
		.disk = test_disk_create(40, false),
		.memory = test_disk_create(40, true),
		.until = clock_now() + 3 * NSEC_PER_SEC };

	mutex_init(&s.inode_lock, RANK_INODE);
	s.disk->slow = true;
	ktest_run_crew(4, false, mm_storm_member, &s);
	check(s.mm);
	mm_leave(s.mm);
	test_disk_destroy(s.disk);
	test_disk_destroy(s.memory);
	KCHECK(test_frames_free() == before);
}

/* One thread takes pages and rights away, the other must not have them any more. */
struct stale {
	struct mm *mm;
	u32 turn; /* 0: the owner's, 1: the other's */
	u32 round;
};

static void wait_turn(struct stale *s, u32 turn)
{
	while (atomic_load(&s->turn) != turn)
		sched_yield();
}

#define STALE_ROUNDS 2000

static void stale_owner(struct stale *s)
{
	for (u32 i = 0; i < STALE_ROUNDS; i++) {
		KCHECK(map_anon(s->mm, BASE, 4, RW, MAP_FIXED) == BASE);
		atomic_store(&s->turn, 1); /* the other touches it */
		wait_turn(s, 0);
		if (i % 2)
			KCHECK(!mm_unmap(s->mm, BASE, 4 * PAGE_SIZE));
		else
			KCHECK(!mm_protect(s->mm, BASE, 4 * PAGE_SIZE, PROT_READ));
		atomic_store(&s->turn, 1); /* the other tries */
		wait_turn(s, 0);
	}
}

static void stale_other(struct stale *s)
{
	u64 word = 1;

	for (u32 i = 0; i < STALE_ROUNDS; i++) {
		wait_turn(s, 1);
		KCHECK(user_copy_out(BASE + PAGE_SIZE, &word, 8) == 0);
		atomic_store(&s->turn, 0);
		wait_turn(s, 1);
		KCHECK(user_copy_out(BASE + PAGE_SIZE, &word, 8) != 0);
		KCHECK(user_copy_out_nofault(BASE + PAGE_SIZE, &word, 8) != 0);
		atomic_store(&s->turn, 0);
	}
}

static void stale_member(void *arg, u32 index)
{
	struct stale *s = arg;

	mm_activate(s->mm);
	if (index)
		stale_other(s);
	else
		stale_owner(s);
	mm_activate(NULL);
}

KTEST(mm_no_stale_tlb_entries)
{
	struct stale s = { .mm = mm_create() };

	ktest_run_crew(2, true, stale_member, &s);
	mm_leave(s.mm);
}

/* Wherever the first entry stands, and wherever the look begins and ends. */
KTEST(pt_count_empty_is_exact)
{
	pte_t table[24] = { 0 };
	u64 nr = sizeof(table) / sizeof(table[0]);

	for (u64 at = 0; at < nr; at++) {
		table[at] = X86_PTE_SOFT_NONE;
		for (u64 from = 0; from <= nr; from++) {
			for (u64 len = 0; len <= nr - from; len++) {
				u64 ahead = at >= from ? at - from : len;

				KCHECK(pt_count_empty(&table[from], len) == min(ahead, len));
			}
		}
		table[at] = 0;
	}
}
