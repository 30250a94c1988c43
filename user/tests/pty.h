/* SPDX-License-Identifier: MIT */
/* What the tests of pseudo-terminals share. */
#ifndef PTY_H
#define PTY_H

#include "test.h"

/* A new master, its slave unlocked; *name: the slave's. Skips where there are none. */
TEST_HELPER_FN int open_master(char name[static 40])
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), number, unlock = 0;

	if (master < 0)
		skip("no pseudo-terminals here");
	CHECK_OK(ioctl(master, TIOCSPTLCK, &unlock));
	CHECK_OK(ioctl(master, TIOCGPTN, &number));
	sprintf(name, "/dev/pts/%d", number);
	if (!exists(name))
		skip("%s is not there", name);
	return master;
}

/* The events of a file now, of these. */
TEST_HELPER_FN int poll_now(int fd, int events)
{
	struct pollfd p = { fd, events, 0 };

	CHECK_OK(poll(&p, 1, 0));
	return p.revents;
}

/* Waits until the file has one of these events. */
TEST_HELPER_FN int poll_until(int fd, int events)
{
	struct pollfd p = { fd, events, 0 };

	CHECK_EQ(poll(&p, 1, -1), 1);
	return p.revents;
}

#endif
