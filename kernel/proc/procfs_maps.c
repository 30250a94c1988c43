// SPDX-License-Identifier: MIT
/* procfs_maps.c: /proc/PID/maps, smaps, smaps_rollup: the VMAs of a process, in Linux's formats.
 * Lines are made under mm->lock. */
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "proc/procfs.h"

struct printer {
	struct proc_text *text;
	char *path; /* a page, for path_format */
	struct path root;
	u64 cursor; /* end of the last VMA that was put */
	vaddr_t first, last;
	struct vma_usage total;
};

static const char *special_name(const struct vma *v)
{
	const char *vdso = mm_vma_vdso_name(v);

	if (vdso)
		return vdso;
	if (mm_vma_is_heap(v))
		return "[heap]";
	return mm_vma_is_stack(v) ? "[stack]" : NULL;
}

/* Before a name: blanks up to where names stand, at least one. */
static void pad_to_name(struct proc_text *t, size_t line)
{
	while (t->len - line < 72 && !t->failed)
		proc_put(t, " ", 1);
	proc_put(t, " ", 1);
}

/* "start-end rights offset device inode", as wide as Linux's, then the name in column 74. */
static void put_header(struct printer *p, const struct vma *v)
{
	struct proc_text *t = p->text;
	const struct file *f = v->file;
	const char *name = f ? NULL : special_name(v);
	size_t line = t->len;
	u64 dev = f ? f->inode->sb->dev : 0;

	proc_printf(t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", v->start, v->end,
		v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
		v->flags & VMA_EXEC ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p',
		f ? v->pgoff << PAGE_SHIFT : 0UL, MAJOR(dev), MINOR(dev), f ? f->inode->ino : 0UL);
	if (f && f->path.dentry) {
		name = path_format(&f->path, &p->root, p->path, PATH_LEN_MAX);
		if (IS_ERR(name))
			name = "?";
	}
	if (name) {
		pad_to_name(t, line);
		proc_put_escaped(t, name, "\n");
	}
	proc_put(t, "\n", 1);
}

/* Puts one line, and goes on while there is room in a page. */
static bool put_map(struct vma *v, void *arg)
{
	struct printer *p = arg;

	put_header(p, v);
	p->cursor = v->end;
	return p->text->len < PAGE_SIZE && !p->text->failed;
}

static void put_pages(struct proc_text *t, const char *label, u64 pages)
{
	proc_printf(t, "%-16s%8lu kB\n", label, pages * (PAGE_SIZE / 1024));
}

static void put_pss(struct proc_text *t, const char *label, u64 pss)
{
	proc_printf(t, "%-16s%8lu kB\n", label, pss >> PSS_SHIFT >> 10);
}

/* What does not exist here (huge pages, swap) is truly 0. */
static void put_usage(struct proc_text *t, const struct vma_usage *u, bool rollup)
{
	put_pages(t, "Rss:", u->rss);
	put_pss(t, "Pss:", u->pss);
	put_pss(t, "Pss_Dirty:", u->pss_dirty);
	if (rollup) {
		put_pss(t, "Pss_Anon:", u->pss_anon);
		put_pss(t, "Pss_File:", u->pss_file);
		put_pss(t, "Pss_Shmem:", u->pss_shmem);
	}
	put_pages(t, "Shared_Clean:", u->shared_clean);
	put_pages(t, "Shared_Dirty:", u->shared_dirty);
	put_pages(t, "Private_Clean:", u->private_clean);
	put_pages(t, "Private_Dirty:", u->private_dirty);
	put_pages(t, "Referenced:", u->referenced);
	put_pages(t, "Anonymous:", u->anonymous);
	put_pages(t, "LazyFree:", u->lazy_free);
	put_pages(t, "AnonHugePages:", 0);
	put_pages(t, "ShmemPmdMapped:", 0);
	put_pages(t, "FilePmdMapped:", 0);
	put_pages(t, "Shared_Hugetlb:", 0);
	put_pages(t, "Private_Hugetlb:", 0);
	put_pages(t, "Swap:", 0);
	put_pages(t, "SwapPss:", 0);
	put_pss(t, "Locked:", u->pss_locked);
}

/* Linux's two letters, in the order of its bits. A shared mapping that can never be written has
 * lost its "sh" and keeps "ms". */
