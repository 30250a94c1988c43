// SPDX-License-Identifier: MIT
/*
 * mmap_shared_two_opens.c: Two processes that open and map the same file separately share its
 * pages.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct gate go = gate_make(), done = gate_make();
	char *p;
	pid_t pid;

	CHECK_OK(close(make_file("a", PAGE)));
	pid = fork_child();
	if (pid == 0) {
		int fd = CHECK_OK(open("a", O_RDWR));

		p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		p[10] = 'c';
		gate_give(done);
		gate_wait(go);
		CHECK_EQ(p[20], 'P');
		child_done();
	}
	p = CHECK_OK(mmap(
		NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, CHECK_OK(open("a", O_RDWR)), 0));
	gate_wait(done);
	CHECK_EQ(p[10], 'c');
	p[20] = 'P';
	gate_give(go);
	CHECK_EXITS(pid, 0);
}
