/* SPDX-License-Identifier: MIT */
/* For in-kernel tests: run a function in several threads at once, spread over the CPUs, and wait
 * for all. */
#pragma once

#include "arch/cpu.h"
#include "debug/ktest.h"
#include "lib/hash.h"
#include "sched/sched.h"
#include "sync/completion.h"

struct ktest_crew {
	void (*fn)(void *arg, u32 index);
	void *arg;
	atomic_t next, left;
	struct completion done;
};

static inline void ktest_crew_member(void *arg)
{
	struct ktest_crew *crew = arg;

	crew->fn(crew->arg, (u32)atomic_add_return(&crew->next, 1) - 1);
	if (atomic_dec_and_test(&crew->left))
		completion_signal(&crew->done);
}

/* fn(arg, 0 .. nr-1), each in a thread of its own that starts on CPU i modulo their number;
 * pinned: and stays there. */
static inline void ktest_run_crew(u32 nr, bool pinned, void (*fn)(void *arg, u32 index), void *arg)
{
	struct ktest_crew crew = { .fn = fn, .arg = arg };

	atomic_set(&crew.left, (s32)nr);
	completion_init(&crew.done);
	for (u32 i = 0; i < nr; i++) {
		struct thread *t = thread_create_kernel("ktest", ktest_crew_member, &crew);

		KCHECK(t);
		if (!t) {
			if (atomic_dec_and_test(&crew.left))
				completion_signal(&crew.done);
			continue;
		}
		t->cpu = i % nr_cpus;
		if (pinned)
			t->affinity = 1UL << t->cpu;
		thread_start(t);
	}
	completion_wait(&crew.done);
}

static inline u64 ktest_random(u64 *state)
{
	return hash_u64((*state)++);
}
