/* SPDX-License-Identifier: MIT */
/*
 * In-kernel tests, run by the boot flag `ktest` after all subsystems are up: a test is
 *
 *	KTEST(page_alloc_and_free) { ...; KCHECK(x == y); }
 *
 * in any kernel file named *_ktest.c. Prints "ktest: NAME ok" or "ktest: NAME FAILED file:line:
 * text", at last "ktest: N passed, N failed", and powers off.
 */
#pragma once

#include "lib/types.h"

struct ktest {
	const char *name;
	void (*run)(void);
};

void ktest_fail(const char *file, int line, const char *what);
/* Runs all; returns the number of failures. Thread context. */
int ktest_run_all(void);

#define KTEST(id)                                                                                  \
	static void ktest_##id(void);                                                              \
	static const struct ktest ktest_entry_##id __used __section(                               \
		".ktests") = { #id, ktest_##id };                                                  \
	static void ktest_##id(void)

#define KCHECK(x)                                                                                  \
	do {                                                                                       \
		if (!(x))                                                                          \
			ktest_fail(__FILE__, __LINE__, #x);                                        \
	} while (0)
