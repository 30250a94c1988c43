// SPDX-License-Identifier: MIT
/*
 * stress_memory.c: random mmap, munmap, mprotect, madvise, stores, loads and forks on a window of
 * addresses, compared step by step with a model.
 *
 *	stress_memory [-s SEED] [-n STEPS] [-p PROCESSES]
 *
 * Every process has a window of NR_PAGES pages and a model of it: for each page whether it is
 * mapped, its protection, whether it is shared, and the byte that it must hold. A step changes the
 * window and the model; a load or store that the model allows must work, one that it forbids must
 * fault with the right si_code. Now and then a child is forked, which goes on with a seed of its
 * own for a while: private pages part, shared pages are only read afterwards (both sides would
 * write them). The seed is printed first, and a failure prints the step: the same seed repeats it.
 * Defaults: seed 1, 3000 steps, 2 processes.
 */
#include "stress.h"

#define NR_PAGES 64

struct page_model {
	bool mapped, shared;
	int prot;
	unsigned char value;
};

static struct page_model model[NR_PAGES];
static char *window;
static unsigned long random_state;
static long step, nr_steps;
static int depth;      /* of forks */
static char place[64]; /* where it is, for messages */

static unsigned pick(unsigned below)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return (random_state >> 33) % below;
}

static void pick_range(unsigned *first, unsigned *nr)
{
	*first = pick(NR_PAGES);
	*nr = 1 + pick(pick(4) ? 4 : NR_PAGES - *first);
	if (*first + *nr > NR_PAGES)
		*nr = NR_PAGES - *first;
}

static int pick_prot(void)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE };

	return prots[pick(NR_ITEMS(prots))];
}

static bool all_mapped(unsigned first, unsigned nr)
{
	for (unsigned i = first; i < first + nr; i++)
		if (!model[i].mapped)
			return false;
	return true;
}

static void do_map(void)
{
	unsigned first, nr;
	int prot = pick_prot();
	bool shared = depth == 0 && pick(4) == 0;
	char *p;

	pick_range(&first, &nr);
	p = mmap(window + first * PAGE, nr * PAGE, prot,
		(shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS | MAP_FIXED |
			(pick(8) == 0 ? MAP_POPULATE : 0),
		-1, 0);
	CHECK(p == window + first * PAGE);
	for (unsigned i = first; i < first + nr; i++)
		model[i] = (struct page_model){ true, shared, prot, 0 };
}

static void do_unmap(void)
{
	unsigned first, nr;

	pick_range(&first, &nr);
	CHECK_OK(munmap(window + first * PAGE, nr * PAGE));
	for (unsigned i = first; i < first + nr; i++)
		model[i].mapped = false;
}

static void do_protect(void)
{
	unsigned first, nr;
	int prot = pick_prot(), result;

	pick_range(&first, &nr);
	result = mprotect(window + first * PAGE, nr * PAGE, prot);
	if (all_mapped(first, nr))
		CHECK_EQ(result, 0);
	else
		CHECK(result == -1 && errno == ENOMEM);
	/* What lies before the first hole is changed. */
	for (unsigned i = first; i < first + nr && model[i].mapped; i++)
		model[i].prot = prot;
}

static void do_dontneed(void)
{
	unsigned first, nr;
	int result;

	pick_range(&first, &nr);
	result = madvise(window + first * PAGE, nr * PAGE, MADV_DONTNEED);
	CHECK_EQ(result == 0, all_mapped(first, nr));
	for (unsigned i = first; i < first + nr; i++)
		if (model[i].mapped && !model[i].shared)
			model[i].value = 0;
}

static void do_store(bool private_only)
{
	unsigned at = pick(NR_PAGES);
	struct page_model *m = &model[at];
	char *p = window + at * PAGE + pick(PAGE);

	if (m->mapped && m->shared && (depth > 0 || private_only))
		return; /* parent and child would both write it */
	if (!m->mapped)
		CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_MAPERR);
	else if (!(m->prot & PROT_WRITE))
		CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	else {
		m->value = 1 + pick(255);
		memset(window + at * PAGE, m->value, PAGE);
	}
}

static void check_page(unsigned at)
{
	struct page_model *m = &model[at];
	char *p = window + at * PAGE;

	if (!m->mapped)
		CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
	else if (!(m->prot & PROT_READ))
		CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_ACCERR);
	else
		CHECK_ALL(p, m->value, PAGE);
}

static void steps(void);

static void do_fork(void)
{
	unsigned long child_seed = pick(1 << 30);
	pid_t pid;

	if (depth >= 2)
		return;
	pid = fork_child();
	if (pid == 0) {
		long last = nr_steps;

		depth++;
		random_state = child_seed;
		nr_steps = step + 40;
		if (nr_steps > last)
			nr_steps = last;
		steps();
		child_done();
	}
	for (unsigned i = pick(10); i > 0; i--) /* while the child runs */
		do_store(true);
	CHECK_EXITS(pid, 0);
}

static void steps(void)
{
	for (; step < nr_steps; step++) {
		unsigned what = pick(100);

		snprintf(place, sizeof(place), "step %ld, fork depth %d", step, depth);
		if (what < 15)
			do_map();
		else if (what < 25)
			do_unmap();
		else if (what < 40)
			do_protect();
		else if (what < 45)
			do_dontneed();
		else if (what < 70)
			do_store(false);
		else if (what < 98)
			check_page(pick(NR_PAGES));
		else
			do_fork();
	}
	for (unsigned i = 0; i < NR_PAGES; i++)
		check_page(i);
}

static void run(unsigned long seed, long nr)
{
	nr_steps = nr;
	test_place = place;
	random_state = seed;
	window = map_anon(NR_PAGES + 2, PROT_NONE) + PAGE;
	CHECK_OK(munmap(window, NR_PAGES * PAGE));
	steps();
}

int main(int argc, char **argv)
{
	struct stress s = { .seed = 1, .steps = 3000, .processes = 2 };

	return stress_main("stress_memory", s, argc, argv, run);
}
