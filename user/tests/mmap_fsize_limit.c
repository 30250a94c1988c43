// SPDX-License-Identifier: MIT
/*
 * mmap_fsize_limit.c: RLIMIT_FSIZE bounds the size of files, memory files too, but no mapping: shared
 * anonymous memory may be larger, and stores through a mapping go on within the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct rlimit limit = { 2 * PAGE, 2 * PAGE };
	int fd = make_file("a", 2 * PAGE), memfd = CHECK_OK(memfd_create("b", 0));
	char *p;

	signal(SIGXFSZ, SIG_IGN);
	CHECK_OK(setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT_ERR(ftruncate(fd, 3 * PAGE), EFBIG);
	EXPECT_ERR(ftruncate(memfd, 3 * PAGE), EFBIG);
	EXPECT_ERR(pwrite(memfd, "a", 1, 2 * PAGE), EFBIG);
	EXPECT_EQ(pwrite(memfd, "ab", 2, 2 * PAGE - 1), 1);
	p = map_shared(4);
	p[3 * PAGE] = 1;
	p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	p[2 * PAGE - 1] = 1;
	CHECK_FAULT(TOUCH_WRITE, p + 2 * PAGE, SIGBUS, BUS_ADRERR);
	signal(SIGXFSZ, SIG_DFL);
	CHECK_KILLS(SIGXFSZ, ftruncate(fd, 3 * PAGE));
}
