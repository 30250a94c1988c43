// SPDX-License-Identifier: MIT
/*
 * ops.c: how a seed becomes a stream of operations. Pure: no kernel is asked for anything, so the
 * guest's program and the one on the host that compares the answers make the same streams.
 *
 * Random numbers alone would find EINVAL and little else. So most arguments are good ones, and
 * everything happens within a few pages, where it meets what happened before.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/mman.h>
#include <stddef.h>
#include <unistd.h>

#include "ops.h"

#define OP_KIND_INFO(name, types) { #name, types },
const struct op_info op_infos[NR_OP_KINDS] = { OP_KINDS(OP_KIND_INFO) };

#define NR_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t state;

/* xorshift64*: the upper bits are good ones. */
static uint64_t below(uint64_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((state * 0x2545f4914f6cdd1dull) >> 33) % limit;
}

static int one_in(int n)
{
	return below(n) == 0;
}

#define PICK(array) ((array)[below(NR_ITEMS(array))])

/* ---- Arguments ------------------------------------------------------------------------------- */

static uint64_t any_address(void)
{
	static const uint64_t odd[] = { 0, PAGE, 0x40000000, 0x7ffffffff000, 0x800000000000,
		0xffffffff80000000, OP_ADDRESS(BASE_ARENA, 123),
		OP_ADDRESS(BASE_ARENA, 5 * PAGE + 1), 0xfffffffffffff000 };

	if (one_in(50))
		return PICK(odd);
	if (one_in(6))
		return OP_ADDRESS(BASE_RESULT + below(NR_RESULTS), below(8) * PAGE);
	if (one_in(12))
		return OP_ADDRESS(BASE_STACKS, (STACKS_PAGES - 1 - below(16)) * PAGE);
	if (one_in(16))
		return OP_ADDRESS(BASE_HEAP, below(12) * PAGE);
	return OP_ADDRESS(BASE_ARENA, below(ARENA_PAGES - 8) * PAGE);
}

static uint64_t any_length(void)
{
	static const uint64_t odd[] = { 0, 1, PAGE - 1, PAGE + 1, ~0ul, ~0ul << 12 };

	return one_in(25) ? PICK(odd) : (1 + below(one_in(3) ? 16 : 5)) * PAGE;
}

/* Now and then, bits that mean nothing, or only something elsewhere. */
static uint64_t odd_prot(void)
{
	static const uint64_t odd[] = { PROT_SEM, PROT_GROWSDOWN, PROT_GROWSUP,
		PROT_GROWSDOWN | PROT_GROWSUP, 0x10, 1ul << 32 };

	return one_in(50) ? PICK(odd) : 0;
}

static uint64_t any_prot(void)
{
	static const uint64_t usual[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE | PROT_EXEC, PROT_WRITE, PROT_EXEC };

	return PICK(usual);
}

static uint64_t any_file(void)
{
	static const uint64_t usual[] = { FILE_TMPFS, FILE_EXT2, FILE_MEMFD };

	return one_in(5) ? below(NR_FILES) : PICK(usual);
}

static uint64_t file_place(void)
{
	return one_in(3) ? below(14 * PAGE) : below(12) * PAGE;
}

/* ---- One function for each kind that needs more than that ------------------------------------ */

/* When much is done: what MAP_FIXED replaces is gone then on Linux 6.1, and stays on newer ones. */
static int may_fail_late(const uint64_t *a)
{
	int is_sealed = a[4] == FILE_MEMFD && (a[3] & MAP_SHARED);

	return (a[3] & MAP_HUGETLB) || a[1] >= 1ul << 30 || is_sealed;
}

static uint64_t rare_map_flags(void)
{
	static const uint64_t rare[] = { MAP_NORESERVE, MAP_POPULATE, MAP_LOCKED, MAP_STACK,
		MAP_GROWSDOWN, MAP_32BIT, MAP_FIXED_NOREPLACE, MAP_DENYWRITE, MAP_EXECUTABLE,
		MAP_NONBLOCK | MAP_POPULATE, MAP_HUGETLB, MAP_SYNC };
	static const uint64_t rarer[] = { MAP_NONBLOCK, MAP_HUGETLB | MAP_HUGE_2MB,
		MAP_HUGETLB | MAP_HUGE_1GB, MAP_HUGETLB | 22ul << MAP_HUGE_SHIFT, MAP_UNINITIALIZED,
		0x200000, 0x800000, 1ul << 32 };
	uint64_t flags = 0;

	if (one_in(3))
		flags |= PICK(rare);
	if (one_in(16))
		flags |= PICK(rare);
	if (one_in(40))
		flags |= PICK(rarer);
	return flags;
}

