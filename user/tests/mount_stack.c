// SPDX-License-Identifier: MIT
/*
 * mount_stack.c: Mounts over mounts: the last one is seen, and unmounting uncovers them one by one;
 * a mount inside makes the outer one busy.
 */
#include "test.h"

TEST_IN_DIR()
{
	need_root("it mounts");
	CHECK_OK(mkdir("m", 0755));
	if (mount("one", "m", "tmpfs", 0, NULL) < 0 && !on_vellum())
		skip("mount: %s", strerror(errno));
	put_file("m/one", "");
	CHECK_OK(mount("two", "m", "tmpfs", 0, NULL));
	put_file("m/two", "");
	CHECK(!exists("m/one"));
	CHECK_OK(umount("m"));
	CHECK(exists("m/one") && !exists("m/two"));
	CHECK_OK(mkdir("m/inner", 0755));
	CHECK_OK(mount("three", "m/inner", "tmpfs", 0, NULL));
	put_file("m/inner/three", "");
	EXPECT_ERR(umount("m"), EBUSY);
	CHECK_OK(umount("m/inner"));
	CHECK_OK(umount("m"));
	CHECK(!exists("m/one"));
}
