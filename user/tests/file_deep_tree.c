// SPDX-License-Identifier: MIT
/*
 * file_deep_tree.c: A tree 60 directories deep: made, walked down by one long path, up by "..", and
 * removed.
 */
#include "test.h"

#define DEPTH 60

TEST_IN_DIR()
{
	char path[DEPTH * 10] = "", top[PATH_MAX], back[PATH_MAX];

	CHECK(getcwd(top, sizeof(top)) != NULL);
	for (int i = 0; i < DEPTH; i++) {
		sprintf(path + strlen(path), "%slevel%d", i ? "/" : "", i);
		CHECK_OK(mkdir(path, 0755));
	}
	CHECK_OK(chdir(path));
	put_file("bottom", "deep");
	for (int i = 0; i < DEPTH; i++)
		CHECK_OK(chdir(".."));
	CHECK(getcwd(back, sizeof(back)) != NULL);
	CHECK_STR(back, top);
	strcat(path, "/bottom");
	CHECK_FILE(path, "deep");
	for (int i = 0; i <= DEPTH; i++) {
		char *slash = strrchr(path, '/');

		CHECK_OK(i == 0 ? unlink(path) : rmdir(path));
		if (slash)
			*slash = '\0';
	}
}
