// SPDX-License-Identifier: MIT
/*
 * unshare_all_or_none.c: unshare(2) takes all apart that it is told to; if there is no memory for it,
 * nothing.
 *
 * With "--helper storm N" it tries N times, and says how many failed and how many of these took the
 * directories apart: for a kernel whose allocations fail by wish (allocfail=).
 */
#include "test.h"

enum {
	UNSHARED,
	FAILED,
	FAILED_BY_HALF,
	UNKNOWN,
	NR_ENDS
};

/* The other one's umask, which is shared with the directories; -1: it cannot be had. */
static int umask_of(pid_t pid)
{
	char path[40], text[4096], *at;
	ssize_t got;
	int fd;

	sprintf(path, "/proc/%d/status", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got < 0 ? 0 : got] = '\0';
	at = strstr(text, "Umask:");
	return at ? (int)strtol(at + 6, NULL, 8) : -1;
}

static int unshare_once(void)
{
	int result, seen;
	pid_t other;

	if (dup2(0, 1000) < 0) /* so that the copy of the table is large */
		return UNKNOWN;
	umask(022);
	other = (pid_t)syscall(SYS_clone, CLONE_FS | CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (other == 0) {
		for (;;)
			pause();
	}
	if (other < 0)
		return UNKNOWN;
	result = unshare(CLONE_FS | CLONE_FILES);
	umask(077);
	seen = umask_of(other);
	kill(other, SIGKILL);
	if (seen < 0)
		return UNKNOWN;
	if (result == 0)
		return seen == 022 ? UNSHARED : UNKNOWN;
	return seen == 077 ? FAILED : FAILED_BY_HALF;
}

static void storm(int nr, int *ends)
{
	int status;
	pid_t pid;

	while (nr--) {
		pid = fork();
		if (pid == 0)
			_exit(unshare_once());
		if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
			WEXITSTATUS(status) < NR_ENDS)
			ends[WEXITSTATUS(status)]++;
	}
}

static int helper(int argc, char **argv)
{
	int ends[NR_ENDS] = { 0 };

	storm(argc > 1 ? atoi(argv[1]) : 1, ends);
	printf("%d failed, %d of them by half\n", ends[FAILED] + ends[FAILED_BY_HALF],
		ends[FAILED_BY_HALF]);
	return 0;
}

TEST_HELPER(helper)

TEST()
{
	int ends[NR_ENDS] = { 0 };

	storm(3, ends);
	CHECK_EQ(ends[UNSHARED], 3);
}
