// SPDX-License-Identifier: MIT
/*
 * proc_owner.c: What is in /proc/PID belongs to the process's effective user and group as they are
 * now; to root, but for the directories that all may list, if the process is a zombie or not
 * "dumpable" (proc(5)).
 */
#include "test.h"

#include <sys/prctl.h>

static struct gate done, go;
static pid_t pid;

static uid_t owner_of(const char *name)
{
	char path[60];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d%s", pid, name);
	st = stat_of(path);
	CHECK_EQ(st.st_gid, st.st_uid ? OTHER_GID : 0);
	return st.st_uid;
}

static void owners(uid_t of_lists, uid_t of_rest)
{
	static const char *const lists[] = { "", "/task", "/fdinfo" }, *const rest[] = { "/status",
		"/fd", "/environ", "/exe", "/maps" };

	for (size_t i = 0; i < NR_ITEMS(lists); i++)
		EXPECT_EQ(owner_of(lists[i]), of_lists);
	for (size_t i = 0; i < NR_ITEMS(rest); i++)
		EXPECT_EQ(owner_of(rest[i]), of_rest);
}

TEST()
{
	char path[60];
	struct stat st;
	int dir, status;

	need_root("to change its user");
	done = gate_make();
	go = gate_make();
	pid = fork_child();
	if (pid == 0) {
		gate_wait(go);
		become_other();
		gate_give(done);
		gate_wait(go);
		CHECK_OK(prctl(PR_SET_DUMPABLE, 1));
		gate_give(done);
		gate_wait(go);
		child_done();
	}
	owners(0, 0);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	dir = CHECK_OK(open(path, O_RDONLY));
	strcat(path, "/status");
	status = CHECK_OK(open(path, O_RDONLY));
	gate_give(go);
	gate_wait(done);
	owners(OTHER_UID, 0);
	gate_give(go);
	gate_wait(done);
	owners(OTHER_UID, OTHER_UID);
	CHECK_OK(fstat(dir, &st));
	CHECK_EQ(st.st_uid, OTHER_UID);
	CHECK_OK(fstat(status, &st));
	CHECK_EQ(st.st_uid, OTHER_UID);
	close(status);
	close(dir);
	gate_give(go);
	CHECK_OK(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
	owners(OTHER_UID, 0);
	CHECK_EXITS(pid, 0);
}
