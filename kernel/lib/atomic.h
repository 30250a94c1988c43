/* SPDX-License-Identifier: MIT */
/* Atomics: the compiler's builtins under short names. Sequentially consistent unless said. */
#pragma once

#include "lib/types.h"

typedef struct {
	s32 v;
} atomic_t;
typedef struct {
	s64 v;
} atomic64_t;

#define atomic_load(p)         __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define atomic_store(p, x)     __atomic_store_n(p, x, __ATOMIC_RELEASE)
#define atomic_load_relaxed(p) __atomic_load_n(p, __ATOMIC_RELAXED)

static inline s32 atomic_read(const atomic_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_RELAXED);
}

static inline void atomic_set(atomic_t *a, s32 v)
{
	__atomic_store_n(&a->v, v, __ATOMIC_RELAXED);
}

static inline void atomic_inc(atomic_t *a)
{
	__atomic_fetch_add(&a->v, 1, __ATOMIC_SEQ_CST);
}

/* Adds n and returns the new value. */
static inline s32 atomic_add_return(atomic_t *a, s32 n)
{
	return __atomic_add_fetch(&a->v, n, __ATOMIC_SEQ_CST);
}

/* Returns true if the value became 0. */
static inline bool atomic_dec_and_test(atomic_t *a)
{
	return __atomic_sub_fetch(&a->v, 1, __ATOMIC_SEQ_CST) == 0;
}

/* Takes a reference unless the count is 0 already (the object is being freed). */
static inline bool atomic_inc_not_zero(atomic_t *a)
{
	s32 v = atomic_read(a);

	while (v)
		if (__atomic_compare_exchange_n(
			    &a->v, &v, v + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
	return false;
}

static inline s64 atomic64_read(const atomic64_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_RELAXED);
}

static inline void atomic64_set(atomic64_t *a, s64 v)
{
	__atomic_store_n(&a->v, v, __ATOMIC_RELAXED);
}

static inline s64 atomic64_add_return(atomic64_t *a, s64 n)
{
	return __atomic_add_fetch(&a->v, n, __ATOMIC_SEQ_CST);
}

static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}
