// SPDX-License-Identifier: MIT
/*
 * mmap_unlinked_file.c: A mapping keeps its file alive after unlink and close: contents, writing,
 * and sharing with a child.
 */
#include "test.h"

TEST_IN_DIR()
{
	unsigned char wanted[2 * PAGE];
	int fd = make_file("a", 2 * PAGE);
	unsigned char *p =
		CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	struct map_line line;
	pid_t pid;

	fill_pattern(wanted, 0, sizeof(wanted));
	CHECK_OK(unlink("a"));
	CHECK_OK(close(fd));
	CHECK_MEM(p, wanted, sizeof(wanted));
	pid = fork_child();
	if (pid == 0) {
		p[PAGE] = 0x42;
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(p[PAGE], 0x42);
	CHECK(map_of(p, &line));
	CHECK(strstr(line.path, "/a (deleted)") != NULL);
}
