// SPDX-License-Identifier: MIT
/*
 * rename_atomic.c: While one process renames new files over a name again and again, another one
 * always finds a complete file there.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct gate ready = gate_make();
	pid_t pid;

	put_file("name", "00000000");
	pid = fork_child();
	if (pid == 0) {
		char text[20];

		gate_give(ready);
		do
			CHECK_EQ(read_text("name", text, sizeof(text)), 8);
		while (strcmp(text, "00000199") != 0);
		child_done();
	}
	gate_wait(ready);
	for (int i = 0; i < 200; i++) {
		char text[20];

		sprintf(text, "%08d", i);
		put_file("new", text);
		CHECK_OK(rename("new", "name"));
	}
	CHECK_EXITS(pid, 0);
}
