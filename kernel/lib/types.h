/* SPDX-License-Identifier: MIT */
/*
 * Basic types. A user address is an integer (vaddr_t), never a pointer, so that the compiler
 * refuses to dereference it; only arch/user.h turns one into memory.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef unsigned long u64; /* as Linux's size_t and pointers: %lx prints all of them */
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef long s64;

typedef u64 vaddr_t; /* virtual address, user's or kernel's */
typedef u64 paddr_t; /* physical address */
typedef u64 pfn_t;   /* physical frame number: paddr >> PAGE_SHIFT */
typedef u64 pgoff_t; /* offset in a file, in pages */

typedef long ssize_t;
typedef s64 loff_t; /* offset in a file, in bytes */
typedef s32 pid_t;
typedef u32 uid_t;
typedef u32 gid_t;
typedef u32 umode_t; /* S_IFMT type and permission bits */
typedef u64 dev_t;   /* MKDEV(major, minor) */
typedef u64 ino_t;
typedef u64 nsec_t; /* nanoseconds since boot, or a duration */

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define NR_CPUS 64

#define KIB(n) ((u64)(n) << 10)
#define MIB(n) ((u64)(n) << 20)
#define GIB(n) ((u64)(n) << 30)

#define ALIGN_UP(x, a)     (((x) + (a)-1) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define ARRAY_SIZE(a)      (sizeof(a) / sizeof((a)[0]))

#define min(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) min_a = (a);                                                         \
		__typeof__(b) min_b = (b);                                                         \
		min_a < min_b ? min_a : min_b;                                                     \
	})
#define max(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) max_a = (a);                                                         \
		__typeof__(b) max_b = (b);                                                         \
		max_a > max_b ? max_a : max_b;                                                     \
	})
#define clamp(x, lo, hi) min(max(x, lo), hi)

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __noreturn     __attribute__((noreturn))
#define __section(s)   __attribute__((section(s)))
#define __used         __attribute__((used))
#define __unused       __attribute__((unused))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __must_check   __attribute__((warn_unused_result))
#define __noinline     __attribute__((noinline))

static inline u64 page_align_up(u64 x)
{
	return (x + PAGE_SIZE - 1) & PAGE_MASK;
}

static inline u64 page_align_down(u64 x)
{
	return x & PAGE_MASK;
}

static inline u64 page_offset_in(u64 x)
{
	return x & (PAGE_SIZE - 1);
}
