// SPDX-License-Identifier: MIT
/*
 * permissions_setgid_directory.c: Files made in a directory with the set-group-id bit get the
 * directory's group; subdirectories get the bit too.
 */
#include "test.h"

TEST_IN_DIR()
{
	need_root("it gives a directory to another group");
	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(chown("d", 0, OTHER_GID));
	CHECK_OK(chmod("d", 02755));
	put_file("d/a", "");
	CHECK_OK(mkdir("d/e", 0755));
	CHECK_EQ(stat_of("d/a").st_gid, OTHER_GID);
	CHECK_EQ(stat_of("d/e").st_gid, OTHER_GID);
	CHECK_EQ(stat_of("d/e").st_mode & 07777, 02755);
}
