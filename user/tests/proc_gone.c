// SPDX-License-Identifier: MIT
/*
 * proc_gone.c: Files of /proc/PID that were opened while the process was there: of a zombie they still
 * tell (one thread, no memory); once it was waited for, reading and writing is ESRCH, and what was told
 * before ends. Only of its memory there is nothing more, without an error (environ, pagemap). A file that
 * can only be written is EINVAL to read.
 */
#include "test.h"

static const char *const files[] = { "maps", "smaps", "smaps_rollup", "status", "stat", "statm",
	"oom_score", "oom_score_adj", "comm", "cmdline" };
static int fd[NR_ITEMS(files)], empty[2], adj, told;

static int open_of(pid_t pid, const char *name, int flags)
{
	char path[64];

	sprintf(path, "/proc/%d/%s", pid, name);
	return CHECK_OK(open(path, flags));
}

static void check_zombie(pid_t pid)
{
	char path[64], text[4096];

	sprintf(path, "/proc/%d/status", pid);
	read_text(path, text, sizeof(text));
	EXPECT_EQ(strstr(text, "\nThreads:\t1\n") != NULL, true);
	EXPECT_EQ(strstr(text, "VmSize") == NULL, true);
	EXPECT_EQ(read(fd[0], text, 1), 0);      /* maps */
	EXPECT_ERR(read(fd[2], text, 1), ESRCH); /* smaps_rollup */
	sprintf(path, "/proc/%d/statm", pid);
	read_text(path, text, sizeof(text));
	CHECK_STR(text, "0 0 0 0 0 0 0\n");
}

TEST()
{
	struct gate end = gate_make();
	char text[4096];
	siginfo_t info;
	int refs;
	pid_t pid = fork_child();

	if (pid == 0) {
		gate_wait(end);
		child_done();
	}
	for (size_t i = 0; i < NR_ITEMS(files); i++)
		fd[i] = open_of(pid, files[i], O_RDONLY);
	empty[0] = open_of(pid, "environ", O_RDONLY);
	empty[1] = open_of(pid, "pagemap", O_RDONLY);
	adj = open_of(pid, "oom_score_adj", O_WRONLY);
	told = open_of(pid, "stat", O_RDONLY);
	CHECK(read(told, text, sizeof(text)) > 20);
	gate_give(end);
	CHECK_OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	check_zombie(pid);
	CHECK_EXITS(pid, 0);
	for (size_t i = 0; i < NR_ITEMS(files); i++) {
		errno = 0;
		if (read(fd[i], text, 8) != -1 || errno != ESRCH)
			EXPECT_FAILED("read of %s: %s", files[i], strerror(errno));
	}
	EXPECT_EQ(read(empty[0], text, 8), 0);
	EXPECT_EQ(read(empty[1], text, 8), 0);
	EXPECT_EQ(read(told, text, 8), 0);
	EXPECT_ERR(write(adj, "1", 1), ESRCH);
	if (geteuid() == 0) { /* others have no right to open it so */
		refs = CHECK_OK(open("/proc/self/clear_refs", O_RDONLY));
		EXPECT_ERR(read(refs, text, 1), EINVAL);
	}
}
