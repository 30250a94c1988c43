// SPDX-License-Identifier: MIT
/*
 * prlimit_errors.c: prlimit, getrlimit and setrlimit: EFAULT for places that are not there, EINVAL for
 * resources that are none and a soft limit above the hard one, ESRCH for nobody, EPERM for another
 * user's process, for a hard limit that grows, and for RLIMIT_NOFILE above fs.nr_open, by root too.
 * What cannot be told is set all the same.
 */
#include "test.h"

static long prlimit_raw(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old)
{
	return syscall(SYS_prlimit64, pid, resource, new, old);
}

static void as_other(void)
{
	struct rlimit limit = { 5, 6 }, now;
	pid_t parent = getppid();

	become_other();
	EXPECT_ERR(prlimit_raw(parent, RLIMIT_CORE, NULL, &now), EPERM);
	EXPECT_ERR(prlimit_raw(parent, RLIMIT_CORE, &limit, NULL), EPERM);
	EXPECT_ERR(prlimit_raw(0, RLIMIT_NPROC, &(struct rlimit){ 101, 101 }, NULL), EPERM);
	EXPECT_ERR(setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, RLIM_INFINITY }), EPERM);
	CHECK_OK(prlimit_raw(getpid(), RLIMIT_NPROC, &(struct rlimit){ 0, 100 }, &now));
	EXPECT_EQ(now.rlim_cur, 100);
}

static void above_nr_open(void)
{
	struct rlimit limit, now;
	char text[32];

	read_text("/proc/sys/fs/nr_open", text, sizeof(text));
	CHECK_OK(getrlimit(RLIMIT_NOFILE, &now));
	limit.rlim_cur = now.rlim_cur;
	limit.rlim_max = strtoul(text, NULL, 10) + 1;
	EXPECT_ERR(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
	limit.rlim_max = RLIM_INFINITY;
	EXPECT_ERR(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
}

TEST()
{
	struct rlimit limit = { 100, 100 }, now, *bad = (void *)map_anon(1, PROT_NONE);
	pid_t pid = fork_child();

	if (pid == 0)
		_exit(0);
	CHECK_EXITS(pid, 0);
	CHECK_OK(setrlimit(RLIMIT_NPROC, &limit));

	EXPECT_ERR(syscall(SYS_getrlimit, RLIMIT_CORE, bad), EFAULT);
	EXPECT_ERR(syscall(SYS_getrlimit, RLIMIT_CORE, -PAGE), EFAULT);
	EXPECT_ERR(syscall(SYS_setrlimit, RLIMIT_CORE, bad), EFAULT);
	EXPECT_ERR(prlimit_raw(0, RLIMIT_CORE, bad, NULL), EFAULT);
	EXPECT_ERR(prlimit_raw(0, RLIMIT_CORE, NULL, bad), EFAULT);
	EXPECT_ERR(prlimit_raw(0, RLIMIT_NPROC, &(struct rlimit){ 50, 100 }, bad), EFAULT);
	CHECK_OK(getrlimit(RLIMIT_NPROC, &now));
	EXPECT_EQ(now.rlim_cur, 50);
	CHECK_OK(setrlimit(RLIMIT_NPROC, &limit));

	EXPECT_ERR(prlimit_raw(0, RLIM_NLIMITS, NULL, &now), EINVAL);
	EXPECT_ERR(prlimit_raw(0, -1, NULL, &now), EINVAL);
	EXPECT_ERR(prlimit_raw(0, RLIMIT_NPROC, &(struct rlimit){ 100, 99 }, NULL), EINVAL);
	EXPECT_ERR(setrlimit(RLIMIT_NPROC, &(struct rlimit){ RLIM_INFINITY, 100 }), EINVAL);
	EXPECT_EQ(prlimit_raw(0, RLIMIT_NPROC, NULL, NULL), 0);
	EXPECT_ERR(prlimit_raw(pid, RLIMIT_CORE, NULL, &now), ESRCH);
	EXPECT_ERR(prlimit_raw(-1, RLIMIT_CORE, NULL, &now), ESRCH);
	/* The resource is looked at after the process. */
	EXPECT_ERR(prlimit_raw(pid, 99, NULL, &now), ESRCH);
	above_nr_open();
	if (geteuid() == 0)
		in_child(as_other);
	CHECK_OK(getrlimit(RLIMIT_NPROC, &now));
	EXPECT_EQ(now.rlim_cur, 100);
}
