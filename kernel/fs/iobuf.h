/* SPDX-License-Identifier: MIT */
/*
 * Where a read puts its bytes and a write takes them from: the kernel's memory, or the user's in
 * one piece or several (readv(2)). Who moves bytes by these functions need not know where pieces end.
 */
#pragma once

#include <linux/uio.h>
#include "arch/user.h"
#include "lib/string.h"

struct iobuf {
	u64 addr;    /* of the present piece: vaddr_t of the user, or a kernel pointer */
	size_t here; /* bytes left of it; may be 0 though more pieces come */
	size_t len;  /* bytes left of all pieces */
	const struct iovec *next; /* pieces behind it, of user memory; they hold len - here bytes */
	bool kernel;
};

static inline struct iobuf iobuf_user(vaddr_t addr, size_t len)
{
	return (struct iobuf){ .addr = addr, .here = len, .len = len };
}

static inline struct iobuf iobuf_kernel(void *p, size_t len)
{
	return (struct iobuf){ .addr = (u64)p, .here = len, .len = len, .kernel = true };
}

/* The pieces, which stay where they are and hold total bytes (or more: the rest is not used). */
static inline struct iobuf iobuf_pieces(const struct iovec *pieces, size_t total)
{
	return (struct iobuf){ .next = pieces, .len = total };
}

/* Not more than len bytes (len <= b->len). */
static inline void iobuf_cut(struct iobuf *b, size_t len)
{
	b->len = len;
	b->here = min(b->here, len);
}

/* Makes the present piece one that is not empty. => b->len > 0 */
void iobuf_settle(struct iobuf *b);
/* Passes over n bytes (n <= b->len). */
void iobuf_skip(struct iobuf *b, size_t n);
/* Of n bytes (n <= b->len), how many can be read from the first one on: all, or those up to the end
 * of a piece or of a page of the user's. They are there afterwards, but may go again. May sleep. */
size_t iobuf_prefault(const struct iobuf *b, size_t n);
/* Copies up to n bytes (n <= b->len) from where b begins, without sleeping; b stays. Fewer: one is
 * not there now. */
size_t iobuf_peek_nofault(const struct iobuf *b, void *dst, size_t n);

/* Copies up to n bytes (n <= b->len) and advances; returns the bytes copied: fewer than n means
 * EFAULT. May sleep. */
size_t iobuf_put_pieces(struct iobuf *b, const void *src, size_t n);
size_t iobuf_take_pieces(struct iobuf *b, void *dst, size_t n);

/* Puts up to n zeros (n <= b->len), as many as read(2) says then: bytes, which a signal makes fewer;
 * -EFAULT: not one. May sleep. */
ssize_t iobuf_put_zeros(struct iobuf *b, size_t n);

static inline size_t iobuf_advance(struct iobuf *b, size_t n)
{
	b->addr += n;
	b->here -= n;
	b->len -= n;
	return n;
}

static inline size_t iobuf_put(struct iobuf *b, const void *src, size_t n)
{
	if (unlikely(n > b->here))
		return iobuf_put_pieces(b, src, n);
	if (!b->kernel)
		return iobuf_advance(b, n - user_copy_out(b->addr, src, n));
	memcpy((void *)b->addr, src, n);
	return iobuf_advance(b, n);
}

static inline size_t iobuf_take(struct iobuf *b, void *dst, size_t n)
{
	if (unlikely(n > b->here))
		return iobuf_take_pieces(b, dst, n);
	if (!b->kernel)
		return iobuf_advance(b, n - user_copy_in(dst, b->addr, n));
	memcpy(dst, (void *)b->addr, n);
	return iobuf_advance(b, n);
}
