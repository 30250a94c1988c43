// SPDX-License-Identifier: MIT
/*
 * exec_stack.c: what a new program finds on its stack (System V ABI, AMD64 supplement, 3.4.1; in
 * Linux's order).
 *
 *	top   8 zero bytes
 *	      file name (AT_EXECFN)
 *	      envp strings
 *	      argv strings         <- mm->arg_start
 *	      (alignment)
 *	      "x86_64" (AT_PLATFORM), 16 random bytes (AT_RANDOM)
 *	      (alignment)
 *	      auxv ... AT_NULL
 *	      envp[] ... NULL
 *	      argv[] ... NULL
 *	sp    argc                 16-byte aligned
 *
 * The stack belongs to an address space that nobody runs in yet, so it is written by mm_access(),
 * page by page.
 */
#include <linux/auxvec.h>
#include <linux/elf.h>
#include "arch/cpu.h"
#include "arch/sigframe.h"
#include "debug/assert.h"
#include "fs/random.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/exec.h"

#define CLOCK_TICKS_PER_SECOND 100
#define STACK_RANDOM_IN_PAGE   8192 /* the start is moved by less than this */

/* Writes upwards into another address space, a page at a time. */
struct writer {
	struct mm *mm;
	vaddr_t addr; /* of the first byte that is still in the buffer */
	u32 used;
	bool failed;
	u8 *buf; /* PAGE_SIZE */
};

static void flush(struct writer *w)
{
	if (w->used &&
		mm_access(w->mm, w->addr, w->buf, w->used, ACCESS_WRITE | ACCESS_FORCED) != w->used)
		w->failed = true;
	w->addr += w->used;
	w->used = 0;
}

static void put(struct writer *w, const void *data, u64 len)
{
	const u8 *from = data;

	while (len) {
		u64 n = min(len, PAGE_SIZE - w->used);

		memcpy(w->buf + w->used, from, n);
		w->used += (u32)n;
		from += n;
		len -= n;
		if (w->used == PAGE_SIZE)
			flush(w);
	}
}

static void put_word(struct writer *w, u64 word)
{
	put(w, &word, sizeof(word));
}

static void put_strings(struct writer *w, const struct exec_args *args)
{
	for (u64 at = 0; at < args->len; at += PAGE_SIZE)
		put(w, args->pages[at / PAGE_SIZE], min(PAGE_SIZE, args->len - at));
}

/* Pointers to `count` strings that begin at offset `at`, and NULL. Returns the offset behind
 * them. */
static u64 put_pointers(
	struct writer *w, const struct exec_args *args, vaddr_t strings, u64 at, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		put_word(w, strings + at);
		at += exec_args_strlen(args, at) + 1;
	}
	put_word(w, 0);
	return at;
}

/* Lengths of the string areas: offsets of the environment and of the file name. */
static void find_offsets(const struct exec_args *args, u64 *env, u64 *name)
{
	u64 at = 0;

	for (u32 i = 0; i < args->argc; i++)
		at += exec_args_strlen(args, at) + 1;
	*env = at;
	for (u32 i = 0; i < args->envc; i++)
		at += exec_args_strlen(args, at) + 1;
	*name = at;
}

struct auxv_builder {
	u64 *words;
	u32 nr;
};

static void aux(struct auxv_builder *b, u64 type, u64 value)
{
	b->words[b->nr++] = type;
	b->words[b->nr++] = value;
}

#define AUXV_WORDS (2 * 21) /* the room that exec_setup_stack() leaves */

/* The auxiliary vector into mm->auxv; the number of words. */
static u32 build_auxv(struct exec_image *image, vaddr_t execfn, vaddr_t platform, vaddr_t random)
{
	const struct cred *c = image->cred;
	struct auxv_builder b = { .words = image->mm->auxv };

	aux(&b, AT_SYSINFO_EHDR, image->vdso);
	aux(&b, AT_MINSIGSTKSZ, sigframe_max_size());
	aux(&b, AT_HWCAP, cpu_hwcap());
	aux(&b, AT_PAGESZ, PAGE_SIZE);
	aux(&b, AT_CLKTCK, CLOCK_TICKS_PER_SECOND);
	aux(&b, AT_PHDR, image->phdr);
	aux(&b, AT_PHENT, sizeof(Elf64_Phdr));
	aux(&b, AT_PHNUM, image->phnum);
	aux(&b, AT_BASE, image->interp_base);
	aux(&b, AT_FLAGS, 0);
	aux(&b, AT_ENTRY, image->entry);
	aux(&b, AT_UID, c->uid);
	aux(&b, AT_EUID, c->euid);
	aux(&b, AT_GID, c->gid);
	aux(&b, AT_EGID, c->egid);
	aux(&b, AT_SECURE, image->secure);
	aux(&b, AT_RANDOM, random);
	aux(&b, AT_HWCAP2, cpu_hwcap2());
	aux(&b, AT_EXECFN, execfn);
	aux(&b, AT_PLATFORM, platform);
	aux(&b, AT_NULL, 0);
	assert(b.nr == AUXV_WORDS && b.nr <= ARRAY_SIZE(image->mm->auxv));
	return b.nr;
}

/* Everything has its place; write it. */
static void write_all(struct writer *w, struct exec_image *image, const struct exec_args *args,
	vaddr_t strings, vaddr_t random, vaddr_t platform)
{
	u32 auxv_words;
	u64 env, name, at;
	u8 bytes[16];

	find_offsets(args, &env, &name);
	auxv_words = build_auxv(image, strings + name, platform, random);
	w->addr = image->stack;
	put_word(w, args->argc);
	at = put_pointers(w, args, strings, 0, args->argc);
	put_pointers(w, args, strings, at, args->envc);
	put(w, image->mm->auxv, auxv_words * sizeof(u64));
	flush(w);

	random_bytes(bytes, sizeof(bytes));
	w->addr = random;
	put(w, bytes, sizeof(bytes));
	put(w, "x86_64", sizeof("x86_64"));
	flush(w);

	w->addr = strings;
	put_strings(w, args);
	put_word(w, 0);
	flush(w);

	image->mm->arg_start = strings;
	image->mm->arg_end = image->mm->env_start = strings + env;
	image->mm->env_end = strings + name;
	image->mm->start_stack = image->stack;
}

int exec_setup_stack(struct exec_image *image, const struct exec_args *args, vaddr_t top)
{
	vaddr_t strings = top - sizeof(u64) - args->len, at = strings, random, platform;
	u64 nr_words = 1 + args->argc + 1 + args->envc + 1 + AUXV_WORDS;
	struct writer w = { .mm = image->mm };

	if (image->randomize)
		at -= exec_random() % STACK_RANDOM_IN_PAGE;
	at &= ~15UL;
	platform = at - sizeof("x86_64");
	random = platform - 16;
	image->stack = (random - nr_words * sizeof(u64)) & ~15UL;
	w.buf = kmalloc(PAGE_SIZE);
	if (!w.buf)
		return -ENOMEM;
	write_all(&w, image, args, strings, random, platform);
	kfree(w.buf);
	return w.failed ? -ENOMEM : 0;
}
