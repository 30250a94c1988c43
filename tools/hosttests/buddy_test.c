/* SPDX-License-Identifier: MIT */
/*
 * The buddy system against a model: one byte per frame that says whether it is free. Random blocks
 * are taken and given back, whole or in parts; a block must be aligned, free in the model, and
 * refused only if the model has none either (which proves that buddies always merge).
 */
#include "hosttest.h"

#include "mm/buddy.c"
#include "mm/page_list.c"

#define FRAMES   9000
#define MAX_HELD 2000
#define ROUNDS   200000

struct page *page_array;
pfn_t page_array_end;

static struct buddy buddy;
static bool is_free[FRAMES], is_ram[FRAMES];
static struct {
	pfn_t pfn;
	u32 order;
} held[MAX_HELD];
static u32 nr_held;

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

static bool model_all_free(pfn_t pfn, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		if (pfn + i >= FRAMES || !is_free[pfn + i])
			return false;
	return true;
}

static bool model_has_block(u32 order)
{
	for (pfn_t pfn = 0; pfn < FRAMES; pfn += 1UL << order)
		if (model_all_free(pfn, 1UL << order))
			return true;
	return false;
}

static void model_set(pfn_t pfn, u32 order, bool free)
{
	memset(is_free + pfn, free, 1UL << order);
}

static void add_range(pfn_t first, u64 nr)
{
	buddy_give_range(&buddy, first, nr);
	memset(is_free + first, true, nr);
	memset(is_ram + first, true, nr);
}

static void hold(pfn_t pfn, u32 order)
{
	held[nr_held].pfn = pfn;
	held[nr_held++].order = order;
}

/* A block of this order; or the smallest there is, of this order at most. */
static void try_take(u32 order, bool smallest)
{
	struct page *p = NULL;
	pfn_t pfn;

	if (nr_held == MAX_HELD)
		return;
	p = smallest ? buddy_take_smallest(&buddy, &order) : buddy_take(&buddy, order);
	if (smallest && p)
		for (u32 below = 0; below < order; below++)
			CHECK(!(buddy.orders & 1u << below));

	if (!p) {
		CHECK(!model_has_block(smallest ? 0 : order));
		return;
	}
	pfn = page_to_pfn(p);
	CHECK(IS_ALIGNED(pfn, 1UL << order));
	CHECK(model_all_free(pfn, 1UL << order));
	model_set(pfn, order, false);
	hold(pfn, order);
}

static void give(u32 i)
{
	pfn_t pfn = held[i].pfn;
	u32 order = held[i].order;

	held[i] = held[--nr_held];
	if (order && nr_held + 2 <= MAX_HELD &&
		test_below(4) == 0) { /* in two parts, one of them later */
		order--;
		hold(pfn + (1UL << order), order);
	}
	buddy_give(&buddy, pfn_to_page(pfn), order);
	model_set(pfn, order, true);
}

static void check_everything(void)
{
	u64 nr = 0;

	buddy_check(&buddy);
	for (pfn_t pfn = 0; pfn < FRAMES; pfn++)
		nr += is_free[pfn];
	CHECK(nr == buddy.nr_free);
}

static void run(void)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		bool mostly_take = (i / 3000) % 2 == 0;

		if (test_below(100) < (mostly_take ? 60 : 35))
			try_take(test_below(3) ? (u32)test_below(3) : (u32)test_below(BUDDY_ORDERS),
				test_below(4) == 0);
		else if (nr_held)
			give((u32)test_below(nr_held));
		if (i % 500 == 0)
			check_everything();
	}
	while (nr_held)
		give(0);
	check_everything();
	CHECK(!memcmp(is_free, is_ram, FRAMES));
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "buddy_test");
	page_array = calloc(FRAMES, sizeof(*page_array));
	page_array_end = FRAMES;
	add_range(1, 158);
	add_range(256, 3000);
	add_range(3300, FRAMES - 3300);
	run();
	free(page_array);
	printf("buddy_test: %d operations ok\n", ROUNDS);
	return 0;
}
