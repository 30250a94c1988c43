// SPDX-License-Identifier: MIT
/*
 * fallocate_punch_mapped.c: A hole that is punched under mappings: shared ones read zeros, also in
 * another process; parts of pages are zeroed; what a private mapping has copied stays; and stores
 * into the hole reach the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 6 * PAGE), rw = PROT_READ | PROT_WRITE;
	int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	unsigned char *p = CHECK_OK(mmap(NULL, 6 * PAGE, rw, MAP_SHARED, fd, 0));
	unsigned char *private = CHECK_OK(mmap(NULL, 6 * PAGE, rw, MAP_PRIVATE, fd, 0));
	struct gate touched = gate_make(), punched = gate_make();
	unsigned char wanted[6 * PAGE], got[6 * PAGE];
	pid_t pid;

	fill_pattern(wanted, 0, sizeof(wanted));
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_MEM(private, wanted, sizeof(wanted));
	private[2 * PAGE] = 0xee;
	pid = fork_child();
	if (pid == 0) {
		p[3 * PAGE + 1] = 0xaa;
		gate_give(touched);
		gate_wait(punched);
		CHECK_ALL(p + PAGE + 100, 0, 3 * PAGE);
		p[3 * PAGE + 1] = 0xbb;
		child_done();
	}
	gate_wait(touched);
	if (fallocate(fd, punch, PAGE + 100, 3 * PAGE) < 0) {
		CHECK_EQ(errno, EOPNOTSUPP);
		CHECK(!on_vellum());
		gate_give(punched);
		wait_child(pid);
		return;
	}
	gate_give(punched);
	CHECK_EXITS(pid, 0);
	memset(wanted + PAGE + 100, 0, 3 * PAGE);
	wanted[3 * PAGE + 1] = 0xbb;
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_EQ(pread(fd, got, sizeof(got), 0), sizeof(got));
	CHECK_MEM(got, wanted, sizeof(wanted));
	CHECK_EQ(private[2 * PAGE], 0xee);
	CHECK_EQ(private[2 * PAGE + 1], pattern_byte(2 * PAGE + 1));
	CHECK_EQ(private[3 * PAGE], 0);
	/* A hole behind the end, and one over it: the size stays. */
	CHECK_OK(fallocate(fd, punch, 5 * PAGE + 10, 8 * PAGE));
	CHECK_OK(fallocate(fd, punch, 100 * PAGE, PAGE));
	CHECK_EQ(stat_of("a").st_size, 6 * PAGE);
	memset(wanted + 5 * PAGE + 10, 0, PAGE - 10);
	CHECK_MEM(p, wanted, sizeof(wanted));
	CHECK_OK(fsync(fd));
	CHECK_MEM(p, wanted, sizeof(wanted));
}
