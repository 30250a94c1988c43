// SPDX-License-Identifier: MIT
/*
 * munmap_frees_memory.c: Mapping, touching and unmapping two hundred times leaves no memory behind
 * (the frame of the test compares the free memory).
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 16 * PAGE), rw = PROT_READ | PROT_WRITE;

	for (int i = 0; i < 200; i++) {
		char *p = map_anon(16, rw);
		char *q = CHECK_OK(mmap(NULL, 16 * PAGE, rw, MAP_PRIVATE, fd, 0));

		for (int page = 0; page < 16; page++)
			p[page * PAGE] = q[page * PAGE] = 1;
		CHECK_OK(munmap(p + 4 * PAGE, 4 * PAGE));
		CHECK_OK(munmap(p, 16 * PAGE));
		CHECK_OK(munmap(q, 16 * PAGE));
	}
}
