// SPDX-License-Identifier: MIT
/*
 * pty_open.c: Opening pseudo-terminals: numbers, the lock of the slave, its node in /dev/pts and
 * what becomes of it, settings that both ends share, the slave without a name (TIOCGPTPEER).
 */
#include "pty.h"

static void lock(void)
{
	char name[40];
	int master = open_master(name), locked = 1, state = 0, slave;

	CHECK_OK(ioctl(master, TIOCSPTLCK, &locked));
	CHECK_OK(ioctl(master, TIOCGPTLCK, &state));
	CHECK_EQ(state, 1);
	CHECK_ERR(open(name, O_RDWR | O_NOCTTY), EIO);
	locked = 0;
	CHECK_OK(ioctl(master, TIOCSPTLCK, &locked));
	slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	EXPECT_ERR(ioctl(slave, TIOCGPTN, &state), ENOTTY);
	EXPECT_ERR(ioctl(slave, TIOCSPTLCK, &locked), ENOTTY);
	close(slave);
	close(master);
}

static void node(void)
{
	char name[40], other[40];
	int master = open_master(name), master2 = open_master(other), slave;
	struct statfs fs;
	struct stat st;

	CHECK(strcmp(name, other) != 0);
	st = stat_of(name);
	CHECK_EQ(st.st_mode & S_IFMT, S_IFCHR);
	CHECK_EQ(major(st.st_rdev), 136);
	CHECK_EQ(minor(st.st_rdev), atoi(name + strlen("/dev/pts/")));
	CHECK_EQ(st.st_uid, geteuid());
	CHECK_OK(statfs("/dev/pts", &fs));
	CHECK_EQ(fs.f_type, 0x1cd1);
	CHECK_OK(chmod(name, 0642));
	CHECK_EQ(stat_of(name).st_mode & 07777, 0642);
	CHECK_ERR(open("/dev/pts/0x", O_RDONLY), ENOENT);
	CHECK_ERR(unlink(name), EPERM);
	slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	CHECK_EQ(isatty(master) && isatty(slave), 1);
	CHECK_OK(close(master));
	EXPECT_ERR(open(name, O_RDWR | O_NOCTTY), ENOENT); /* also while the slave is still open */
	CHECK_OK(close(slave));
	close(master2);
}

static void shared_settings(void)
{
	char name[40];
	int master = open_master(name), slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	struct winsize size = { .ws_row = 33, .ws_col = 77 }, got;
	struct termios settings;

	CHECK_OK(ioctl(slave, TIOCGWINSZ, &got));
	CHECK_EQ(got.ws_row + got.ws_col, 0);
	CHECK_OK(ioctl(master, TIOCSWINSZ, &size));
	CHECK_OK(ioctl(slave, TIOCGWINSZ, &got));
	CHECK_EQ(got.ws_row, 33);
	CHECK_EQ(got.ws_col, 77);
	CHECK_OK(tcgetattr(slave, &settings));
	CHECK_EQ(settings.c_iflag, ICRNL | IXON);
	CHECK_EQ(settings.c_oflag, OPOST | ONLCR);
	CHECK_EQ(
		settings.c_lflag, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
	settings.c_lflag &= ~ECHO;
	CHECK_OK(tcsetattr(master, TCSANOW, &settings));
	CHECK_OK(tcgetattr(slave, &settings));
	CHECK_EQ(settings.c_lflag & ECHO, 0);
	close(slave);
	close(master);
}

static void peer(void)
{
	char name[40], text[8];
	struct stat st;
	int master = open_master(name), slave;

	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(slave >= 0);
	CHECK_EQ(fcntl(slave, F_GETFD), FD_CLOEXEC);
	CHECK_OK(fstat(slave, &st));
	CHECK_EQ(st.st_rdev, stat_of(name).st_rdev);
	CHECK_EQ(write(slave, "hi", 2), 2);
	CHECK_EQ(read(master, text, sizeof(text)), 2);
	CHECK_MEM(text, "hi", 2);
	close(slave);
	close(master);
}

TEST()
{
	lock();
	node();
	shared_settings();
	peer();
}
