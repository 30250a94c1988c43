/* SPDX-License-Identifier: MIT */
/* Small objects: sizes and alignment, cross-CPU freeing, shrinking. */
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/threads_ktest.h"

static bool bytes_are(const u8 *p, u8 value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != value)
			return false;
	return true;
}

KTEST(kmalloc_sizes_and_alignment)
{
	for (size_t size = 1; size <= MIB(1); size = size * 3 / 2 + 1) {
		u8 *a = kmalloc(size), *b = kzalloc(size);

		KCHECK(a && b);
		if (a && b) {
			KCHECK(IS_ALIGNED((u64)a, 16) && IS_ALIGNED((u64)b, 16));
			KCHECK(bytes_are(b, 0, size));
			memset(a, 0xaa, size);
			memset(b, 0xbb, size);
			KCHECK(bytes_are(a, 0xaa, size));
		}
		kfree(a);
		kfree(b);
	}
	for (size_t size = 16; size <= MIB(1); size *= 2) {
		void *p = kmalloc(size);

		KCHECK(p && IS_ALIGNED((u64)p, min(size, PAGE_SIZE)));
		kfree(p);
	}
	kfree(NULL);
	KCHECK(!kmalloc_how(MIB(8), PAGE_NOWAIT));
}

KTEST(kstrdup_copies)
{
	char *s = kstrdup("vellum");

	KCHECK(s && !strcmp(s, "vellum"));
	kfree(s);
}

#define OBJECTS 3000

KTEST(slab_objects_are_distinct_and_shrink)
{
	struct slab_cache *c = slab_cache_create("ktest-72", 72, 8);
	u64 **objs = kmalloc(OBJECTS * sizeof(*objs));

	KCHECK(objs);
	for (u64 i = 0; objs && i < OBJECTS; i++) {
		objs[i] = slab_alloc(c, PAGE_ZEROED);
		KCHECK(objs[i] && bytes_are((u8 *)objs[i], 0, 72));
		objs[i][0] = objs[i][8] = i;
	}
	for (u64 i = 0; objs && i < OBJECTS; i++) {
		KCHECK(objs[i][0] == i && objs[i][8] == i);
		slab_free(c, objs[i]);
	}
	kfree(objs);
	KCHECK(slab_shrink() > 0);
}

/* --- one CPU allocates, another frees --- */

#define EXCHANGE 64
#define ROUNDS   30000

static void exchange_objects(void *arg, u32 index)
{
	u64 **exchange = arg;
	u64 random = index * 7919UL;

	for (u32 round = 0; round < ROUNDS; round++) {
		size_t size = 16 + ktest_random(&random) % 600;
		u64 *mine = kmalloc(size), *other;

		if (!mine)
			continue;
		mine[0] = size;
		((u8 *)mine)[size - 1] = (u8)size;
		other = __atomic_exchange_n(
			&exchange[ktest_random(&random) % EXCHANGE], mine, __ATOMIC_ACQ_REL);
		if (other) {
			KCHECK(((u8 *)other)[other[0] - 1] == (u8)other[0] || other[0] <= 16);
			kfree(other);
		}
		if (round % 128 == 0)
			sched_yield();
	}
}

KTEST(slab_stress_on_all_cpus)
{
	u64 **exchange = kzalloc(EXCHANGE * sizeof(*exchange));

	KCHECK(exchange);
	if (!exchange)
		return;
	ktest_run_crew(2 * nr_cpus, false, exchange_objects, exchange);
	for (u32 i = 0; i < EXCHANGE; i++)
		kfree(exchange[i]);
	kfree(exchange);
}
