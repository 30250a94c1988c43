// SPDX-License-Identifier: MIT
/*
 * mmap_dev_zero.c: /dev/zero can be mapped: private and shared mappings are fresh zeros; the shared
 * one is shared with children.
 */
#include "test.h"

TEST()
{
	int fd = CHECK_OK(open("/dev/zero", O_RDWR)), rw = PROT_READ | PROT_WRITE;
	char *private = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_PRIVATE, fd, 0));
	char *shared = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));
	char *another = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));
	pid_t pid;

	CHECK_ALL(private, 0, 2 * PAGE);
	pid = fork_child();
	if (pid == 0) {
		private[0] = shared[0] = shared[PAGE] = 1;
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(private[0], 0);
	CHECK_EQ(shared[0], 1);
	CHECK_EQ(shared[PAGE], 1);
	CHECK_EQ(another[0], 0);
}
