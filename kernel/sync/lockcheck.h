/* SPDX-License-Identifier: MIT */
/*
 * The lock-order checker for sleeping locks (DEBUG=1; otherwise nothing). Mutexes and rwsems call
 * it themselves; whoever builds another sleeping lock (the page lock) does the same.
 */
#pragma once

#include "lib/types.h"

#ifdef CONFIG_DEBUG
/* Before waiting for the lock: panics, naming both locks, if the current thread holds one that
 * does not permit this one. nested: an equal rank is permitted. */
void lockcheck_acquire(const void *lock, u32 rank, const char *name, bool nested);
/* After a trylock succeeded: notes it, checks nothing (it could not deadlock). */
void lockcheck_acquired_try(const void *lock, u32 rank, const char *name);
void lockcheck_release(const void *lock, const char *name);
/* The current thread holds no sleeping lock (thread exit, return to user mode). */
void lockcheck_none_held(const char *where);

/* From spinlock.c: the name of the spinlock that this CPU took last and holds, or NULL. */
const char *spin_debug_held_name(void);
#else
static inline void lockcheck_acquire(const void *lock, u32 rank, const char *name, bool nested)
{
	(void)lock, (void)rank, (void)name, (void)nested;
}
static inline void lockcheck_acquired_try(const void *lock, u32 rank, const char *name)
{
	(void)lock, (void)rank, (void)name;
}
static inline void lockcheck_release(const void *lock, const char *name)
{
	(void)lock, (void)name;
}
static inline void lockcheck_none_held(const char *where)
{
	(void)where;
}
#endif
