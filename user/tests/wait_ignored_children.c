// SPDX-License-Identifier: MIT
/*
 * wait_ignored_children.c: With SIGCHLD ignored (or SA_NOCLDWAIT) children leave no zombies, and
 * wait ends with ECHILD when all are gone.
 */
#include "test.h"

TEST()
{
	struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

	CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (int i = 0; i < 3; i++)
		if (fork_child() == 0)
			_exit(0);
	CHECK_ERR(wait(NULL), ECHILD);
	CHECK_OK(sigaction(SIGCHLD, &action, NULL));
	if (fork_child() == 0)
		_exit(0);
	CHECK_ERR(wait(NULL), ECHILD);
}
