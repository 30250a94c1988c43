// SPDX-License-Identifier: MIT
/*
 * open_append_processes.c: Four processes append lines to one file at the same time: none is lost
 * or torn.
 */
#include "test.h"

#define NR    4
#define LINES 50

TEST_IN_DIR()
{
	pid_t pids[NR];
	static char text[NR * LINES * 8 + 1];
	int seen[NR] = { 0 };

	put_file("log", "");
	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			int fd = CHECK_OK(open("log", O_WRONLY | O_APPEND));

			for (int n = 0; n < LINES; n++) {
				char line[9];

				snprintf(line, sizeof(line), "%d:%05d\n", i, n);
				CHECK_EQ(write(fd, line, 8), 8);
			}
			child_done();
		}
	}
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
	CHECK_EQ(read_text("log", text, sizeof(text)), NR * LINES * 8);
	for (char *p = text; *p; p += 8) {
		int who, n;

		CHECK_EQ(sscanf(p, "%d:%d\n", &who, &n), 2);
		CHECK_EQ(n, seen[who]++);
	}
}
