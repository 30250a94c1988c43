// SPDX-License-Identifier: MIT
/*
 * madvise_pageout_rights.c: Who neither owns a file nor may write it can neither send its pages away
 * by MADV_PAGEOUT (it answers 0 and does nothing) nor see by mincore which of them are in memory (it
 * says all).
 */
#include "residence.h"

#define NR 16

TEST_IN_DIR()
{
	int fd, told;
	pid_t pid;
	char *p;

	need_root("to make a file of somebody else");
	fd = make_file("a", NR * PAGE);
	CHECK_OK(chmod("a", 0644));
	p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	CHECK_CAN(TOUCH_READ, p);
	CHECK_OK(fsync(fd));
	pid = fork_child();
	if (pid == 0) {
		become_other();
		CHECK_OK(munmap(p, NR * PAGE));
		fd = CHECK_OK(open("a", O_RDONLY));
		p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0));
		for (int i = 0; i < NR; i++)
			CHECK_CAN(TOUCH_READ, p + i * PAGE);
		CHECK_OK(madvise(p, NR * PAGE, MADV_PAGEOUT));
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(resident(p, NR), NR);
	CHECK_OK(munmap(p, NR * PAGE));

	told = drop_cache(fd, NR) ? NR : -1;
	pid = fork_child();
	if (pid == 0) {
		become_other();
		fd = CHECK_OK(open("a", O_RDONLY));
		p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0));
		CHECK(told < 0 || resident(p, NR) == told);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
