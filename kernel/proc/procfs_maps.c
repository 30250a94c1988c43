// SPDX-License-Identifier: MIT
/* /proc/PID/maps, smaps, smaps_rollup: the VMAs of a process, in Linux's formats. Lines are made under mm->lock. */
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
	struct vma_usage total;
};

static const char *special_name(const struct printer *p, const struct vma *v)
{
	if (v->flags & VMA_HEAP || (v->start <= p->mm->brk && v->end >= p->mm->brk_start &&
					   !v->file && p->mm->brk > p->mm->brk_start))
		return "[heap]";
	if (v->flags & VMA_STACK ||
		(v->start <= p->mm->start_stack && v->end >= p->mm->start_stack))
		return "[stack]";
	return NULL;
}

/* "start-end rights offset device inode", as wide as Linux's, then the name in column 74. */
static void put_header(struct printer *p, const struct vma *v)
{
	struct proc_text *t = p->text;
	const struct file *f = v->file;
	const char *name = f ? NULL : special_name(p, v);
	size_t line = t->len;
	u64 dev = f ? f->inode->sb->dev : 0;

	proc_printf(t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", v->start, v->end,
		v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
		v->flags & VMA_EXEC ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p',
		f ? v->pgoff << PAGE_SHIFT : 0UL, MAJOR(dev), MINOR(dev), f ? f->inode->ino : 0UL);
	if (f && f->path.dentry) {
		name = path_format(&f->path, &current_fs()->root, p->path, PATH_LEN_MAX);
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

static bool put_map(struct vma *v, void *arg)
{
	put_header(arg, v);
	return true;
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
	return true;
}

static bool add_usage(struct vma *v, void *arg)
{
	struct printer *p = arg;
	struct vma_usage u = { 0 };
	u64 *to = (u64 *)&p->total, *from = (u64 *)&u;

	mm_vma_usage(v, &u);
	for (u32 i = 0; i < sizeof(u) / sizeof(u64); i++)
		to[i] += from[i];
	return true;
}

static int show(
	struct proc_text *t, void *object, bool (*put)(struct vma *v, void *arg), bool rollup)
{
	struct printer p = { .text = t, .mm = process_get_mm(object) };

	if (!p.mm)
		return 0;
	p.path = kmalloc(PATH_LEN_MAX);
	if (!p.path) {
		mm_put(p.mm);
		return -ENOMEM;
	}
	mm_for_each_vma(p.mm, put, &p);
	if (rollup) {
		proc_printf(t, "%08lx-%08lx ---p 00000000 00:00 0 %27s[rollup]\n", 0UL,
			p.mm->start_stack, "");
		put_usage(t, &p.total);
	}
	kfree(p.path);
	mm_put(p.mm);
	return 0;
}

int procfs_show_maps(struct proc_text *t, void *object)
{
	return show(t, object, put_map, false);
}

int procfs_show_smaps(struct proc_text *t, void *object)
{
	return show(t, object, put_smap, false);
}

int procfs_show_smaps_rollup(struct proc_text *t, void *object)
{
	return show(t, object, add_usage, true);
}
