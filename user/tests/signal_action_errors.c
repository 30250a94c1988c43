// SPDX-License-Identifier: MIT
/*
 * signal_action_errors.c: sigaction: EINVAL for no signal, SIGKILL and SIGSTOP; asking for them is
 * allowed.
 */
#include "test.h"

TEST()
{
	struct sigaction action = { .sa_handler = SIG_IGN }, old;

	EXPECT_ERR(sigaction(0, &action, NULL), EINVAL);
	EXPECT_ERR(sigaction(65, &action, NULL), EINVAL);
	EXPECT_ERR(sigaction(-1, &action, NULL), EINVAL);
	EXPECT_ERR(sigaction(SIGKILL, &action, NULL), EINVAL);
	EXPECT_ERR(sigaction(SIGSTOP, &action, NULL), EINVAL);
	EXPECT_EQ(sigaction(SIGKILL, NULL, &old), 0);
	EXPECT_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), EINVAL);
}
