// SPDX-License-Identifier: MIT
/*
 * proc_owner_reopened.c: Whether a file of /proc/PID may be opened goes by whom the process belongs
 * to now, though somebody has had the file open since it was another's.
 */
#include "test.h"

#include <sys/prctl.h>

static pid_t pid;

static int open_of(const char *name, int flags)
{
	char path[64];

	sprintf(path, "/proc/%d/%s", pid, name);
	return open(path, flags, 0600);
}

static int try_open(const char *name, int flags)
{
	int fd = open_of(name, flags), err = errno;

	if (fd >= 0)
		close(fd);
	return fd < 0 ? err : 0;
}

/* What another user gets. */
static void expect_as_other(int error)
{
	pid_t other = fork_child();

	if (other == 0) {
		become_other();
		EXPECT_EQ(try_open("environ", O_RDONLY), error);
		EXPECT_EQ(try_open("personality", O_RDONLY), error);
		EXPECT_EQ(try_open("fd", O_RDONLY), error);
		EXPECT_EQ(try_open("fd/0", O_RDONLY), error);
		EXPECT_EQ(try_open("oom_score_adj", O_WRONLY | O_CREAT), error);
		child_done();
	}
	CHECK_EXITS(other, 0);
}

TEST()
{
	struct gate go = gate_make(), done = gate_make();
	int held[4];

	need_root("to change its user");
	pid = fork_child();
	if (pid == 0) {
		gate_wait(go);
		become_other();
		CHECK_OK(prctl(PR_SET_DUMPABLE, 1));
		gate_give(done);
		gate_wait(go);
		CHECK_OK(prctl(PR_SET_DUMPABLE, 0));
		gate_give(done);
		gate_wait(go);
		child_done();
	}
	held[0] = CHECK_OK(open_of("environ", O_RDONLY));
	held[1] = CHECK_OK(open_of("personality", O_RDONLY));
	held[2] = CHECK_OK(open_of("fd", O_RDONLY));
	held[3] = CHECK_OK(open_of("oom_score_adj", O_WRONLY));
	expect_as_other(EACCES);
	gate_give(go);
	gate_wait(done);
	expect_as_other(0);
	gate_give(go);
	gate_wait(done);
	expect_as_other(EACCES);
	for (size_t i = 0; i < NR_ITEMS(held); i++)
		CHECK_OK(close(held[i]));
	gate_give(go);
	CHECK_EXITS(pid, 0);
}
