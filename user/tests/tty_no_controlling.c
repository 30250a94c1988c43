// SPDX-License-Identifier: MIT
/*
 * tty_no_controlling.c: A session without a controlling terminal: /dev/tty is ENXIO, and its number
 * in /proc/self/stat is 0.
 */
#include "test.h"

TEST()
{
	pid_t pid = fork_child();

	if (pid == 0) {
		char text[1024], *at;
		int tty = -1;

		CHECK(setsid() > 0);
		CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
		read_text("/proc/self/stat", text, sizeof(text));
		at = strrchr(text, ')');
		CHECK(at != NULL);
		CHECK_EQ(sscanf(at, ") %*c %*d %*d %*d %d", &tty), 1);
		CHECK_EQ(tty, 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
