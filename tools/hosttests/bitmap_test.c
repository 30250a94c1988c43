/* SPDX-License-Identifier: MIT */
/* Searches in bit arrays against a loop over bits. */
#include "hosttest.h"

#include "lib/bitmap.c"

static uint64_t slow_next(const u64 *map, uint64_t size, uint64_t from, bool set)
{
	while (from < size && bitmap_test(map, from) != set)
		from++;
	return from < size ? from : size;
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "bitmap");
	for (int round = 0; round < 2000; round++) {
		uint64_t size = test_below(400), weight = 0;
		u64 *map = calloc(BITMAP_WORDS(size) + 1, 8);
		bool dense = test_below(2);

		if (dense)
			memset(map, 0xff, BITMAP_WORDS(size) * 8);
		for (uint64_t n = size ? test_below(size) : 0; n; n--) {
			if (dense)
				bitmap_clear(map, test_below(size));
			else
				bitmap_set(map, test_below(size));
		}
		map[BITMAP_WORDS(size)] = dense ? 0 : ~0ul; /* must not be seen */
		for (uint64_t from = 0; from < size + 3; from++) {
			CHECK(bitmap_next_set(map, size, from) == slow_next(map, size, from, true));
			CHECK(bitmap_next_clear(map, size, from) ==
				slow_next(map, size, from, false));
			weight += from < size && bitmap_test(map, from);
		}
		CHECK(bitmap_weight(map, size) == weight);
		free(map);
	}
	for (u32 bit = 0; bit < 64; bit++)
		CHECK(log2_floor((1ul << bit) | (test_random() & ((1ul << bit) - 1))) == bit);
	return 0;
}
