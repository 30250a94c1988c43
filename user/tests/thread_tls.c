// SPDX-License-Identifier: MIT
/*
 * thread_tls.c: %fs is each thread's own, over many switches of more threads than CPUs: thread-local
 * variables keep their values, and arch_prctl(ARCH_GET_FS) tells the address.
 */
#include "thread.h"

#include <asm/prctl.h>

#define NR 16

static __thread volatile unsigned long mine[8];

static void *counts(void *arg)
{
	unsigned long fs = 0, self;

	__asm__("mov %%fs:0, %0" : "=r"(self));
	CHECK_OK(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	CHECK_EQ(fs, self);
	for (unsigned long i = 0; i < 20000; i++) {
		for (int k = 0; k < 8; k++)
			CHECK_EQ(mine[k], i ? (unsigned long)arg * 1000000 + i - 1 + k : 0);
		for (int k = 0; k < 8; k++)
			mine[k] = (unsigned long)arg * 1000000 + i + k;
		if (i % 1000 == 0)
			sched_yield();
	}
	return NULL;
}

TEST()
{
	pthread_t threads[NR];

	for (long i = 0; i < NR; i++)
		threads[i] = thread_start(counts, (void *)i);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
}
