/* SPDX-License-Identifier: MIT */
#pragma once

#include "lib/types.h"

/* Mixes all bits (the finaliser of splitmix64). */
static inline u64 hash_u64(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
	return x ^ (x >> 31);
}

/* FNV-1a over n bytes. */
static inline u32 hash_bytes(const void *data, size_t n)
{
	const u8 *p = data;
	u32 h = 2166136261u;

	while (n--)
		h = (h ^ *p++) * 16777619u;
	return h;
}
