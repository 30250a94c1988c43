/* SPDX-License-Identifier: MIT */
/*
 * The only way to user memory. Addresses are checked against the user range, faults are taken and
 * resolved by the page-fault handler, and a bad one ends in the fixup table: an error, never a
 * panic.
 *
 * => may sleep; no spinlock, no mm lock, no page lock held (except the _nofault ones)
 */
#pragma once

#include "lib/types.h"

#define USER_END                                                                                   \
	0x00007ffffffff000UL /* first address that is not the user's (as Linux's TASK_SIZE_MAX) */

/* True if [addr, addr+len) lies in the user half. */
static inline bool user_range_ok(vaddr_t addr, u64 len)
{
	return len <= USER_END && addr <= USER_END - len;
}

/* Return the number of bytes NOT copied (0: all). What was copied is a prefix. */
size_t user_copy_in(void *dst, vaddr_t src, size_t n);
size_t user_copy_out(vaddr_t dst, const void *src, size_t n);
size_t user_clear(vaddr_t dst, size_t n);

/* The same but a page that is not present ends the copy: for use under locks. */
size_t user_copy_in_nofault(void *dst, vaddr_t src, size_t n);
size_t user_copy_out_nofault(vaddr_t dst, const void *src, size_t n);

/* 0 or -EFAULT. */
static inline int copy_from_user(void *dst, vaddr_t src, size_t n)
{
	return user_copy_in(dst, src, n) ? -14 : 0;
}

static inline int copy_to_user(vaddr_t dst, const void *src, size_t n)
{
	return user_copy_out(dst, src, n) ? -14 : 0;
}

/* Copies a string with its end; returns its length without it, -EFAULT, or -ENAMETOOLONG if there
 * is no end within size. */
ssize_t strncpy_from_user(char *dst, vaddr_t src, size_t size);

/* Reads one byte of the page so that it is present (and writes it back if `write`): 0 or -EFAULT.
 * For generic_write, which then copies with _nofault. */
int user_prefault(vaddr_t addr, size_t len, bool write);

/* True while a _nofault copy runs on this thread: the page-fault handler then fails at once. */
bool user_faults_disabled(void);

/* Atomic compare-and-exchange on a user word (futex): 0 and *old, or -EFAULT. */
int user_cmpxchg32(vaddr_t addr, u32 expected, u32 desired, u32 *old);
