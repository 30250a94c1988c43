// SPDX-License-Identifier: MIT
/* mincore(2): which pages would not have to be read: of files those in the page cache, of private
 * memory those present. */
#include "arch/user.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/pagecache.h"

#define CHUNK 256 /* pages answered at a time */

static bool is_present(struct mm *mm, vaddr_t addr)
{
	pte_t pte;

	spin_lock(&mm->pt_lock);
	pte = pt_look(&mm->mmu, addr);
	spin_unlock(&mm->pt_lock);
	return pte_present(pte);
}

static bool is_cached(struct mapping *m, pgoff_t index)
{
	struct page *p = pagecache_find(m, index);
	bool cached = p && page_test(p, PG_UPTODATE);

	if (p)
		page_put(p);
	return cached;
}

/* What is cached of somebody else's file is none of our business: it all counts as resident. */
static bool may_be_told(const struct vma *v)
{
	return !v->mapping || !v->file_ops->is_ours || v->file_ops->is_ours(v->file);
}

/* Answers for up to nr pages of the VMA at addr. Returns how many, or -ENOMEM. */
static s64 look(struct mm *mm, vaddr_t addr, u64 nr, u8 *vec)
{
	struct vma *v;
	bool told;

	rwsem_read_lock(&mm->lock);
	v = vma_find(&mm->vmas, addr);
	if (!v) {
		rwsem_read_unlock(&mm->lock);
		return -ENOMEM;
	}
	nr = min(nr, (v->end - addr) >> PAGE_SHIFT);
	told = may_be_told(v);
	for (u64 i = 0; i < nr; i++) {
		vaddr_t at = addr + (i << PAGE_SHIFT);

		vec[i] = !told || is_present(mm, at) ||
			 (v->mapping && is_cached(v->mapping, vma_pgoff_at(v, at)));
	}
	rwsem_read_unlock(&mm->lock);
	return (s64)nr;
}

s64 mm_incore(struct mm *mm, vaddr_t addr, u64 len, vaddr_t vec)
{
	u64 nr = (len >> PAGE_SHIFT) + (page_offset_in(len) != 0);
	u8 answers[CHUNK];

	if (page_offset_in(addr))
		return -EINVAL;
	if (!user_range_ok(addr, len))
		return -ENOMEM;
	if (!user_range_ok(vec, nr))
		return -EFAULT;
	while (nr) {
		s64 n = look(mm, addr, min(nr, (u64)CHUNK), answers);

		if (n < 0)
			return n;
		if (copy_to_user(vec, answers, (u64)n))
			return -EFAULT;
		nr -= (u64)n;
		addr += (u64)n << PAGE_SHIFT;
		vec += (u64)n;
	}
	return 0;
}
