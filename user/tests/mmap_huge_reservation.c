// SPDX-License-Identifier: MIT
/*
 * mmap_huge_reservation.c: A terabyte of PROT_NONE or MAP_NORESERVE address space costs nothing
 * until it is touched, and its far ends work. As much of shared memory is promised only with
 * MAP_NORESERVE.
 */
#include "test.h"

#define TERA (1UL << 40)

TEST()
{
	char *p = CHECK_OK(mmap(NULL, TERA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	CHECK_OK(mprotect(p + TERA / 2, PAGE, PROT_READ | PROT_WRITE));
	CHECK_CAN(TOUCH_WRITE, p + TERA / 2);
	CHECK_OK(munmap(p, TERA));
	p = CHECK_OK(mmap(NULL, TERA, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	p[0] = 1;
	p[TERA - 1] = 2;
	CHECK_EQ(p[TERA / 2], 0);
	CHECK_EQ(p[0] + p[TERA - 1], 3);
	CHECK_OK(munmap(p, TERA));

	CHECK_ERR(mmap(NULL, 16 * TERA, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
		ENOMEM);
	CHECK_OK(mmap(NULL, 16 * TERA, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}
