// SPDX-License-Identifier: MIT
/*
 * rename_noreplace.c: renameat2: RENAME_NOREPLACE refuses an existing target; unknown flags are
 * EINVAL.
 */
#include "test.h"

#define NOREPLACE 1

static long renameat2_(const char *from, const char *to, unsigned flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

TEST_IN_DIR()
{
	put_file("a", "A");
	put_file("b", "B");
	CHECK_ERR(renameat2_("a", "b", NOREPLACE), EEXIST);
	CHECK_FILE("b", "B");
	CHECK_OK(renameat2_("a", "c", NOREPLACE));
	CHECK_FILE("c", "A");
	CHECK_ERR(renameat2_("b", "d", 0x80), EINVAL);
	CHECK_OK(renameat2_("b", "c", 0));
	CHECK_FILE("c", "B");
}
