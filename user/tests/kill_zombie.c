// SPDX-License-Identifier: MIT
/*
 * kill_zombie.c: A zombie keeps its user: another one may not send it a signal (EPERM), its own one
 * may, though nothing happens.
 */
#include "test.h"

TEST()
{
	pid_t zombie, asker;
	siginfo_t info;

	need_root("it changes its user");
	zombie = fork_child();
	if (zombie == 0) {
		become_other();
		child_done();
	}
	CHECK_OK(waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT));
	asker = fork_child();
	if (asker == 0) {
		CHECK_OK(setuid(OTHER_UID + 1));
		CHECK_ERR(kill(zombie, 0), EPERM);
		CHECK_ERR(kill(zombie, SIGKILL), EPERM);
		child_done();
	}
	CHECK_EXITS(asker, 0);
	asker = fork_child();
	if (asker == 0) {
		become_other();
		CHECK_OK(kill(zombie, 0));
		CHECK_OK(kill(zombie, SIGTERM));
		child_done();
	}
	CHECK_EXITS(asker, 0);
	CHECK_EXITS(zombie, 0);
}
