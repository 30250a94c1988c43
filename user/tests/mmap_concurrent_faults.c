// SPDX-License-Identifier: MIT
/*
 * mmap_concurrent_faults.c: Four processes fault in the same pages of a file at the same time, in
 * different orders, by reading, by storing to private copies and by read(2): all see the right
 * bytes.
 */
#include "test.h"

#define NR       4
#define NR_PAGES 100

TEST_IN_DIR()
{
	int fd = make_file("a", NR_PAGES * PAGE);
	struct gate go = gate_make();
	pid_t pids[NR];

	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			unsigned char *p, *q, byte;
			int rw = PROT_READ | PROT_WRITE;

			p = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, rw, MAP_SHARED, fd, 0));
			q = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, rw, MAP_PRIVATE, fd, 0));
			gate_wait(go);
			for (unsigned n = 0; n < NR_PAGES; n++) {
				unsigned page = (n * (2 * i + 1) + 17 * i) % NR_PAGES;
				size_t at = page * PAGE + 100 + n;

				CHECK_EQ(p[at], pattern_byte(at));
				q[at] = i;
				CHECK_EQ(p[at], pattern_byte(at));
				CHECK_EQ(q[at + 1], pattern_byte(at + 1));
				CHECK_EQ(pread(fd, &byte, 1, at), 1);
				CHECK_EQ(byte, pattern_byte(at));
			}
			child_done();
		}
	}
	for (int i = 0; i < NR; i++)
		gate_give(go);
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
}
