/* SPDX-License-Identifier: MIT */
/* Bit arrays of u64 words; and CPU masks, which are one word (NR_CPUS is 64). */
#pragma once

#include "lib/types.h"

#define BITMAP_WORDS(bits) DIV_ROUND_UP(bits, 64)

static inline bool bitmap_test(const u64 *map, u64 bit)
{
	return map[bit / 64] >> (bit % 64) & 1;
}

static inline void bitmap_set(u64 *map, u64 bit)
{
	map[bit / 64] |= 1UL << (bit % 64);
}

static inline void bitmap_clear(u64 *map, u64 bit)
{
	map[bit / 64] &= ~(1UL << (bit % 64));
}

/* The first clear (set) bit in [from, size), or size. */
u64 bitmap_next_clear(const u64 *map, u64 size, u64 from);
u64 bitmap_next_set(const u64 *map, u64 size, u64 from);
/* The number of set bits in [0, size). */
u64 bitmap_weight(const u64 *map, u64 size);

typedef u64 cpumask_t;
#define for_each_cpu(cpu, mask)                                                                    \
	for (cpumask_t m_##cpu = (mask); m_##cpu && ((cpu) = __builtin_ctzl(m_##cpu), true);       \
		m_##cpu &= m_##cpu - 1)

static inline u32 log2_floor(u64 x) /* x > 0 */
{
	return 63 - (u32)__builtin_clzl(x);
}
