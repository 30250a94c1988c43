// SPDX-License-Identifier: MIT
/*
 * efault_terminals.c: Reads and writes of both ends of a pseudo-terminal with bad memory: a read
 * counts what could be stored (of what could not, more or less is lost); a write takes 2048 bytes at
 * a time, of all pieces together, and leaves out those that are not there whole.
 */
#include "pty.h"

static char *edge; /* memory ends here */
static char text[4096];

static void set_raw(int fd, bool raw)
{
	struct termios t;

	CHECK_OK(tcgetattr(fd, &t));
	cfmakeraw(&t);
	if (!raw)
		t.c_lflag |= ICANON;
	CHECK_OK(tcsetattr(fd, TCSANOW, &t));
}

/* Reads just these many bytes, and that there are no more. */
static void expect_bytes(int fd, int n)
{
	static char all[8192];

	for (int got, left = n; left > 0; left -= got)
		got = CHECK_OK(read(fd, all, left));
	sleep_ms(1);
	EXPECT_EQ(poll_now(fd, POLLIN), 0);
}

static void writes(int from, int to)
{
	struct iovec bad_end[3] = { { edge - 300, 50 }, { edge - 100, 200 }, { edge - 200, 10 } };
	struct iovec bad_last[3] = { { edge, 0 }, { edge - 200, 100 }, { edge, 10 } };

	EXPECT_ERR(write(from, edge, 10), EFAULT);
	EXPECT_ERR(write(from, edge - 10, 20), EFAULT);
	EXPECT_ERR(write(from, edge - 100, 200), EFAULT);
	EXPECT_ERR(writev(from, bad_end, 3), EFAULT);
	EXPECT_ERR(writev(from, bad_last, 3), EFAULT);
	EXPECT_EQ(write(from, edge, 0), 0);
	expect_bytes(to, 0);
}

static void writes_chunks(int from, int to)
{
	struct iovec pieces[3] = { { edge - 2000, 100 }, { edge - 1950, 2000 }, { edge, 10 } };

	EXPECT_EQ(write(from, edge - 2048, 2100), 2048);
	expect_bytes(to, 2048);
	EXPECT_EQ(write(from, edge - 3000, 3100), 2048);
	expect_bytes(to, 2048);
	pieces[1].iov_len = 1948;
	EXPECT_EQ(writev(from, pieces, 3), 2048);
	expect_bytes(to, 2048);
	pieces[1].iov_len = 1947;
	EXPECT_ERR(writev(from, pieces, 3), EFAULT);
	expect_bytes(to, 0);
}

static void flush(int fd)
{
	CHECK_OK(tcflush(fd, TCIFLUSH));
}

static void reads(int from, int to)
{
	struct iovec pieces[3] = { { text, 5 }, { edge - 10, 20 }, { text + 100, 200 } };
	struct iovec bad_third[3] = { { edge, 0 }, { text, 5 }, { edge, 20 } };
	static const int parts[] = { 1, 10, 63, 64, 65, 70, 199 };

	for (size_t i = 0; i < NR_ITEMS(parts); i++) {
		CHECK_EQ(write(from, text, 200), 200);
		poll_until(to, POLLIN);
		sleep_ms(1);
		EXPECT_EQ(read(to, edge - parts[i], 200), parts[i]);
		flush(to);
	}
	CHECK_EQ(write(from, text, 100), 100);
	poll_until(to, POLLIN);
	EXPECT_ERR(read(to, edge, 10), EFAULT);
	flush(to);
	CHECK_EQ(write(from, text, 200), 200);
	poll_until(to, POLLIN);
	sleep_ms(1);
	EXPECT_EQ(readv(to, pieces, 3), 15);
	flush(to);
	CHECK_EQ(write(from, text, 20), 20);
	poll_until(to, POLLIN);
	sleep_ms(1);
	EXPECT_EQ(readv(to, bad_third, 3), 5);
	flush(to);
	CHECK_EQ(write(from, text, 20), 20);
	poll_until(to, POLLIN);
	sleep_ms(1);
	EXPECT_EQ(read(to, edge, 0), 0);
	EXPECT_EQ(read(to, edge - 4, 4), 4);
	EXPECT_EQ(read(to, text, 16), 16);
}

static void packets(int master, int slave)
{
	int on = 1;

	CHECK_OK(ioctl(master, TIOCPKT, &on));
	CHECK_EQ(write(slave, text, 10), 10);
	poll_until(master, POLLIN);
	EXPECT_EQ(read(master, edge - 1, 11), 1);
	EXPECT_EQ(edge[-1], TIOCPKT_DATA);
	on = 0;
	CHECK_OK(ioctl(master, TIOCPKT, &on));
	flush(master);
}

static void ioctls(int master, int slave)
{
	static const struct {
		unsigned long request;
		int before_edge;
		bool of_master;
	} rows[] = { { TCGETS, 0, false }, { TCGETS, 20, false }, { TCSETS, 20, false },
		{ TIOCGWINSZ, 4, false }, { TIOCSWINSZ, 4, false }, { FIONREAD, 0, false },
		{ TIOCOUTQ, 0, false }, { TIOCSPGRP, 0, false }, { TIOCGPTN, 0, true },
		{ TIOCSPTLCK, 0, true }, { TIOCPKT, 0, true } };

	for (size_t i = 0; i < NR_ITEMS(rows); i++)
		EXPECT_ERR(ioctl(rows[i].of_master ? master : slave, rows[i].request,
				   edge - rows[i].before_edge),
			EFAULT);
}

TEST()
{
	char name[40];
	int master = open_master(name), slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));

	edge = map_anon(2, PROT_READ | PROT_WRITE) + PAGE;
	CHECK_OK(munmap(edge, PAGE));
	memset(edge - PAGE, 'x', PAGE);
	memset(text, 'x', sizeof(text));
	set_raw(slave, true);
	writes(slave, master);
	writes(master, slave);
	writes_chunks(slave, master);
	reads(slave, master);
	reads(master, slave);
	packets(master, slave);
	ioctls(master, slave);
	close(master);
	EXPECT_ERR(write(slave, edge, 10), EIO);
	close(slave);
	CHECK_OK(munmap(edge - PAGE, PAGE));
}
