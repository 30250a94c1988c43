// SPDX-License-Identifier: MIT
/*
 * elf.c: ELF64 programs and their interpreters (ld.so). Segments become private file mappings;
 * nothing is read but headers.
 *
 *	file:    |ehdr|phdrs| .text ...... | .data ..|
 *	             vaddr v                 v
 *	memory:  |---- R-X file mapping ----|-- RW- file mapping --|0000|-- RW- anonymous --|  brk ->
 *	                                            end of file part ^    ^ .bss
 *
 * Every number in the file is checked before it is used: sizes, sums that could wrap, the user
 * range. A damaged file is ENOEXEC. Not here: finding the file, arguments (exec.c, exec_stack.c).
 */
#include "proc/elf.h"

#include <linux/mman.h>
#include "arch/user.h"
#include "fs/file.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define DYN_BASE         (USER_END / 3 * 2) /* where position-independent programs with an interpreter go */
#define BRK_RANDOM_BITS  13                 /* 32 MiB */
#define MMAP_RANDOM_BITS 28

/* ---------------------------------------------------------------- headers */

static int read_exactly(struct file *f, void *buf, u64 len, u64 pos)
{
	ssize_t got;

	if ((loff_t)pos < 0)
		return -ENOEXEC;
	got = file_read_kernel(f, buf, len, (loff_t)pos);
	if (got < 0)
		return (int)got;
	return (u64)got == len ? 0 : -ENOEXEC;
}

static bool is_for_us(const Elf64_Ehdr *e)
{
	return memcmp(e->e_ident, ELFMAG, SELFMAG) == 0 && e->e_ident[EI_CLASS] == ELFCLASS64 &&
	       e->e_ident[EI_DATA] == ELFDATA2LSB && e->e_machine == EM_X86_64 &&
	       (e->e_type == ET_EXEC || e->e_type == ET_DYN) &&
	       e->e_phentsize == sizeof(Elf64_Phdr) && e->e_phnum > 0 &&
	       e->e_phnum <= ELF_MAX_PHDRS;
}

/* A segment to load lies in the user's half, and its sizes make sense. */
static bool segment_is_sane(const Elf64_Phdr *ph)
{
	if (ph->p_filesz > ph->p_memsz || ph->p_memsz > USER_END ||
		ph->p_vaddr > USER_END - ph->p_memsz)
		return false;
	if (page_offset_in(ph->p_vaddr) != page_offset_in(ph->p_offset))
		return false;
	return ph->p_offset + ph->p_filesz >= ph->p_offset &&
	       (s64)(ph->p_offset + ph->p_filesz) >= 0;
}

/* Segments to load are sane and in rising order, and there is one. */
static bool segments_are_sane(const struct elf_headers *h)
{
	u64 end = 0;
	bool any = false;

	for (u32 i = 0; i < h->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &h->phdrs[i];

		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		if (!segment_is_sane(ph) || ph->p_vaddr < end)
			return false;
		end = ph->p_vaddr + ph->p_memsz;
		any = true;
	}
	return any;
}

int elf_read_headers(struct file *f, struct elf_headers *h)
{
	u64 size;
	int err;

	h->phdrs = NULL;
	err = read_exactly(f, &h->ehdr, sizeof(h->ehdr), 0);
	if (err)
		return err;
	if (!is_for_us(&h->ehdr))
		return -ENOEXEC;
	size = h->ehdr.e_phnum * sizeof(Elf64_Phdr);
	h->phdrs = kmalloc(size);
	if (!h->phdrs)
		return -ENOMEM;
	err = read_exactly(f, h->phdrs, size, h->ehdr.e_phoff);
	if (!err && !segments_are_sane(h))
		err = -ENOEXEC;
	if (err)
		elf_free_headers(h);
	return err;
}

void elf_free_headers(struct elf_headers *h)
{
	kfree(h->phdrs);
	h->phdrs = NULL;
}

char *elf_interpreter_path(struct file *f, const struct elf_headers *h)
{
	const Elf64_Phdr *ph = NULL;
	char *path;
	int err;

	for (u32 i = 0; i < h->ehdr.e_phnum && !ph; i++)
		if (h->phdrs[i].p_type == PT_INTERP)
			ph = &h->phdrs[i];
	if (!ph)
		return NULL;
	if (ph->p_filesz < 2 || ph->p_filesz > PATH_LEN_MAX)
		return ERR_PTR(-ENOEXEC);
	path = kmalloc(ph->p_filesz);
	if (!path)
		return ERR_PTR(-ENOMEM);
	err = read_exactly(f, path, ph->p_filesz, ph->p_offset);
	if (!err && path[ph->p_filesz - 1] != '\0')
		err = -ENOEXEC;
	if (!err)
		return path;
	kfree(path);
	return ERR_PTR(err);
}

