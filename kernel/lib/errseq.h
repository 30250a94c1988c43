/* SPDX-License-Identifier: MIT */
/*
 * The last error of something that many watch (the write-back of a file), such that each of them
 * learns of it once: the watchers keep the value that they have seen, and compare (fsync(2),
 * "errors": every open file gets its own report).
 *
 *	| counter (19 bits) | seen | errno (12 bits) |
 *
 * The counter moves only when an error comes after somebody has seen the last one, so it does not
 * run over.
 */
#pragma once

#include "lib/types.h"

typedef u32 errseq_t;

#define ERRSEQ_ERRNO 0xfffu
#define ERRSEQ_SEEN  0x1000u
#define ERRSEQ_ONE   0x2000u

/* Notes an error (negative). Any context. */
static inline void errseq_set(errseq_t *e, int err)
{
	errseq_t old = __atomic_load_n(e, __ATOMIC_RELAXED), new;

	do {
		new = (old & ~(ERRSEQ_ERRNO | ERRSEQ_SEEN)) | (u32)-err;
		if (old & ERRSEQ_SEEN)
			new += ERRSEQ_ONE;
	} while (!__atomic_compare_exchange_n(
		e, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

/* What a new watcher begins with: an error that nobody has seen yet is his to report. */
static inline errseq_t errseq_sample(const errseq_t *e)
{
	errseq_t now = __atomic_load_n(e, __ATOMIC_ACQUIRE);

	return now & ERRSEQ_SEEN ? now : 0;
}

/* The error (negative) since *seen, which is brought up to date; or 0. */
static inline int errseq_check(errseq_t *e, errseq_t *seen)
{
	errseq_t now = __atomic_load_n(e, __ATOMIC_ACQUIRE);

	if (now == __atomic_load_n(seen, __ATOMIC_RELAXED))
		return 0;
	now = __atomic_or_fetch(e, ERRSEQ_SEEN, __ATOMIC_SEQ_CST);
	/* Two who share the watcher: one of them reports. */
	if (__atomic_exchange_n(seen, now, __ATOMIC_SEQ_CST) == now)
		return 0;
	return -(int)(now & ERRSEQ_ERRNO);
}
