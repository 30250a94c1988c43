// SPDX-License-Identifier: MIT
/*
 * pty_packet_mode.c: TIOCPKT: what the master reads begins with a byte: 0 before data, or what
 * happened to the slave: flushed queues, output stopped and started, whether ^S and ^Q do that.
 */
#include "pty.h"

static int master, slave;

static void expect_event(int event)
{
	unsigned char text[8] = { 0 };

	CHECK_EQ(poll_until(master, POLLPRI) & POLLPRI, POLLPRI);
	CHECK_EQ(read(master, text, sizeof(text)), 1);
	CHECK_EQ(text[0], event);
}

TEST()
{
	char name[40], text[8];
	struct termios settings;
	int on = 1, off = 0;

	master = open_master(name);
	slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	CHECK_OK(ioctl(master, TIOCPKT, &on));
	CHECK_ERR(ioctl(slave, TIOCPKT, &on), ENOTTY);
	CHECK_EQ(write(slave, "ab", 2), 2);
	CHECK_EQ(read(master, text, sizeof(text)), 3);
	CHECK_MEM(text, "\0ab", 3);
	CHECK_EQ(write(slave, "ef", 2), 2);
	CHECK_EQ(read(master, text, 1), 1); /* no room for what follows: it stays */
	CHECK_EQ(text[0], 0);
	CHECK_EQ(read(master, text, sizeof(text)), 3);
	CHECK_MEM(text, "\0ef", 3);
	CHECK_OK(tcflush(slave, TCIOFLUSH));
	expect_event(TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE);
	CHECK_OK(tcflow(slave, TCOOFF));
	expect_event(TIOCPKT_STOP);
	CHECK_OK(tcflow(slave, TCOON));
	expect_event(TIOCPKT_START);
	CHECK_OK(tcgetattr(slave, &settings));
	settings.c_iflag &= ~IXON;
	CHECK_OK(tcsetattr(slave, TCSANOW, &settings));
	expect_event(TIOCPKT_NOSTOP);
	settings.c_iflag |= IXON;
	CHECK_OK(tcsetattr(slave, TCSANOW, &settings));
	expect_event(TIOCPKT_DOSTOP);
	CHECK_OK(ioctl(master, TIOCPKT, &off));
	CHECK_EQ(write(slave, "cd", 2), 2);
	CHECK_EQ(read(master, text, sizeof(text)), 2);
	CHECK_MEM(text, "cd", 2);
}
