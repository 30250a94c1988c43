/* SPDX-License-Identifier: MIT */
/* Searches in bit arrays, a word at a time. */
#include "lib/bitmap.h"

/* The first bit in [from, size) that is set after every word was xor-ed with `flip`, or size. */
static u64 next_bit(const u64 *map, u64 size, u64 from, u64 flip)
{
	u64 word, bits;

	if (from >= size)
		return size;
	word = from / 64;
	bits = (map[word] ^ flip) & (~0UL << (from % 64));
	while (!bits) {
		word++;
		if (word * 64 >= size)
			return size;
		bits = map[word] ^ flip;
	}
	return min(word * 64 + (u64)__builtin_ctzl(bits), size);
}

u64 bitmap_next_clear(const u64 *map, u64 size, u64 from)
{
	return next_bit(map, size, from, ~0UL);
}

u64 bitmap_next_set(const u64 *map, u64 size, u64 from)
{
	return next_bit(map, size, from, 0);
}

/* Set bits of a word, summed in parallel: pairs, nibbles, bytes. (The builtin would call a
 * library.) */
static u64 word_weight(u64 x)
{
	x -= x >> 1 & 0x5555555555555555UL;
	x = (x & 0x3333333333333333UL) + (x >> 2 & 0x3333333333333333UL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
	return x * 0x0101010101010101UL >> 56;
}

u64 bitmap_weight(const u64 *map, u64 size)
{
	u64 n = 0;

	for (u64 word = 0; word < size / 64; word++)
		n += word_weight(map[word]);
	if (size % 64)
		n += word_weight(map[size / 64] & ((1UL << (size % 64)) - 1));
	return n;
}
