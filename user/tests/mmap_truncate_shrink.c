// SPDX-License-Identifier: MIT
/*
 * mmap_truncate_shrink.c: Truncating a file takes its pages out of every mapping at once: SIGBUS
 * behind the new end, in another process as well, and private copies go too.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *shared = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_SHARED, fd, 0));
	char *private = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_PRIVATE, fd, 0));
	struct gate touched = gate_make(), cut = gate_make();
	pid_t pid = fork_child();

	if (pid == 0) {
		shared[3 * PAGE] = 'c';
		gate_give(touched);
		gate_wait(cut);
		CHECK_FAULT(TOUCH_READ, shared + 3 * PAGE, SIGBUS, BUS_ADRERR);
		CHECK_CAN(TOUCH_READ, shared + PAGE);
		child_done();
	}
	private[0] = private[3 * PAGE] = 'p';
	gate_wait(touched);
	CHECK_EQ(shared[3 * PAGE], 'c');
	CHECK_OK(ftruncate(fd, PAGE + 10));
	gate_give(cut);
	CHECK_EXITS(pid, 0);
	CHECK_FAULT(TOUCH_WRITE, shared + 2 * PAGE, SIGBUS, BUS_ADRERR);
	CHECK_FAULT(TOUCH_READ, private + 3 * PAGE, SIGBUS, BUS_ADRERR);
	CHECK_EQ(private[0], 'p');
	CHECK_CAN(TOUCH_WRITE, shared + PAGE);

	/* The page of the new end is zeroed behind it. */
	CHECK_ALL(shared + PAGE + 10, 0, PAGE - 10);
}
