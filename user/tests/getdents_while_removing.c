// SPDX-License-Identifier: MIT
/*
 * getdents_while_removing.c: Removing the entries while reading the directory (rm -r does) misses
 * none.
 */
#include "test.h"

TEST_IN_DIR()
{
	char name[20];
	int nr = 0, round = 0;

	CHECK_OK(mkdir("d", 0755));
	for (int i = 0; i < 300; i++) {
		sprintf(name, "d/%d", i);
		put_file(name, "");
	}
	CHECK_OK(chdir("d"));
	for (int found = 1; found; round++) {
		DIR *dir = opendir(".");
		struct dirent *entry;

		found = 0;
		CHECK(dir != NULL);
		while ((entry = readdir(dir)) != NULL)
			if (entry->d_name[0] != '.') {
				CHECK_OK(unlink(entry->d_name));
				found = 1;
				nr++;
			}
		closedir(dir);
	}
	CHECK_EQ(nr, 300);
	CHECK_EQ(round, 2);
	CHECK_OK(chdir(".."));
	CHECK_OK(rmdir("d"));
}
