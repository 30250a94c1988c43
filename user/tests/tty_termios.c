// SPDX-License-Identifier: MIT
/*
 * tty_termios.c: A serial line of the guest: tcgetattr and tcsetattr keep what was set, the window
 * size can be set and read, FIONREAD answers. /dev/ttyS1 is the job's own line, so ttyS2's settings
 * are tried and put back. Only on Vellum, as root.
 */
#include "test.h"

TEST()
{
	struct termios old, raw, now;
	struct winsize size = { .ws_row = 33, .ws_col = 99 }, back;
	int fd, waiting;

	if (!on_vellum())
		skip("leaves the host's serial lines alone");
	need_root("it opens /dev/ttyS2");
	fd = CHECK_OK(open("/dev/ttyS2", O_RDWR | O_NOCTTY | O_NONBLOCK));
	CHECK_EQ(isatty(fd), 1);
	CHECK_OK(tcgetattr(fd, &old));
	raw = old;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 3;
	raw.c_cc[VTIME] = 2;
	CHECK_OK(tcsetattr(fd, TCSANOW, &raw));
	CHECK_OK(tcgetattr(fd, &now));
	CHECK_EQ(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	CHECK_EQ(now.c_oflag & OPOST, 0);
	CHECK_EQ(now.c_cc[VMIN], 3);
	CHECK_OK(ioctl(fd, TIOCSWINSZ, &size));
	CHECK_OK(ioctl(fd, TIOCGWINSZ, &back));
	CHECK_EQ(back.ws_row, 33);
	CHECK_EQ(back.ws_col, 99);
	CHECK_OK(ioctl(fd, FIONREAD, &waiting));
	CHECK_OK(tcsetattr(fd, TCSADRAIN, &old));
	size = (struct winsize){ 0 };
	CHECK_OK(ioctl(fd, TIOCSWINSZ, &size));
}