static uint64_t map_offset(int anonymous)
{
	static const uint64_t odd[] = { ~0ul << 12, 1ul << 63, (1ul << 63) - 2 * PAGE,
		(1ul << 63) - PAGE, 1ul << 44 };

	if (one_in(100))
		return PICK(odd);
	return one_in(30) ? below(3 * PAGE) : below(anonymous ? 1 : 6) * PAGE;
}

static void make_mmap(uint64_t *a)
{
	static const uint64_t sharings[] = { MAP_PRIVATE, MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED,
		MAP_SHARED, MAP_SHARED_VALIDATE, 0, 4, MAP_TYPE };
	int anonymous = one_in(2);

	a[0] = any_address();
	a[1] = one_in(2) ? any_length() : (1 + below(16)) * PAGE;
	a[2] = any_prot() | odd_prot();
	a[3] = one_in(30) ? PICK(sharings) : sharings[below(5)];
	if (anonymous)
		a[3] |= MAP_ANONYMOUS;
	if (!one_in(4))
		a[3] |= MAP_FIXED;
	else if (one_in(2))
		a[0] = 0;
	a[3] |= rare_map_flags();
	if ((a[3] & MAP_GROWSDOWN) && !one_in(3))
		a[0] = OP_ADDRESS(BASE_STACKS, (STACKS_PAGES - 1 - below(16)) * PAGE);
	/* Much memory that cannot be touched: it is taken back by chance only. */
	if (one_in(60)) {
		a[1] = 1ul << (30 + below(12));
		a[2] = PROT_NONE;
		/* Linux places those of ext4's files for huge pages. */
		anonymous = 1;
		a[3] |= MAP_ANONYMOUS;
	}
	a[4] = anonymous ? FILE_NONE : any_file();
	/* The driver of ext4 knows it, that of ext2 does not. */
	if ((a[3] & MAP_SYNC) && !anonymous) {
		a[3] |= one_in(2) ? MAP_SHARED_VALIDATE : 0;
		a[4] = one_in(2) ? FILE_TMPFS : FILE_MEMFD;
	}
	a[5] = map_offset(anonymous);
	/* How long a file of ext4's may be is not ext2's affair. */
	if (a[5] > 1ul << 40 && (a[4] == FILE_EXT2 || a[4] == FILE_EXT2_READ))
		a[4] = FILE_TMPFS;
	if (may_fail_late(a))
		a[3] &= ~(uint64_t)MAP_FIXED;
	a[6] = below(NR_RESULTS);
}

static void make_mremap(uint64_t *a)
{
	static const uint64_t flags[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE, MREMAP_MAYMOVE,
		MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED,
		MREMAP_MAYMOVE | MREMAP_DONTUNMAP, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
		MREMAP_FIXED, MREMAP_DONTUNMAP, 8 };

	a[0] = any_address();
	a[1] = one_in(12) ? 0 : any_length();
	a[3] = one_in(12) ? PICK(flags) : flags[below(8)];
	a[2] = (a[3] & MREMAP_DONTUNMAP) && !one_in(4) ? a[1] : any_length();
	a[4] = any_address();
	a[5] = below(NR_RESULTS);
}

static void make_madvise(uint64_t *a)
{
	static const uint64_t usual[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTNEED, MADV_DONTNEED, MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_REMOVE,
		MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD,
		MADV_PAGEOUT, MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_DONTDUMP, MADV_DODUMP,
		MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_MERGEABLE, MADV_UNMERGEABLE,
		MADV_DONTNEED_LOCKED, MADV_COLLAPSE };
	static const uint64_t odd[] = { ~0ul, 1ul << 32 | MADV_DONTNEED, 5, 6, 7 };

	a[0] = any_address();
	a[1] = any_length();
	a[2] = one_in(60) ? 26 + below(70) : one_in(100) ? PICK(odd) : PICK(usual);
}

static void make_bytes(uint64_t *a, int places)
{
	a[0] = any_file();
	a[1] = any_address() + (one_in(2) ? below(PAGE) : 0);
	a[2] = one_in(20) ? any_length() : below(one_in(2) ? 200 : 3 * PAGE);
	if (a[2] > 16 * PAGE && one_in(2))
		a[2] = 4 * PAGE;
	/* How many of a word's bytes are zeroed before one that cannot be is the processor's affair. */
	if (a[0] == FILE_ZERO)
		a[1] &= -PAGE;
	if (places)
		a[3] = file_place();
}

