// SPDX-License-Identifier: MIT
/*
 * fifo_named.c: A named pipe: open waits for the other side, bytes go through, EOF when the writers
 * are gone, ENXIO for O_NONBLOCK writers without a reader.
 */
#include "test.h"

TEST_IN_DIR()
{
	char back[10];
	pid_t pid;
	int fd;

	CHECK_OK(mkfifo("f", 0600));
	CHECK_EQ(S_ISFIFO(stat_of("f").st_mode), 1);
	EXPECT_ERR(mkfifo("f", 0600), EEXIST);
	EXPECT_ERR(open("f", O_WRONLY | O_NONBLOCK), ENXIO);
	pid = fork_child();
	if (pid == 0) {
		fd = CHECK_OK(open("f", O_WRONLY));
		CHECK_EQ(write(fd, "through", 7), 7);
		child_done();
	}
	fd = CHECK_OK(open("f", O_RDONLY));
	CHECK_EQ(read(fd, back, sizeof(back)), 7);
	CHECK_MEM(back, "through", 7);
	CHECK_EQ(read(fd, back, sizeof(back)), 0);
	CHECK_EXITS(pid, 0);
}
