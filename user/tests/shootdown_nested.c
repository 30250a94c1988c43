// SPDX-License-Identifier: MIT
/*
 * shootdown_nested.c: Two threads give up the same page at the same time, one of them as the first of
 * very many. The other one, whose call finds the page gone already, may rely on its end: on no CPU is
 * the old page to be seen after that.
 */
#include "thread.h"

#define ROUNDS 40
#define TABLE  (512 * PAGE) /* what one page table maps */
#define SIZE   (16 * TABLE)
#define EVERY  8 /* so many pages of it are used */

static char *memory;
static volatile unsigned begun, ready, done; /* the newest round of which that is true */
static volatile bool given_up;

/* Has the page in its TLB, and looks at it as soon as the second call has ended. */
static void *looker(void *arg)
{
	volatile char *page = memory;

	(void)arg;
	for (unsigned i = 1; i <= ROUNDS; i++) {
		while (begun != i)
			sched_yield();
		*page = 1;
		ready = i;
		while (!given_up)
			;
		CHECK_EQ(*page, 0);
		done = i;
	}
	return NULL;
}

static void *giver_of_many(void *arg)
{
	(void)arg;
	CHECK_OK(madvise(memory, SIZE, MADV_DONTNEED));
	return NULL;
}

static bool is_there(void)
{
	unsigned char there;

	CHECK_OK(mincore(memory, PAGE, &there));
	return there & 1;
}

static void one_round(unsigned i)
{
	pthread_t thread;

	for (size_t at = PAGE; at < SIZE; at += EVERY * PAGE)
		memory[at] = 1;
	given_up = false;
	begun = i;
	while (ready != i)
		sched_yield();
	thread = thread_start(giver_of_many, NULL);
	while (is_there())
		;
	CHECK_OK(madvise(memory, PAGE, MADV_DONTNEED));
	given_up = true;
	thread_join(thread);
	while (done != i)
		sched_yield();
}

TEST()
{
	pthread_t thread;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip("there is one CPU only");
	memory = map_anon(SIZE / PAGE, PROT_READ | PROT_WRITE);
	madvise(memory, SIZE, MADV_NOHUGEPAGE);
	thread = thread_start(looker, NULL);
	for (unsigned i = 1; i <= ROUNDS; i++)
		one_round(i);
	thread_join(thread);
}