static void make_fallocate(uint64_t *a)
{
	static const uint64_t modes[] = { FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_PUNCH_HOLE };
	static const uint64_t odd[] = { FALLOC_FL_ZERO_RANGE, FALLOC_FL_COLLAPSE_RANGE,
		FALLOC_FL_INSERT_RANGE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0x100 };

	/* Linux mounts ext2 by its ext4 driver, and that knows no fallocate without extents. */
	a[0] = one_in(2) ? FILE_TMPFS : FILE_MEMFD;
	a[1] = one_in(20) ? PICK(odd) : PICK(modes);
	a[2] = one_in(50) ? -PAGE : file_place();
	a[3] = one_in(12) ? 0 : one_in(50) ? -PAGE : 1 + below(4 * PAGE);
}

static void make_lseek(uint64_t *a)
{
	static const uint64_t others[] = { SEEK_CUR, SEEK_END, SEEK_CUR, SEEK_END, SEEK_DATA,
		SEEK_HOLE, SEEK_DATA, SEEK_HOLE, 5, ~0ul };

	a[0] = any_file();
	a[1] = one_in(20) ? -file_place() : file_place();
	a[2] = one_in(2) ? PICK(others) : SEEK_SET;
}

static void make_mincore(uint64_t *a)
{
	static const uint64_t odd[] = { 1, PAGE, 0x7ffffffff000, 0xffffffff80000000, ~0ul };

	a[0] = any_address();
	a[1] = any_length();
	a[2] = one_in(20) ? PICK(odd) : 0;
}

static void make_brk(uint64_t *a)
{
	static const uint64_t odd[] = { 0, 1, 0x7ffffffff000, 0x800000000000, ~0ul };

	a[0] = OP_ADDRESS(BASE_HEAP, below(16) * PAGE + (one_in(3) ? below(PAGE) : 0));
	if (one_in(40))
		a[0] = PICK(odd);
}

static void make_remap_file_pages(uint64_t *a)
{
	static const uint64_t offsets[] = { ~0ul, ~0ul >> 12, (1ul << 51) - 2 };

	a[0] = any_address() + (one_in(20) ? below(PAGE) : 0);
	a[1] = any_length();
	a[2] = one_in(10) ? PROT_READ : 0;
	a[3] = one_in(30) ? PICK(offsets) : below(8);
	a[4] = one_in(10) ? MAP_NONBLOCK : one_in(20) ? MAP_PRIVATE : 0;
}

static void make_lengthy(uint64_t *a)
{
	a[0] = any_address();
	a[1] = any_length();
}

static void make_args(struct op *op)
{
	static const uint64_t sync_flags[] = { MS_SYNC, MS_ASYNC, MS_SYNC | MS_INVALIDATE,
		MS_INVALIDATE, MS_ASYNC | MS_INVALIDATE, MS_SYNC | MS_ASYNC, 0, 8 };
	static const uint64_t lock_all[] = { MCL_CURRENT, MCL_CURRENT, MCL_FUTURE,
		MCL_CURRENT | MCL_FUTURE, MCL_CURRENT | MCL_ONFAULT, MCL_ONFAULT, 0, 8 };
	static const uint64_t seals[] = { F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL,
		F_SEAL_FUTURE_WRITE, F_SEAL_SHRINK | F_SEAL_GROW, 64 };
	uint64_t *a = op->args;

	switch (op->kind) {
	case OP_mmap:
		make_mmap(a);
		break;
	case OP_mincore:
		make_mincore(a);
		break;
	case OP_munmap:
	case OP_mlock:
	case OP_munlock:
		make_lengthy(a);
		break;
	case OP_mprotect:
		make_lengthy(a);
		a[2] = any_prot() | (one_in(25) ? PROT_GROWSDOWN : odd_prot());
		break;
	case OP_mremap:
		make_mremap(a);
		break;
	case OP_madvise:
		make_madvise(a);
		break;
	case OP_msync:
		make_lengthy(a);
		a[2] = PICK(sync_flags);
		break;
	case OP_mlock2:
		make_lengthy(a);
		a[2] = one_in(10) ? 2 : below(2);
		break;
	case OP_mlockall:
		a[0] = PICK(lock_all);
		break;
	case OP_brk:
		make_brk(a);
		break;
	case OP_remap_file_pages:
		make_remap_file_pages(a);
		break;
	case OP_read:
	case OP_write:
		make_bytes(a, 0);
		break;
	case OP_pread64:
	case OP_pwrite64:
		make_bytes(a, 1);
		break;
	case OP_lseek:
		make_lseek(a);
		break;
	case OP_ftruncate:
		a[0] = any_file();
		a[1] = one_in(30) ? ~0ul : file_place();
		break;
	case OP_fallocate:
		make_fallocate(a);
		break;
	case OP_fsync:
	case OP_get_seals:
		a[0] = any_file();
		break;
	case OP_seal:
		a[0] = one_in(6) ? any_file() : FILE_MEMFD;
		a[1] = PICK(seals);
		break;
	case OP_touch:
		a[0] = any_address() + (one_in(2) ? below(PAGE) : 0);
		if (a[0] >> OP_BASE_SHIFT == BASE_STACKS && one_in(2))
			a[0] = OP_ADDRESS(BASE_STACKS, below(STACKS_PAGES) * PAGE);
		a[1] = one_in(8) ? TOUCH_EXEC : below(2);
		break;
	case OP_fill:
		a[0] = any_address();
		a[1] = 1 + below(4);
		break;
	case OP_fork:
	case OP_thread:
		a[0] = 1 + below(NR_SLOTS - 1);
		break;
	}
}

