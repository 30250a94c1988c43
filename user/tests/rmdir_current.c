// SPDX-License-Identifier: MIT
/*
 * rmdir_current.c: A directory that is removed while it is some process's current one: it is empty,
 * nothing can be made in it, and it goes away with its last user.
 */
#include "test.h"

TEST_IN_DIR()
{
	char buffer[512];
	DIR *dir;
	struct dirent *entry;

	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(chdir("d"));
	CHECK_OK(rmdir("../d"));
	EXPECT_ERR(open("a", O_WRONLY | O_CREAT, 0600), ENOENT);
	EXPECT_ERR(mkdir("e", 0700), ENOENT);
	EXPECT_ERR(syscall(SYS_getcwd, buffer, sizeof(buffer)), ENOENT);
	CHECK_EQ(stat_of(".").st_nlink, 0);
	dir = opendir(".");
	if (dir) {
		while ((entry = readdir(dir)) != NULL)
			CHECK_FAILED("there is still an entry: %s", entry->d_name);
		closedir(dir);
	}
	CHECK_OK(chdir(".."));
	CHECK(!exists("d"));
}
