// SPDX-License-Identifier: MIT
/*
 * exec_lazily.c: A program is mapped, not read: its file shows in /proc/self/maps as text and data,
 * and the bss behind the data is zeros.
 */
#include "test.h"

static char bss[50 * PAGE];
static char data[3 * PAGE] = { 1 };

TEST()
{
	struct map_line line;
	char self[PATH_MAX];

	snprintf(self, sizeof(self), "%s", test_self());
	CHECK(map_of((char *)&test_body, &line));
	CHECK_STR(line.path, self);
	CHECK_STR(line.perms, "r-xp");
	CHECK(map_of(data + PAGE, &line));
	CHECK_STR(line.path, self);
	CHECK_STR(line.perms, "rw-p");
	CHECK_EQ(line.inode, stat_of(self).st_ino);
	CHECK_ALL(bss, 0, sizeof(bss));
	CHECK(map_of(bss + 40 * PAGE, &line));
	CHECK_EQ(line.inode, 0);
	CHECK_EQ(data[0], 1);
	data[PAGE] = bss[0] = 1;
}