/* ---- The stream ------------------------------------------------------------------------------ */

static enum op_kind any_kind(void)
{
	static const struct {
		uint8_t kind, weight;
	} weights[] = { { OP_mmap, 30 }, { OP_munmap, 8 }, { OP_mprotect, 22 }, { OP_mremap, 12 },
		{ OP_madvise, 20 }, { OP_msync, 4 }, { OP_mincore, 5 }, { OP_mlock, 4 },
		{ OP_mlock2, 3 }, { OP_munlock, 4 }, { OP_mlockall, 1 }, { OP_munlockall, 2 },
		{ OP_brk, 6 }, { OP_remap_file_pages, 2 }, { OP_read, 6 }, { OP_write, 6 },
		{ OP_pread64, 4 }, { OP_pwrite64, 6 }, { OP_lseek, 2 }, { OP_ftruncate, 6 },
		{ OP_fallocate, 4 }, { OP_fsync, 1 }, { OP_seal, 2 }, { OP_get_seals, 1 },
		{ OP_touch, 50 }, { OP_fill, 14 }, { OP_fork, 4 }, { OP_thread, 3 }, { OP_exit, 3 },
		{ OP_sum, 8 } };
	unsigned total = 0, at;

	for (size_t i = 0; i < NR_ITEMS(weights); i++)
		total += weights[i].weight;
	at = below(total);
	for (size_t i = 0;; i++) {
		if (at < weights[i].weight)
			return weights[i].kind;
		at -= weights[i].weight;
	}
}

/*
 * Who would hold which slot if every fork succeeded: owner[slot] is the slot of the process's first
 * thread, -1: nobody. An operation of a slot that nobody holds is passed over, so this is only
 * about wasting few of them.
 */
static int owner[NR_SLOTS];

static unsigned any_held_slot(void)
{
	unsigned slot;

	do
		slot = below(NR_SLOTS);
	while (owner[slot] < 0);
	return slot;
}

static void note_slots(const struct op *op)
{
	unsigned slot = op->slot;

	if (op->kind == OP_fork && owner[op->args[0]] < 0)
		owner[op->args[0]] = op->args[0];
	if (op->kind == OP_thread && owner[op->args[0]] < 0)
		owner[op->args[0]] = owner[slot];
	if (op->kind != OP_exit)
		return;
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (i != slot && owner[i] == (int)slot)
			owner[i] = -1;
	owner[slot] = -1;
}

/* The first operations fill the arena: the rest would find little there otherwise. */
#define FIRST_OPS 10

static void make_first_mapping(struct op *op)
{
	op->kind = OP_mmap;
	make_args(op);
	op->args[0] = OP_ADDRESS(BASE_ARENA, below(ARENA_PAGES - 8) * PAGE);
	op->args[1] = (4 + below(12)) * PAGE;
	if (!may_fail_late(op->args))
		op->args[3] |= MAP_FIXED;
}

void make_stream(uint64_t seed, struct op *ops)
{
	unsigned slot = 0;

	state = seed * 0x9e3779b97f4a7c15ull + 0x1234567;
	for (int i = 0; i < 8; i++)
		below(2);
	for (unsigned i = 1; i < NR_SLOTS; i++)
		owner[i] = -1;
	owner[0] = 0;
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		struct op *op = &ops[i];

		*op = (struct op){ .kind = any_kind() };
		if (owner[slot] < 0 || one_in(3))
			slot = any_held_slot();
		/* Slot 0 stays. */
		if (op->kind == OP_exit && owner[slot] == 0)
			op->kind = OP_touch;
		op->slot = slot;
		if (i < FIRST_OPS && !one_in(4))
			make_first_mapping(op);
		else
			make_args(op);
		/* Whoever may not lock all memory may fail at it by what the kernel put there. */
		if (op->kind == OP_mlockall && !stream_is_privileged(seed))
			op->kind = OP_munlockall;
		note_slots(op);
	}
}
