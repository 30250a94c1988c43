/* SPDX-License-Identifier: MIT */
/* For in-kernel tests: run a function in several threads at once, spread over the CPUs, and wait
 * for all. */
#pragma once

#include "arch/cpu.h"
#include "debug/assert.h"
#include "debug/ktest.h"
#include "lib/hash.h"
#include "sched/sched.h"
#include "sched/timer.h"
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

#define KTEST_CREW_MAX 256

/* Until the thread is off its stack for good, and that is free: memory can be counted. Puts the
 * reference. */
static inline void ktest_wait_for_end(struct thread *t)
{
	while (atomic_load(&t->kstack))
		timer_sleep(100 * NSEC_PER_USEC);
	thread_put(t);
}

/* fn(arg, 0 .. nr-1), each in a thread of its own that starts on CPU i modulo their number;
 * pinned: and stays there. When it returns, the threads are gone. */
static inline void ktest_run_crew(u32 nr, bool pinned, void (*fn)(void *arg, u32 index), void *arg)
{
	static struct thread *members[KTEST_CREW_MAX]; /* one test runs at a time */
	struct ktest_crew crew = { .fn = fn, .arg = arg };

	assert(nr <= KTEST_CREW_MAX);
	atomic_set(&crew.left, (s32)nr);
	completion_init(&crew.done);
	for (u32 i = 0; i < nr; i++) {
		struct thread *t = thread_create_kernel("ktest", ktest_crew_member, &crew);

		KCHECK(t);
		members[i] = t;
		if (!t) {
			if (atomic_dec_and_test(&crew.left))
				completion_signal(&crew.done);
			continue;
		}
		t->cpu = i % nr_cpus;
		if (pinned)
			t->affinity = 1UL << t->cpu;
		thread_get(t);
		thread_start(t);
	}
	completion_wait(&crew.done);
	for (u32 i = 0; i < nr; i++)
		if (members[i])
			ktest_wait_for_end(members[i]);
}

static inline u64 ktest_random(u64 *state)
{
	return hash_u64((*state)++);
}
