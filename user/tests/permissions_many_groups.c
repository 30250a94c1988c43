// SPDX-License-Identifier: MIT
/*
 * permissions_many_groups.c: A process has up to 65536 supplementary groups, each of which counts;
 * more, or the number -1, is EINVAL; a child has them too.
 */
#include "test.h"

#define MOST 65536

static gid_t groups[MOST + 1], back[MOST];

static void reads_by_group(void)
{
	CHECK_OK(setgid(OTHER_GID));
	CHECK_OK(setuid(OTHER_UID));
	CHECK_EQ(getgroups(0, NULL), MOST);
	CHECK_OK(close(open("first", O_RDONLY)));
	CHECK_OK(close(open("last", O_RDONLY)));
	EXPECT_ERR(open("none", O_RDONLY), EACCES);
}

static void sets(void)
{
	CHECK_ERR(setgroups(MOST + 1, groups), EINVAL);
	CHECK_ERR(syscall(SYS_setgroups, -1, groups), EINVAL);
	CHECK_ERR(syscall(SYS_setgroups, 3, 16), EFAULT);
	CHECK_OK(syscall(SYS_setgroups, MOST, groups));
	CHECK_ERR(getgroups(MOST - 1, back), EINVAL);
	CHECK_ERR(syscall(SYS_getgroups, MOST, 16), EFAULT);
	CHECK_EQ(getgroups(MOST, back), MOST);
	for (int i = 0; i < MOST; i++) /* Linux sorts them */
		CHECK_EQ(back[i], 100000 + i);
	in_child(reads_by_group);
	groups[3] = -1;
	CHECK_ERR(syscall(SYS_setgroups, 10, groups), EINVAL);
	CHECK_EQ(getgroups(0, NULL), MOST);
	CHECK_OK(syscall(SYS_setgroups, 0, NULL));
	CHECK_EQ(getgroups(0, NULL), 0);
}

TEST_IN_DIR()
{
	static const struct {
		const char *name;
		gid_t gid;
	} files[] = { { "first", 100000 }, { "last", 100000 + MOST - 1 },
		{ "none", 100000 + MOST } };

	need_root("it sets supplementary groups");
	CHECK_OK(chmod(".", 0755));
	for (size_t i = 0; i < NR_ITEMS(files); i++) {
		put_file(files[i].name, "x");
		CHECK_OK(chown(files[i].name, 0, files[i].gid));
		CHECK_OK(chmod(files[i].name, 0040));
	}
	for (unsigned i = 0; i < MOST; i++) /* each once, out of order */
		groups[i] = 100000 + i * 40503 % MOST;
	in_child(sets);
}
