// SPDX-License-Identifier: MIT
/*
 * getdents_many.c: A directory of 10,000 entries: each is listed exactly once, found by name, and
 * the directory is empty again after removing them.
 */
#include "test.h"

#define NR 10000

static int list(char *seen)
{
	DIR *dir = opendir("d");
	struct dirent *entry;
	int nr = 0;

	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		int i;

		if (entry->d_name[0] == '.')
			continue;
		CHECK_EQ(sscanf(entry->d_name, "entry-%d", &i), 1);
		CHECK_EQ(seen[i]++, 0);
		nr++;
	}
	closedir(dir);
	return nr;
}

TEST_IN_DIR()
{
	static char seen[NR], again[NR];
	char name[40];
	int dir;

	CHECK_OK(mkdir("d", 0755));
	dir = CHECK_OK(open("d", O_RDONLY | O_DIRECTORY));
	put_file("file", "");
	for (int i = 0; i < NR; i++) {
		/* Hard links are much the quicker way to many entries; a tenth of them is real. */
		sprintf(name, "entry-%d", i);
		if (i % 10 == 0)
			CHECK_OK(close(
				CHECK_OK(openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600))));
		else
			CHECK_OK(linkat(AT_FDCWD, "file", dir, name, 0));
	}
	CHECK_EQ(list(seen), NR);
	CHECK_EQ(stat_of("d/entry-9999").st_nlink, NR - NR / 10 + 1);
	for (int i = 0; i < NR; i += 2) {
		sprintf(name, "entry-%d", i);
		CHECK_OK(unlinkat(dir, name, 0));
	}
	CHECK_EQ(list(again), NR / 2);
	for (int i = 1; i < NR; i += 2) {
		sprintf(name, "entry-%d", i);
		CHECK_OK(unlinkat(dir, name, 0));
	}
	CHECK_OK(rmdir("d"));
	CHECK_EQ(stat_of("file").st_nlink, 1);
}
