// SPDX-License-Identifier: MIT
/*
 * uname_fields.c: uname fills its six texts; the machine is x86_64; sethostname changes the node's
 * name, for root.
 */
#include "test.h"

TEST()
{
	struct utsname name, again;
	pid_t pid;

	CHECK_OK(uname(&name));
	CHECK_STR(name.machine, "x86_64");
	CHECK(name.sysname[0] && name.nodename[0] && name.release[0] && name.version[0]);
	if (geteuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(sethostname("x", 1), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	if (!on_vellum())
		return; /* not the referee's name */
	CHECK_OK(sethostname("another", 7));
	CHECK_OK(uname(&again));
	CHECK_STR(again.nodename, "another");
	CHECK_OK(sethostname(name.nodename, strlen(name.nodename)));
	CHECK_ERR(sethostname("x", 65), EINVAL);
}
