// SPDX-License-Identifier: MIT
/*
 * sched_policy.c: The policies that anybody may choose are kept, shown and inherited; but of a thread
 * with SCHED_RESET_ON_FORK children have no nice value below 0. Who leaves SCHED_IDLE needs the right to his nice
 * value (sched(7)).
 */
#include "test.h"

#include <sched.h>

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

/* Past the C library: musl answers ENOSYS by itself. */
static long set_policy(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return syscall(SYS_sched_setscheduler, 0, policy, &param);
}

static long get_policy(void)
{
	return syscall(SYS_sched_getscheduler, 0);
}

/* The 41st field of /proc/self/stat */
static int shown_policy(void)
{
	char text[1024], *at;

	read_text("/proc/self/stat", text, sizeof(text));
	at = strrchr(text, ')');
	for (int field = 2; field < 41; field++)
		at = strchr(at + 1, ' ');
	return atoi(at);
}

static void keeps_policies(void)
{
	CHECK_EQ(get_policy(), SCHED_OTHER);
	CHECK_OK(set_policy(SCHED_BATCH, 0));
	CHECK_EQ(get_policy(), SCHED_BATCH);
	CHECK_EQ(shown_policy(), SCHED_BATCH);
	CHECK_OK(set_policy(SCHED_IDLE, 0));
	CHECK_EQ(get_policy(), SCHED_IDLE);
	CHECK_EQ(shown_policy(), SCHED_IDLE);
}

static void inherits(void)
{
	pid_t pid;

	CHECK_OK(set_policy(SCHED_BATCH, 0));
	CHECK_OK(setpriority(PRIO_PROCESS, 0, 3));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(get_policy(), SCHED_BATCH);
		CHECK_EQ(getpriority(PRIO_PROCESS, 0), 3);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_OK(set_policy(SCHED_BATCH | SCHED_RESET_ON_FORK, 0));
	CHECK_EQ(get_policy(), SCHED_BATCH | SCHED_RESET_ON_FORK);
	if (getuid() == 0)
		CHECK_OK(setpriority(PRIO_PROCESS, 0, -3));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(get_policy(), SCHED_BATCH);
		CHECK_EQ(getpriority(PRIO_PROCESS, 0), getuid() ? 3 : 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

static void refuses(void)
{
	struct sched_param param = { .sched_priority = 0 };

	EXPECT_ERR(set_policy(SCHED_BATCH, 1), EINVAL);
	EXPECT_ERR(set_policy(SCHED_FIFO, 0), EINVAL);
	EXPECT_ERR(set_policy(SCHED_FIFO, 100), EINVAL);
	EXPECT_ERR(set_policy(4, 0), EINVAL);
	EXPECT_ERR(set_policy(-1, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, NULL), EINVAL);
	EXPECT_ERR(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, (void *)8), EFAULT);
	EXPECT_ERR(syscall(SYS_sched_setscheduler, -1, SCHED_BATCH, &param), EINVAL);
	EXPECT_ERR(syscall(SYS_sched_setscheduler, 1 << 22, SCHED_BATCH, &param), ESRCH);
	CHECK_OK(syscall(SYS_sched_setparam, 0, &param)); /* the policy stays */
	CHECK_EQ(get_policy(), SCHED_BATCH | SCHED_RESET_ON_FORK);
}

static void asks_for_rights(void)
{
	pid_t pid;

	if (getuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		struct rlimit none = { 0, 0 };

		CHECK_OK(setrlimit(RLIMIT_NICE, &none));
		become_other();
		CHECK_OK(set_policy(SCHED_BATCH | SCHED_RESET_ON_FORK, 0));
		EXPECT_ERR(set_policy(SCHED_BATCH, 0), EPERM);
		EXPECT_ERR(set_policy(SCHED_FIFO, 1), EPERM);
		CHECK_OK(set_policy(SCHED_IDLE | SCHED_RESET_ON_FORK, 0));
		EXPECT_ERR(set_policy(SCHED_OTHER | SCHED_RESET_ON_FORK, 0), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

/* The limit is that of who is changed (getrlimit(2)). */
static void asks_for_its_limit(void)
{
	struct sched_param param = { .sched_priority = 0 };
	struct rlimit all = { 40, 40 }, none = { 0, 0 };
	pid_t pid, other;

	if (getuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		if (setrlimit(RLIMIT_NICE, &all) != 0)
			child_done(); /* a root without CAP_SYS_RESOURCE */
		become_other();
		CHECK_OK(set_policy(SCHED_IDLE, 0));
		other = CHECK_OK(fork());
		if (other == 0)
			for (;;)
				pause();
		CHECK_OK(setrlimit(RLIMIT_NICE, &none));
		EXPECT_EQ(syscall(SYS_sched_setscheduler, other, SCHED_OTHER, &param), 0);
		EXPECT_ERR(set_policy(SCHED_OTHER, 0), EPERM);
		EXPECT_EQ(setpriority(PRIO_PROCESS, (id_t)other, -5), 0);
		EXPECT_ERR(setpriority(PRIO_PROCESS, 0, -5), EACCES);
		CHECK_OK(kill(other, SIGKILL));
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST()
{
	keeps_policies();
	inherits();
	refuses();
	asks_for_rights();
	asks_for_its_limit();
}