static void put_vm_flags(struct proc_text *t, const struct vma *v)
{
	static const struct {
		u32 any, all;
		const char *name;
	} names[] = {
		{ VMA_READ, 0, "rd" },
		{ VMA_WRITE, 0, "wr" },
		{ VMA_EXEC, 0, "ex" },
		{ VMA_SHARED, VMA_SHARED | VMA_MAYWRITE, "sh" },
		{ VMA_MAYREAD, 0, "mr" },
		{ VMA_MAYWRITE, 0, "mw" },
		{ VMA_MAYEXEC, 0, "me" },
		{ VMA_SHARED, 0, "ms" },
		{ VMA_GROWSDOWN, 0, "gd" },
		{ VMA_DEVICE, 0, "pf" },
		{ VMA_LOCKED, 0, "lo" },
		{ VMA_DEVICE, 0, "io" },
		{ VMA_SEQUENTIAL, 0, "sr" },
		{ VMA_RANDOM, 0, "rr" },
		{ VMA_DONTFORK, 0, "dc" },
		{ VMA_DEVICE | VMA_HUGETLB, 0, "de" },
		{ VMA_LOCKONFAULT, 0, "lf" },
		{ VMA_ACCOUNT, 0, "ac" },
		{ VMA_NORESERVE, 0, "nr" },
		{ VMA_SYNC, 0, "sf" },
		{ VMA_HUGETLB, 0, "ht" },
		{ VMA_WIPEONFORK, 0, "wf" },
		{ VMA_DONTDUMP | VMA_DEVICE, 0, "dd" },
		{ VMA_HUGEPAGE, 0, "hg" },
		{ VMA_NOHUGEPAGE, 0, "nh" },
		{ VMA_MERGEABLE, 0, "mg" },
	};

	proc_printf(t, "VmFlags: ");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if ((v->flags & names[i].any) && (v->flags & names[i].all) == names[i].all)
			proc_printf(t, "%s ", names[i].name);
	proc_put(t, "\n", 1);
}

static bool put_smap(struct vma *v, void *arg)
{
	struct printer *p = arg;
	struct proc_text *t = p->text;
	struct vma_usage u = { 0 };

	put_header(p, v);
	mm_vma_usage(v, &u);
	put_pages(t, "Size:", vma_pages(v));
	put_pages(t, "KernelPageSize:", vma_page_size(v) >> PAGE_SHIFT);
	put_pages(t, "MMUPageSize:", vma_page_size(v) >> PAGE_SHIFT);
	put_usage(t, &u, false);
	proc_printf(t, "THPeligible:    %d\n", 0);
	put_vm_flags(t, v);
	p->cursor = v->end;
	return t->len < PAGE_SIZE && !t->failed;
}

static bool add_usage(struct vma *v, void *arg)
{
	struct printer *p = arg;

	mm_vma_usage(v, &p->total);
	if (!p->last)
		p->first = v->start;
	p->last = v->end;
	return true;
}

/* False: there is no memory. */
static bool begin(struct printer *p, struct proc_text *t)
{
	*p = (struct printer){ .text = t, .path = kmalloc(PATH_LEN_MAX) };
	t->failed = !p->path;
	if (p->path)
		fs_context_get_root(&p->root);
	return p->path;
}

static void finish(struct printer *p)
{
	path_put(&p->root);
	kfree(p->path);
}

/* Records from *cursor on, about a page of them. The lock is given up between pages, so a reader
 * may see the map change, but each line is one VMA as it was, in rising order, as on Linux. */
static bool step(
	struct proc_text *t, struct mm *mm, u64 *cursor, bool (*put)(struct vma *v, void *arg))
{
	struct printer p;
	bool any;

	if (!mm || !begin(&p, t))
		return false;
	any = mm_vma_at_or_above(mm, *cursor, put, &p);
	*cursor = p.cursor;
	finish(&p);
	return any && p.cursor;
}

bool procfs_step_maps(struct proc_text *t, void *object, u64 *cursor)
{
	return step(t, object, cursor, put_map);
}

bool procfs_step_smaps(struct proc_text *t, void *object, u64 *cursor)
{
	return step(t, object, cursor, put_smap);
}

int procfs_show_smaps_rollup(struct proc_text *t, void *object)
{
	struct mm *mm = object;
	struct printer p;
	size_t line = t->len;

	if (!mm || mm_is_left(mm))
		return -ESRCH;
	if (!begin(&p, t))
		return -ENOMEM;
	mm_for_each_vma(mm, add_usage, &p);
	proc_printf(t, "%08lx-%08lx ---p 00000000 00:00 0 ", p.first, p.last);
	pad_to_name(t, line);
	proc_printf(t, "[rollup]\n");
	put_usage(t, &p.total, true);
	finish(&p);
	return 0;
}
