/* SPDX-License-Identifier: MIT */
/*
 * Sleeping reader/writer lock. Writers that wait keep new readers out, so a reader must not take it
 * twice. The uncontended read side is one atomic instruction each way: the fault path takes it.
 */
#pragma once

#include "sync/waitq.h"

struct rwsem {
	atomic_t count; /* readers; RWSEM_WRITER set while a writer holds or waits: see rwsem.c */
	struct thread *writer;
	struct waitq waitq;
	u32 rank;
	const char *name;
};

void rwsem_init_named(struct rwsem *s, enum lock_rank rank, const char *name);
#define rwsem_init(s, rank) rwsem_init_named(s, rank, #s)
void rwsem_read_lock(struct rwsem *s);
bool rwsem_read_trylock(struct rwsem *s);
void rwsem_read_unlock(struct rwsem *s);
void rwsem_write_lock(struct rwsem *s);
bool rwsem_write_trylock(struct rwsem *s);
/* A second one of the same rank (fork: the parent's before the child's, which nobody else
 * knows). */
void rwsem_write_lock_nested(struct rwsem *s);
void rwsem_write_unlock(struct rwsem *s);
bool rwsem_is_write_held(const struct rwsem *s); /* by the current thread */
bool rwsem_is_held(const struct rwsem *s);       /* by anybody, in any way: for asserts */
