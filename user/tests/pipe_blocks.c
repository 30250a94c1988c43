// SPDX-License-Identifier: MIT
/*
 * pipe_blocks.c: A reader sleeps until bytes come, a writer to a full pipe until there is room; a
 * megabyte goes through whole.
 */
#include "test.h"

#define SIZE (1 << 20)

TEST()
{
	static unsigned char block[10000];
	int fds[2];
	size_t at = 0;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(close(fds[0]));
		while (at < SIZE) {
			size_t part = SIZE - at < sizeof(block) ? SIZE - at : sizeof(block);

			fill_pattern(block, at, part);
			CHECK_EQ(write(fds[1], block, part), part);
			at += part;
		}
		child_done();
	}
	CHECK_OK(close(fds[1]));
	sleep_ms(20);
	for (;;) {
		ssize_t got = CHECK_OK(read(fds[0], block, 7777));

		if (got == 0)
			break;
		for (ssize_t i = 0; i < got; i++)
			CHECK_EQ(block[i], pattern_byte(at + i));
		at += got;
	}
	CHECK_EQ(at, SIZE);
	CHECK_EXITS(pid, 0);
}
