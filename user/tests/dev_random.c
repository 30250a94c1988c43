// SPDX-License-Identifier: MIT
/*
 * dev_random.c: /dev/random, /dev/urandom and getrandom give bytes that differ from one call to the
 * next; getrandom's flags.
 */
#include "test.h"

TEST()
{
	static const char *const names[] = { "/dev/random", "/dev/urandom" };
	char a[64], b[64];

	for (size_t i = 0; i < 2; i++) {
		int fd = CHECK_OK(open(names[i], O_RDWR));

		CHECK_EQ(read(fd, a, 64), 64);
		CHECK_EQ(read(fd, b, 64), 64);
		CHECK(memcmp(a, b, 64) != 0);
		CHECK(write(fd, a, 64) == 64);
	}
	CHECK_EQ(syscall(SYS_getrandom, a, 64, 0), 64);
	CHECK_EQ(syscall(SYS_getrandom, b, 64, 1), 64);
	CHECK(memcmp(a, b, 64) != 0);
	CHECK_ERR(syscall(SYS_getrandom, a, 64, 0x100), EINVAL);
	CHECK_EQ(syscall(SYS_getrandom, a, 0, 0), 0);
}
