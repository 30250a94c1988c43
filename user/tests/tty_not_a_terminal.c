// SPDX-License-Identifier: MIT
/*
 * tty_not_a_terminal.c: Terminal requests on what is no terminal are ENOTTY; isatty says no;
 * TIOCGWINSZ on /dev/null too.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct termios termios;
	struct winsize size;
	int fd = make_file("a", 10), null = CHECK_OK(open("/dev/null", O_RDWR));

	EXPECT_ERR(tcgetattr(fd, &termios), ENOTTY);
	EXPECT_ERR(tcgetattr(null, &termios), ENOTTY);
	EXPECT_ERR(ioctl(fd, TIOCGWINSZ, &size), ENOTTY);
	EXPECT_ERR(ioctl(null, 0x1234abcd, &size), ENOTTY);
	EXPECT_ERR(ioctl(99, TIOCGWINSZ, &size), EBADF);
	EXPECT_EQ(isatty(fd), 0);
}
