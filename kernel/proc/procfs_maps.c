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
	struct mm *mm;
	char *path; /* a page, for path_format */
	struct path root;
	u64 cursor; /* end of the last VMA that was put */
	vaddr_t first, last;
	struct vma_usage total;
};

static const char *special_name(const struct vma *v)
{
	if (mm_vma_is_heap(v))
		return "[heap]";
	return mm_vma_is_stack(v) ? "[stack]" : NULL;
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
		while (t->len - line < 73 && !t->failed)
			proc_put(t, " ", 1);
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

static void put_usage(struct proc_text *t, const struct vma_usage *u)
{
	proc_printf(t, "Rss:            %8lu kB\n", u->rss * 4);
	proc_printf(t, "Pss:            %8lu kB\n", u->pss_x4096 * 4 / 4096);
	proc_printf(t, "Pss_Dirty:      %8lu kB\n", (u->private_dirty + u->shared_dirty) * 4);
	proc_printf(t, "Shared_Clean:   %8lu kB\n", u->shared_clean * 4);
	proc_printf(t, "Shared_Dirty:   %8lu kB\n", u->shared_dirty * 4);
	proc_printf(t, "Private_Clean:  %8lu kB\n", u->private_clean * 4);
	proc_printf(t, "Private_Dirty:  %8lu kB\n", u->private_dirty * 4);
	proc_printf(t, "Referenced:     %8lu kB\n", u->referenced * 4);
	proc_printf(t, "Anonymous:      %8lu kB\n", u->anonymous * 4);
	proc_printf(t, "LazyFree:       %8lu kB\n", 0UL);
	proc_printf(t, "AnonHugePages:  %8lu kB\n", 0UL);
	proc_printf(t, "ShmemPmdMapped: %8lu kB\n", 0UL);
	proc_printf(t, "FilePmdMapped:  %8lu kB\n", 0UL);
	proc_printf(t, "Shared_Hugetlb: %8lu kB\n", 0UL);
	proc_printf(t, "Private_Hugetlb: %7lu kB\n", 0UL);
	proc_printf(t, "Swap:           %8lu kB\n", 0UL);
	proc_printf(t, "SwapPss:        %8lu kB\n", 0UL);
	proc_printf(t, "Locked:         %8lu kB\n", 0UL);
}

static void put_vm_flags(struct proc_text *t, const struct vma *v)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {
		{ VMA_READ, "rd" },
		{ VMA_WRITE, "wr" },
		{ VMA_EXEC, "ex" },
		{ VMA_SHARED, "sh" },
		{ VMA_MAYREAD, "mr" },
		{ VMA_MAYWRITE, "mw" },
		{ VMA_MAYEXEC, "me" },
		{ VMA_SHARED, "ms" },
		{ VMA_GROWSDOWN, "gd" },
		{ VMA_LOCKED, "lo" },
		{ VMA_SEQUENTIAL, "sr" },
		{ VMA_RANDOM, "rr" },
		{ VMA_DONTFORK, "dc" },
		{ VMA_ACCOUNT, "ac" },
		{ VMA_NORESERVE, "nr" },
		{ VMA_WIPEONFORK, "wf" },
		{ VMA_DONTDUMP, "dd" },
	};

	proc_printf(t, "VmFlags: ");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (v->flags & names[i].flag)
			proc_printf(t, "%s ", names[i].name);
	proc_put(t, "\n", 1);
}

static bool put_smap(struct vma *v, void *arg)
{
	struct printer *p = arg;
	struct vma_usage u = { 0 };

	put_header(p, v);
	mm_vma_usage(v, &u);
	proc_printf(p->text,
		"Size:           %8lu kB\nKernelPageSize: %8lu kB\nMMUPageSize:    %8lu kB\n",
		(v->end - v->start) / 1024, PAGE_SIZE / 1024, PAGE_SIZE / 1024);
	put_usage(p->text, &u);
	proc_printf(p->text, "THPeligible:    %d\n", 0);
	put_vm_flags(p->text, v);
	p->cursor = v->end;
	return p->text->len < PAGE_SIZE && !p->text->failed;
}

static bool add_usage(struct vma *v, void *arg)
{
	struct printer *p = arg;
	struct vma_usage u = { 0 };
	u64 *to = (u64 *)&p->total, *from = (u64 *)&u;

	mm_vma_usage(v, &u);
	if (!p->last)
		p->first = v->start;
	p->last = v->end;
	for (u32 i = 0; i < sizeof(u) / sizeof(u64); i++)
		to[i] += from[i];
	return true;
}

/* A printer for the process's address space. False: there is none, or no memory. */
static bool begin(struct printer *p, struct proc_text *t, void *object)
{
	*p = (struct printer){ .text = t, .mm = process_get_mm(subject_process(object)) };
	if (!p->mm)
		return false;
	p->path = kmalloc(PATH_LEN_MAX);
	if (p->path) {
		fs_context_get_root(&p->root);
		return true;
	}
	mm_put(p->mm);
	t->failed = true;
	return false;
}

static void finish(struct printer *p)
{
	path_put(&p->root);
	kfree(p->path);
	mm_put(p->mm);
}

/* Records from *cursor on, about a page of them. The lock is given up between pages, so a reader
 * may see the map change, but each line is one VMA as it was, in rising order, as on Linux. */
static bool step(
	struct proc_text *t, void *object, u64 *cursor, bool (*put)(struct vma *v, void *arg))
{
	struct printer p;
	bool any;

	if (!begin(&p, t, object))
		return false;
	any = mm_vma_at_or_above(p.mm, *cursor, put, &p);
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
	struct printer p;
	size_t line = t->len;

	if (!begin(&p, t, object))
		return 0;
	mm_for_each_vma(p.mm, add_usage, &p);
	proc_printf(t, "%08lx-%08lx ---p 00000000 00:00 0 ", p.first, p.last);
	while (t->len - line < 73 && !t->failed)
		proc_put(t, " ", 1);
	proc_printf(t, "[rollup]\n");
	put_usage(t, &p.total);
	finish(&p);
	return 0;
}
