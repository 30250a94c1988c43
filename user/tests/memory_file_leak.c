// SPDX-License-Identifier: MIT
/*
 * memory_file_leak.c: Files made, written, mapped and removed a hundred times leave nothing behind.
 */
#include "test.h"

TEST_IN_DIR()
{
	for (int i = 0; i < 100; i++) {
		int fd = make_file("a", 10 * PAGE);
		char *p =
			CHECK_OK(mmap(NULL, 10 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

		memset(p, i, 10 * PAGE);
		CHECK_OK(munmap(p, 10 * PAGE));
		CHECK_OK(close(fd));
		CHECK_OK(mkdir("d", 0755));
		CHECK_OK(rename("a", "d/b"));
		CHECK_OK(unlink("d/b"));
		CHECK_OK(rmdir("d"));
	}
}
