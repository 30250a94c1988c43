// SPDX-License-Identifier: MIT
/*
 * membarrier_commands.c: membarrier(2): QUERY names the commands; the private ones want to be
 * registered first, each by itself (EPERM); a fork inherits that, a new program does not have it.
 * EINVAL for flags and unknown commands.
 */
#include <linux/membarrier.h>

#include "test.h"

#define PRIVATE   MEMBARRIER_CMD_PRIVATE_EXPEDITED
#define REGISTER  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED
#define SYNC      MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
#define REG_SYNC  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
#define ALL_KINDS (MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | PRIVATE | REGISTER)

static long membarrier(int command, unsigned flags)
{
	return syscall(SYS_membarrier, command, flags, 0);
}

static int helper(int argc, char **argv)
{
	(void)argc, (void)argv;
	CHECK_ERR(membarrier(PRIVATE, 0), EPERM);
	return 0;
}
TEST_HELPER(helper)

TEST()
{
	long known = CHECK_OK(membarrier(MEMBARRIER_CMD_QUERY, 0));
	pid_t pid;

	CHECK_EQ(known & ALL_KINDS, ALL_KINDS);
	EXPECT_ERR(membarrier(MEMBARRIER_CMD_QUERY, 1), EINVAL);
	EXPECT_ERR(membarrier(PRIVATE, 1), EINVAL);
	EXPECT_ERR(membarrier(REGISTER, 1), EINVAL);
	EXPECT_ERR(membarrier(MEMBARRIER_CMD_GLOBAL, 2), EINVAL);
	EXPECT_ERR(membarrier(3, 0), EINVAL);
	EXPECT_ERR(membarrier(1 << 20, 0), EINVAL);
	EXPECT_ERR(membarrier(-1, 0), EINVAL);

	CHECK_OK(membarrier(MEMBARRIER_CMD_GLOBAL, 0));
	CHECK_OK(membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0));
	CHECK_OK(membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0));
	EXPECT_ERR(membarrier(PRIVATE, 0), EPERM);
	if (known & SYNC) {
		EXPECT_ERR(membarrier(SYNC, 0), EPERM);
		CHECK_OK(membarrier(REG_SYNC, 0));
		CHECK_OK(membarrier(SYNC, 0));
		EXPECT_ERR(membarrier(PRIVATE, 0), EPERM);
	}
	CHECK_OK(membarrier(REGISTER, 0));
	CHECK_OK(membarrier(REGISTER, 0));
	CHECK_OK(membarrier(PRIVATE, 0));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(membarrier(PRIVATE, 0));
		execl(test_self(), "test", "--helper", NULL);
		CHECK_FAILED("exec: %s", strerror(errno));
	}
	CHECK_EXITS(pid, 0);
}
