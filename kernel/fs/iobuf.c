/* SPDX-License-Identifier: MIT */
/* Buffers in several pieces: see iobuf.h. Each function goes from piece to piece. */
#include "fs/iobuf.h"

#include "debug/assert.h"
#include "lib/err.h"
#include "mm/page.h"
#include "sched/sched.h"

void iobuf_settle(struct iobuf *b)
{
	debug_assert(b->len);
	while (!b->here) {
		b->addr = (u64)b->next->iov_base;
		b->here = min((size_t)b->next->iov_len, b->len);
		b->next++;
	}
}

/* Of n bytes those in the present piece. */
static size_t part_here(struct iobuf *b, size_t n)
{
	iobuf_settle(b);
	return min(n, b->here);
}

void iobuf_skip(struct iobuf *b, size_t n)
{
	while (n)
		n -= iobuf_advance(b, part_here(b, n));
}

size_t iobuf_put_pieces(struct iobuf *b, const void *src, size_t n)
{
	size_t done = 0, part, copied;

	do {
		part = part_here(b, n - done);
		copied = iobuf_put(b, (const u8 *)src + done, part);
		done += copied;
	} while (copied == part && done < n);
	return done;
}

size_t iobuf_take_pieces(struct iobuf *b, void *dst, size_t n)
{
	size_t done = 0, part, copied;

	do {
		part = part_here(b, n - done);
		copied = iobuf_take(b, (u8 *)dst + done, part);
		done += copied;
	} while (copied == part && done < n);
	return done;
}

ssize_t iobuf_put_zeros(struct iobuf *b, size_t n)
{
	size_t done = 0, part, copied;

	while (done < n) {
		part = min(n - done, PAGE_SIZE);
		copied = iobuf_put(b, page_address(zero_page), part);
		done += copied;
		if (copied < part)
			return done ? (ssize_t)done : -EFAULT;
		if (thread_signal_pending())
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

/* Of n bytes of one piece: all, those of the first page, or none. */
static size_t prefault_piece(const struct iobuf *b, size_t n)
{
	size_t first = PAGE_SIZE - page_offset_in(b->addr);

	if (b->kernel || !user_prefault(b->addr, n, false))
		return n;
	return first < n && !user_prefault(b->addr, first, false) ? first : 0;
}

size_t iobuf_prefault(const struct iobuf *b, size_t n)
{
	struct iobuf at = *b;
	size_t done = 0, part, there;

	do {
		part = part_here(&at, n - done);
		there = prefault_piece(&at, part);
		done += iobuf_advance(&at, there);
	} while (there == part && done < n);
	return done;
}

size_t iobuf_peek_nofault(const struct iobuf *b, void *dst, size_t n)
{
	struct iobuf at = *b;
	size_t done = 0, part, left = 0;

	if (b->kernel) {
		memcpy(dst, (void *)b->addr, n);
		return n;
	}
	for (; done < n && !left; done += iobuf_advance(&at, part - left)) {
		part = part_here(&at, n - done);
		left = user_copy_in_nofault((u8 *)dst + done, at.addr, part);
	}
	return done;
}
