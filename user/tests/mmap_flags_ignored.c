// SPDX-License-Identifier: MIT
/*
 * mmap_flags_ignored.c: Flags that only advise (MAP_NORESERVE, MAP_STACK, the old MAP_DENYWRITE and
 * MAP_EXECUTABLE) are accepted. MAP_SHARED_VALIDATE is MAP_SHARED that refuses unknown flags with
 * EOPNOTSUPP; with the other types unknown flags are ignored.
 */
#include "test.h"

#define UNKNOWN 0x800000

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), validate = 3;
	int prot = PROT_READ | PROT_WRITE;
	char *p;

	CHECK_OK(mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	CHECK_OK(mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
	CHECK_OK(mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_DENYWRITE | MAP_EXECUTABLE, fd, 0));
	CHECK_OK(mmap(NULL, PAGE, prot, MAP_PRIVATE | UNKNOWN, fd, 0));
	p = CHECK_OK(mmap(NULL, PAGE, prot, validate, fd, 0));
	p[0] = 'V';
	CHECK_EQ(pread(fd, p + 1, 1, 0), 1);
	CHECK_EQ(p[1], 'V');
	CHECK_ERR(mmap(NULL, PAGE, prot, validate | UNKNOWN, fd, 0), EOPNOTSUPP);
}