bool elf_wants_executable_stack(const struct elf_headers *h)
{
	for (u32 i = 0; i < h->ehdr.e_phnum; i++)
		if (h->phdrs[i].p_type == PT_GNU_STACK)
			return h->phdrs[i].p_flags & PF_X;
	return false; /* as Linux decides for x86-64 programs that do not say */
}

/* ---------------------------------------------------------------- mapping */

/* Page-aligned range that all segments of a program need, relative to its load bias. */
static void image_range(const struct elf_headers *h, vaddr_t *start, vaddr_t *end)
{
	*start = ~0UL;
	*end = 0;
	for (u32 i = 0; i < h->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &h->phdrs[i];

		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		*start = min(*start, page_align_down(ph->p_vaddr));
		*end = max(*end, page_align_up(ph->p_vaddr + ph->p_memsz));
	}
}

static u64 largest_alignment(const struct elf_headers *h)
{
	u64 align = PAGE_SIZE;

	for (u32 i = 0; i < h->ehdr.e_phnum; i++) {
		u64 a = h->phdrs[i].p_align;

		if (h->phdrs[i].p_type == PT_LOAD && a && !(a & (a - 1)) && a <= GIB(1))
			align = max(align, a);
	}
	return align;
}

static s64 map_anonymous(struct mm *mm, vaddr_t addr, u64 len, u32 prot, u32 flags)
{
	struct map_request rq = {
		.addr = addr,
		.len = len,
		.prot = prot,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | flags,
	};

	return mm_map(mm, &rq);
}

/*
 * Finds the place of a program: its own addresses (ET_EXEC), `hint`, or where mmap would put it.
 * The range is mapped and unmapped again, which proves that it is free and within the limits;
 * nobody else uses this address space yet.
 */
static s64 find_place(struct mm *mm, const struct elf_headers *h, vaddr_t hint)
{
	u64 align = largest_alignment(h), slack = 0, len;
	bool fixed = h->ehdr.e_type == ET_EXEC;
	vaddr_t start, end;
	s64 addr, err;

	image_range(h, &start, &end);
	len = end - start;
	if (fixed)
		hint = start;
	else if (hint)
		hint = ALIGN_DOWN(hint, align);
	else
		slack = align - PAGE_SIZE; /* mmap aligns to pages only */
	addr = map_anonymous(mm, hint, len + slack, PROT_NONE,
		MAP_NORESERVE | (hint || fixed ? MAP_FIXED_NOREPLACE : 0));
	if (addr < 0)
		return addr == -EEXIST ? -ENOEXEC : addr;
	err = mm_unmap(mm, (vaddr_t)addr, len + slack);
	if (err)
		return err;
	return fixed ? 0 : (s64)(ALIGN_UP((vaddr_t)addr, align) - start);
}

