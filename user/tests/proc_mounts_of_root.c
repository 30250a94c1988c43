// SPDX-License-Identifier: MIT
/*
 * proc_mounts_of_root.c: /proc/PID/mounts and mountinfo name what the process can reach from its
 * own root, not the reader's; a zombie has none (EINVAL).
 */
#include "test.h"

static struct gate ready, end;

static ssize_t length_of(pid_t pid, const char *name)
{
	static char text[1 << 16];
	char path[60];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return read_text(path, text, sizeof(text));
}

TEST_IN_DIR()
{
	char path[60];
	pid_t pid;

	need_root("to change a root");
	ready = gate_make();
	end = gate_make();
	CHECK_OK(mkdir("root", 0755));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(chroot("root"));
		gate_give(ready);
		gate_wait(end);
		child_done();
	}
	gate_wait(ready);
	CHECK_EQ(length_of(pid, "mounts"), 0);
	CHECK_EQ(length_of(pid, "mountinfo"), 0);
	CHECK(length_of(getpid(), "mounts") > 0);
	CHECK(length_of(getpid(), "mountinfo") > 0);
	gate_give(end);
	CHECK_OK(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
	snprintf(path, sizeof(path), "/proc/%d/mounts", pid);
	CHECK_ERR(open(path, O_RDONLY), EINVAL);
	CHECK_EXITS(pid, 0);
}
