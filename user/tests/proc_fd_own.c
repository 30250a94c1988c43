// SPDX-License-Identifier: MIT
/*
 * proc_fd_own.c: A process that must not be looked into ("dumpable" no more, its files in /proc are
 * root's) still has its own descriptors in /proc/self/fd and fdinfo, but not its environ; and others of
 * its new user have neither.
 */
#include "test.h"

static void has(pid_t pid, int fd, bool may)
{
	char path[60], target[100];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	EXPECT_EQ(open(path, O_RDONLY) >= 0, may);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	EXPECT_EQ(readlink(path, target, sizeof(target)) > 0, may);
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	EXPECT_EQ(open(path, O_RDONLY) >= 0, may);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 10);
	struct gate ready, done;
	struct stat st;
	char path[60];
	pid_t pid, other;

	need_root("to change its user");
	CHECK_OK(chmod(".", 0755));
	ready = gate_make();
	done = gate_make();
	pid = fork_child();
	if (pid == 0) {
		become_other();
		CHECK_EQ(stat_of("/proc/self/fd").st_uid, 0);
		has(getpid(), fd, true);
		EXPECT_ERR(open("/proc/self/environ", O_RDONLY), EACCES);
		gate_give(ready);
		gate_wait(done);
		child_done();
	}
	gate_wait(ready);
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	CHECK_OK(stat(path, &st));
	CHECK_EQ(st.st_mode & 0777, 0444);
	other = fork_child();
	if (other == 0) {
		become_other();
		has(pid, fd, false);
		child_done();
	}
	CHECK_EXITS(other, 0);
	gate_give(done);
	CHECK_EXITS(pid, 0);
}
