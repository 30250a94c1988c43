// SPDX-License-Identifier: MIT
/*
 * kill_all_without_permission.c: kill(-1) by somebody who may signal nobody is no error, as Linux has it;
 * a signal that there is not is one.
 */
#include "test.h"

static void as_other(void)
{
	become_other();
	EXPECT_EQ(kill(-1, 0), 0);
	EXPECT_ERR(kill(-1, 65), EINVAL);
	EXPECT_ERR(kill(1, 0), EPERM);
}

TEST()
{
	need_root("to become a user without processes");
	in_child(as_other);
}
