// SPDX-License-Identifier: MIT
/*
 * truncate_frees_blocks.c: The blocks of a file come back to the filesystem when it is truncated or
 * removed, as statfs shows: a file with double indirect blocks, twenty times.
 */
#include "test.h"

/* How many bytes fewer are free than before; other programs may use the same filesystem. */
static long used_since(const struct statfs *before)
{
	struct statfs now;

	sync();
	CHECK_OK(statfs(".", &now));
	return (long)(before->f_bfree - now.f_bfree) * before->f_bsize;
}

TEST_IN_DIR()
{
	struct statfs before;
	static char block[64 * 1024];

	memset(block, 'q', sizeof(block));
	sync();
	CHECK_OK(statfs(".", &before));
	for (int round = 0; round < 6; round++) {
		int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));

		for (int i = 0; i < 20; i++)
			CHECK_EQ(write(fd, block, sizeof(block)), sizeof(block));
		if (round == 0)
			WAIT_UNTIL(used_since(&before) > 1000 * 1000);
		if (round % 2)
			CHECK_OK(ftruncate(fd, 10));
		CHECK_OK(close(fd));
		CHECK_OK(unlink("a"));
	}
	WAIT_UNTIL(used_since(&before) < 1000 * 1000);
	if (on_vellum()) /* where nobody else is */
		WAIT_UNTIL(used_since(&before) <= 0);
}
