// SPDX-License-Identifier: MIT
/*
 * file_many.c: Two hundred files in one directory tree, written, checked and removed: contents do
 * not mix.
 */
#include "test.h"

TEST_IN_DIR()
{
	char name[40], text[40];

	for (int i = 0; i < 10; i++) {
		sprintf(name, "d%d", i);
		CHECK_OK(mkdir(name, 0755));
		for (int n = 0; n < 20; n++) {
			sprintf(name, "d%d/f%d", i, n);
			sprintf(text, "contents of %d in %d", n, i);
			put_file(name, text);
		}
	}
	sync();
	for (int i = 9; i >= 0; i--) {
		for (int n = 19; n >= 0; n--) {
			sprintf(name, "d%d/f%d", i, n);
			sprintf(text, "contents of %d in %d", n, i);
			CHECK_FILE(name, text);
			CHECK_OK(unlink(name));
		}
		sprintf(name, "d%d", i);
		CHECK_OK(rmdir(name));
	}
}
