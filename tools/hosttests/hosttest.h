/* SPDX-License-Identifier: MIT */
/*
 * What every host test needs: a seed (argv[1], else the time) that is printed, random numbers from
 * it, and CHECK, which prints where and with which seed something was wrong and ends with status 1.
 *
 * Include it, and every libc header, before the kernel's files.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t test_seed, test_state;

static inline void test_begin(int argc, char **argv, const char *name)
{
	test_seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
	test_state = test_seed;
	printf("%s: seed %llu\n", name, (unsigned long long)test_seed);
}

/* splitmix64 */
static inline uint64_t test_random(void)
{
	uint64_t x = test_state += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* In [0, n). */
static inline uint64_t test_below(uint64_t n)
{
	return test_random() % n;
}

#define CHECK(x)                                                                                   \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			printf("%s:%d: failed: %s (seed %llu)\n", __FILE__, __LINE__, #x,          \
				(unsigned long long)test_seed);                                    \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)
