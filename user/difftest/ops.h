/* SPDX-License-Identifier: MIT */
/*
 * Operations of the differential test: what they are, and how a seed becomes a stream of them.
 *
 * A stream is a list of operations that is fixed before the first of them runs: it depends on its
 * seed and on nothing that a kernel answers. So any part of it is a stream as well, which is what
 * shrinking lives by. Operations name memory by a base and an offset (OP_ADDRESS), files by an
 * index, and the process or thread that has to act by a slot.
 */
#pragma once

#include <stdint.h>

#define PAGE       4096ul
#define STREAM_OPS 200 /* in a stream of a seed */
#define NR_SLOTS   5   /* processes and threads of a stream; slot 0 is there from the start */
#define NR_RESULTS 6   /* registers for addresses that the kernel chose */

/* Where things are. What brk may move begins at HEAP, behind the program itself; ARENA is small, so
 * that operations meet each other; STACKS has room for mappings that grow down and their guard gaps;
 * the kernel places below TOP. */
#define HEAP         0x600000ul
#define ARENA        0x10000000000ul
#define ARENA_PAGES  48ul
#define STACKS       0x20000000000ul
#define STACKS_PAGES 2048ul
#define TOP          0x7ffff6000000ul

/* The base of an address, in its upper 8 bits; the rest is an offset in bytes. BASE_NONE and 0xff:
 * the number is the address itself. */
enum op_base {
	BASE_NONE,
	BASE_ARENA,
	BASE_STACKS,
	BASE_HEAP,
	BASE_RESULT, /* and the next NR_RESULTS - 1: what a register holds */
};
#define OP_BASE_SHIFT            56
#define OP_ADDRESS(base, offset) (((uint64_t)(base) << OP_BASE_SHIFT) + (offset))

/* What a register holds before an operation has put an address there. */
#define FIRST_RESULT(nr) (ARENA + (nr)*8 * PAGE)

/* Files of a stream, by index. */
enum op_file {
	FILE_NONE, /* descriptor -1 */
	FILE_TMPFS,
	FILE_EXT2,
	FILE_MEMFD,      /* that can be sealed */
	FILE_TMPFS_READ, /* the same file as FILE_TMPFS, open for reading */
	FILE_EXT2_READ,
	FILE_TMPFS_WRITE,
	FILE_ZERO, /* /dev/zero */
	FILE_PIPE, /* can be read; nothing of the kind can be mapped */
	FILE_FOLDER,
	NR_FILES
};

/*
 * KIND(name, types): types has a letter for each argument.
 *	a address  n number  p PROT_*  f MAP_*  d file  v MADV_*  m MREMAP_*  s MS_*  l MLOCK_*
 *	c MCL_*  g FALLOC_FL_*  e F_SEAL_*  k slot  r register that gets the result  w how to touch
 */
#define OP_KINDS(KIND)                                                                             \
	KIND(mmap, "anpfdnr")                                                                      \
	KIND(munmap, "an")                                                                         \
	KIND(mprotect, "anp")                                                                      \
	KIND(mremap, "annmar")                                                                     \
	KIND(madvise, "anv")                                                                       \
	KIND(msync, "ans")                                                                         \
	KIND(mincore, "ana")                                                                       \
	KIND(mlock, "an")                                                                          \
	KIND(mlock2, "anl")                                                                        \
	KIND(munlock, "an")                                                                        \
	KIND(mlockall, "c")                                                                        \
	KIND(munlockall, "")                                                                       \
	KIND(brk, "a")                                                                             \
	KIND(remap_file_pages, "anpnn")                                                            \
	KIND(read, "dan")                                                                          \
	KIND(write, "dan")                                                                         \
	KIND(pread64, "dann")                                                                      \
	KIND(pwrite64, "dann")                                                                     \
	KIND(lseek, "dnn")                                                                         \
	KIND(ftruncate, "dn")                                                                      \
	KIND(fallocate, "dgnn")                                                                    \
	KIND(fsync, "d")                                                                           \
	KIND(seal, "de")                                                                           \
	KIND(get_seals, "d")                                                                       \
	KIND(touch, "aw")                                                                          \
	KIND(fill, "an")                                                                           \
	KIND(fork, "k")                                                                            \
	KIND(thread, "k")                                                                          \
	KIND(exit, "")                                                                             \
	KIND(sum, "")

#define OP_KIND_NAME(name, types) OP_##name,
enum op_kind {
	OP_KINDS(OP_KIND_NAME) NR_OP_KINDS
};
#undef OP_KIND_NAME

enum op_touch {
	TOUCH_READ,
	TOUCH_WRITE,
	TOUCH_EXEC, /* after an attempt to write an instruction there */
};

/* What an operation writes, by its number in the stream. */
#define OP_BYTE(number) ((unsigned char)((number)*7 + 1))

/* Of one mapping, as many pages are summed at most. */
#define SUM_PAGES 64

#define OP_ARGS 7
struct op {
	uint8_t kind;
	uint8_t slot;
	uint64_t args[OP_ARGS];
};

struct op_info {
	const char *name;
	const char *types;
};
extern const struct op_info op_infos[NR_OP_KINDS];

/* A quarter of the streams runs without privilege, and with a small RLIMIT_MEMLOCK. */
#define OP_USER_ID       1000
#define OP_MEMLOCK_BYTES (24 * PAGE)
static inline int stream_is_privileged(uint64_t seed)
{
	return seed % 4 != 3;
}

/* An eighth has little room to grow: RLIMIT_AS, RLIMIT_DATA and RLIMIT_STACK. */
#define OP_ROOM_BYTES  (160 * PAGE)
#define OP_STACK_BYTES (40 * PAGE)
static inline int stream_is_limited(uint64_t seed)
{
	return seed % 8 == 5;
}

/* Fills STREAM_OPS operations. */
void make_stream(uint64_t seed, struct op *ops);
