// SPDX-License-Identifier: MIT
/*
 * madvise_pageout_file.c: MADV_PAGEOUT sends the clean pages of a file out of memory; dirty ones are
 * written and lose nothing. Pages that another process maps stay.
 */
#include "residence.h"

#define NR 40

TEST_IN_DIR()
{
	int fd = make_file("a", NR * PAGE), rw = PROT_READ | PROT_WRITE;
	unsigned char wanted[NR * PAGE];
	unsigned char *p;
	bool has_disk = drop_cache(fd, NR);
	struct gate touched = gate_make(), end = gate_make();
	pid_t pid;

	p = CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_SHARED, fd, 0));
	fill_pattern(wanted, 0, sizeof(wanted));
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_EQ(resident(p, NR), NR);
	CHECK_OK(madvise(p, NR * PAGE, MADV_PAGEOUT));
	if (has_disk && on_vellum())
		CHECK_EQ(resident(p, NR), 0);
	CHECK_MEM(p, wanted, sizeof(wanted));
	for (int i = 0; i < NR; i++)
		p[i * PAGE] = wanted[i * PAGE] = 0x55;
	CHECK_OK(madvise(p, NR * PAGE, MADV_PAGEOUT));
	/* Linux only marks dirty pages, to be written by another thread. */
	if (has_disk && on_vellum())
		CHECK_EQ(resident(p, NR), 0);
	CHECK_MEM(p, wanted, sizeof(wanted));

	pid = fork_child();
	if (pid == 0) {
		CHECK_CAN(TOUCH_READ, p + PAGE);
		gate_give(touched);
		gate_wait(end);
		child_done();
	}
	gate_wait(touched);
	CHECK_CAN(TOUCH_READ, p + PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_PAGEOUT));
	CHECK_EQ(resident(p + PAGE, 1), 1);
	gate_give(end);
	CHECK_EXITS(pid, 0);
}