static u32 segment_prot(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The part of a segment that lies in the file: whole pages of it, lazily. */
static s64 map_file_part(struct mm *mm, struct file *f, const Elf64_Phdr *ph, vaddr_t bias)
{
	u64 offset = page_offset_in(ph->p_vaddr);
	struct map_request rq = {
		.addr = bias + ph->p_vaddr - offset,
		.len = page_align_up(ph->p_filesz + offset),
		.prot = segment_prot(ph),
		.flags = MAP_PRIVATE | MAP_FIXED,
		.pgoff = (ph->p_offset - offset) >> PAGE_SHIFT,
		.file = f,
		.file_ops = &file_map_ops,
		.file_readable = true,
	};
	s64 err;

	if (!f->ops->map)
		return -ENODEV;
	err = f->ops->map(f, &rq);
	if (err)
		return err;
	err = mm_map(mm, &rq);
	return err < 0 ? err : 0;
}

/* Zeroes [from, end of its page): the tail of the last file page is .bss. */
static int zero_tail(struct mm *mm, vaddr_t from)
{
	static const u8 zeros[512];
	u64 left = page_align_up(from) - from, n;

	while (left) {
		n = min(left, sizeof(zeros));
		if (mm_access(mm, from, (void *)zeros, n, ACCESS_WRITE | ACCESS_FORCED) != n)
			return -ENOMEM;
		from += n;
		left -= n;
	}
	return 0;
}

static s64 map_segment(struct mm *mm, struct file *f, const Elf64_Phdr *ph, vaddr_t bias)
{
	vaddr_t file_end = bias + ph->p_vaddr + ph->p_filesz;
	vaddr_t end = page_align_up(bias + ph->p_vaddr + ph->p_memsz);
	vaddr_t mapped_to = page_align_down(bias + ph->p_vaddr);
	s64 err;

	if (ph->p_filesz) {
		err = map_file_part(mm, f, ph, bias);
		if (!err && ph->p_memsz > ph->p_filesz)
			err = zero_tail(mm, file_end);
		if (err)
			return err;
		mapped_to = page_align_up(file_end);
	}
	if (end <= mapped_to)
		return 0;
	err = map_anonymous(mm, mapped_to, end - mapped_to, segment_prot(ph), MAP_FIXED);
	return err < 0 ? err : 0;
}

static s64 map_segments(struct mm *mm, struct file *f, const struct elf_headers *h, vaddr_t bias)
{
	s64 err = 0;

	for (u32 i = 0; i < h->ehdr.e_phnum && !err; i++)
		if (h->phdrs[i].p_type == PT_LOAD && h->phdrs[i].p_memsz)
			err = map_segment(mm, f, &h->phdrs[i], bias);
	return err;
}

/* ---------------------------------------------------------------- the whole */

/* Where in memory the program headers are: PT_PHDR, or the segment that holds their place in the
 * file. */
static vaddr_t find_phdr_address(const struct elf_headers *h, vaddr_t bias)
{
	for (u32 i = 0; i < h->ehdr.e_phnum; i++)
		if (h->phdrs[i].p_type == PT_PHDR)
			return bias + h->phdrs[i].p_vaddr;
	for (u32 i = 0; i < h->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &h->phdrs[i];

		if (ph->p_type == PT_LOAD && ph->p_offset <= h->ehdr.e_phoff &&
			h->ehdr.e_phoff - ph->p_offset < ph->p_filesz)
			return bias + h->ehdr.e_phoff - ph->p_offset + ph->p_vaddr;
	}
	return 0;
}

/* Code, data and the start of brk, as /proc and brk(2) want them. */
static void set_layout(struct exec_image *image, const struct elf_headers *h)
{
	struct mm *mm = image->mm;
	vaddr_t bias = image->load_bias, brk = 0;

	mm->start_code = ~0UL;
	for (u32 i = 0; i < h->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &h->phdrs[i];
		vaddr_t start = bias + ph->p_vaddr;

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_flags & PF_X) {
			mm->start_code = min(mm->start_code, start);
			mm->end_code = max(mm->end_code, start + ph->p_filesz);
		}
		mm->start_data = max(mm->start_data, start);
		mm->end_data = max(mm->end_data, start + ph->p_filesz);
		brk = max(brk, start + ph->p_memsz);
	}
	brk = page_align_up(brk);
	if (exec_randomize_va_space > 1 && image->randomize) {
		/* A static PIE lies where mmap puts things: the heap goes away from there, so that
		 * it can grow. */
		if (h->ehdr.e_type == ET_DYN && !image->interpreter)
			brk = page_align_up(DYN_BASE);
		brk += exec_random_pages(true, BRK_RANDOM_BITS) << PAGE_SHIFT;
	}
	mm->brk_start = mm->brk = brk;
}

static s64 load_interpreter(struct exec_image *image, const struct elf_headers *h)
{
	s64 bias = find_place(image->mm, h, 0), err;

	if (bias < 0)
		return bias;
	err = map_segments(image->mm, image->interpreter, h, (vaddr_t)bias);
	image->interp_base = (vaddr_t)bias;
	image->start = (vaddr_t)bias + h->ehdr.e_entry;
	return err;
}

int elf_load(struct exec_image *image, const struct elf_headers *program,
	const struct elf_headers *interpreter)
{
	vaddr_t hint = 0;
	s64 bias, err;

	if (program->ehdr.e_type == ET_DYN && image->interpreter)
		hint = DYN_BASE +
		       (exec_random_pages(image->randomize, MMAP_RANDOM_BITS) << PAGE_SHIFT);
	bias = find_place(image->mm, program, hint);
	if (bias < 0)
		return (int)bias;
	image->load_bias = (vaddr_t)bias;
	err = map_segments(image->mm, image->file, program, image->load_bias);
	if (err)
		return (int)err;
	image->entry = image->start = image->load_bias + program->ehdr.e_entry;
	image->phdr = find_phdr_address(program, image->load_bias);
	image->phnum = program->ehdr.e_phnum;
	set_layout(image, program);
	if (interpreter)
		err = load_interpreter(image, interpreter);
	if (!err && image->start >= USER_END)
		err = -ENOEXEC;
	return (int)err;
}
