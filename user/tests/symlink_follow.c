// SPDX-License-Identifier: MIT
/*
 * symlink_follow.c: Symbolic links: followed in the middle and at the end of paths, relative to
 * their own directory, absolute ones, chains, loops (ELOOP), long targets; readlink cuts and does
 * not terminate.
 */
#include "test.h"

TEST_IN_DIR()
{
	char target[3000], back[4096], name[20], previous[20];

	CHECK_OK(mkdir("d", 0755));
	put_file("d/a", "in d");
	CHECK_OK(symlink("d", "to_d"));
	CHECK_OK(symlink("../to_d/a", "d/around"));
	CHECK_FILE("to_d/a", "in d");
	CHECK_FILE("to_d/around", "in d");
	CHECK_OK(symlink("/proc/self", "abs"));
	CHECK(read_text("abs/status", back, sizeof(back)) > 0);

	CHECK_OK(symlink("loop2", "loop1"));
	CHECK_OK(symlink("loop1", "loop2"));
	CHECK_OK(symlink("self", "self"));
	EXPECT_ERR(open("loop1", O_RDONLY), ELOOP);
	EXPECT_ERR(open("self", O_RDONLY), ELOOP);
	EXPECT_ERR(chdir("self/x"), ELOOP);

	strcpy(previous, "d/a");
	for (int i = 0; i < 41; i++) {
		sprintf(name, "chain%d", i);
		CHECK_OK(symlink(previous, name));
		strcpy(previous, name);
	}
	CHECK_FILE("chain39", "in d");
	EXPECT_ERR(open("chain40", O_RDONLY), ELOOP);

	memset(back, 'Z', sizeof(back));
	CHECK_EQ(readlink("d/around", back, sizeof(back)), 9);
	CHECK_MEM(back, "../to_d/aZ", 10);
	CHECK_EQ(readlink("d/around", back, 4), 4);
	EXPECT_ERR(readlink("d/a", back, 10), EINVAL);
	EXPECT_ERR(readlink("none", back, 10), ENOENT);
	EXPECT_ERR(syscall(SYS_readlink, "to_d", back, 0), EINVAL);
	EXPECT_ERR(symlink("x", "to_d"), EEXIST);
	EXPECT_ERR(symlink("", "empty"), ENOENT);
	EXPECT_ERR(symlink("x", "none/l"), ENOENT);

	/* Longer than fits into an inode, within a block of 1 KiB. */
	memset(target, 't', sizeof(target));
	target[60] = target[900] = '\0';
	CHECK_OK(symlink(target, "sixty"));
	CHECK_EQ(readlink("sixty", back, sizeof(back)), 60);
	target[60] = 't';
	CHECK_OK(symlink(target, "long"));
	CHECK_EQ(readlink("long", back, sizeof(back)), 900);
	CHECK_MEM(back, target, 900);
	CHECK_EQ(stat_of("long").st_size, 900);
}
