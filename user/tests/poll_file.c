// SPDX-License-Identifier: MIT
/*
 * poll_file.c: Regular files, directories' neighbours /dev/null and /dev/zero are always ready.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct pollfd p[2] = { { .events = POLLIN | POLLOUT }, { .events = POLLIN | POLLOUT } };

	p[0].fd = make_file("a", 0);
	p[1].fd = CHECK_OK(open("/dev/null", O_RDWR));
	CHECK_EQ(poll(p, 2, -1), 2);
	CHECK_EQ(p[0].revents, POLLIN | POLLOUT);
	CHECK_EQ(p[1].revents, POLLIN | POLLOUT);
}
