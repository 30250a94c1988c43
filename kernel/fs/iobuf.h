/* SPDX-License-Identifier: MIT */
/* Where a read puts its bytes and a write takes them from: a user's buffer or the kernel's. */
#pragma once

#include "arch/user.h"
#include "lib/string.h"

struct iobuf {
	u64 addr;   /* vaddr_t of the user, or a kernel pointer */
	size_t len; /* bytes left */
	bool kernel;
};

static inline struct iobuf iobuf_user(vaddr_t addr, size_t len)
{
	return (struct iobuf){ .addr = addr, .len = len };
}

static inline struct iobuf iobuf_kernel(void *p, size_t len)
{
	return (struct iobuf){ .addr = (u64)p, .len = len, .kernel = true };
}

/* Copies up to n bytes (n <= len) and advances; returns the bytes copied: fewer than n means
 * EFAULT. May sleep. */
static inline size_t iobuf_put(struct iobuf *b, const void *src, size_t n)
{
	size_t left = 0;

	if (b->kernel)
		memcpy((void *)b->addr, src, n);
	else
		left = user_copy_out(b->addr, src, n);
	b->addr += n - left;
	b->len -= n - left;
	return n - left;
}

static inline size_t iobuf_take(struct iobuf *b, void *dst, size_t n)
{
	size_t left = 0;

	if (b->kernel)
		memcpy(dst, (void *)b->addr, n);
	else
		left = user_copy_in(dst, b->addr, n);
	b->addr += n - left;
	b->len -= n - left;
	return n - left;
}
