// SPDX-License-Identifier: MIT
/*
 * rlimit_get_set.c: getrlimit, setrlimit and prlimit: soft up to hard, hard only down for ordinary
 * users (EPERM), EINVAL for soft above hard and unknown resources; children inherit.
 */
#include "test.h"

TEST()
{
	struct rlimit limit, now;
	pid_t pid;

	CHECK_OK(getrlimit(RLIMIT_NOFILE, &limit));
	CHECK(limit.rlim_cur <= limit.rlim_max && limit.rlim_cur >= 64);
	CHECK_OK(getrlimit(RLIMIT_STACK, &limit));
	CHECK(limit.rlim_cur >= 1 << 20);
	pid = fork_child();
	if (pid == 0) {
		limit = (struct rlimit){ 100, 200 };
		CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
		if (geteuid() == 0)
			become_other();
		limit = (struct rlimit){ 200, 200 };
		CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
		limit.rlim_max = 201;
		EXPECT_ERR(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
		limit = (struct rlimit){ 150, 100 };
		EXPECT_ERR(setrlimit(RLIMIT_NOFILE, &limit), EINVAL);
		limit = (struct rlimit){ 10, 150 };
		CHECK_OK(prlimit(0, RLIMIT_NOFILE, &limit, &now));
		CHECK_EQ(now.rlim_cur, 200);
		pid = fork_child();
		if (pid == 0) {
			CHECK_OK(getrlimit(RLIMIT_NOFILE, &now));
			CHECK_EQ(now.rlim_cur, 10);
			CHECK_EQ(now.rlim_max, 150);
			child_done();
		}
		CHECK_EXITS(pid, 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	EXPECT_ERR(getrlimit(99, &limit), EINVAL);
	EXPECT_ERR(setrlimit(99, &limit), EINVAL);
}
