// SPDX-License-Identifier: MIT
/*
 * exec_too_many_processes.c: Who becomes, by setuid(2), a user that has more processes than
 * RLIMIT_NPROC allows may do so, but not start a program (EAGAIN, execve(2)), until the limit allows
 * it again; who was under the limit then may, though he is over it now.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	return argc == 1 ? atoi(argv[0]) : 2;
}

TEST_HELPER(helper)

static void set_limit(rlim_t nr)
{
	struct rlimit limit = { nr, 1000 };

	CHECK_OK(setrlimit(RLIMIT_NPROC, &limit));
}

static int run(const char *status)
{
	return execl("/proc/self/exe", "x", "--helper", status, NULL);
}

static void expect_refused(void)
{
	CHECK_ERR(run("3"), EAGAIN);
}

/* The user is at his limit, not beyond it, when one more becomes him. */
static void at_limit(void)
{
	set_limit(1);
	become_other();
	run("5");
}

static void over_limit(void)
{
	set_limit(0);
	become_other();
	expect_refused();
	CHECK_ERR(fork(), EAGAIN);
	expect_refused();
	set_limit(1);
	expect_refused(); /* two by now */
	set_limit(2);
	/* Once it is right it stays right. */
	CHECK_ERR(execl("/no/such/program", "x", NULL), ENOENT);
	set_limit(0);
	run("5");
}

static void again_over_limit(void)
{
	set_limit(0);
	CHECK_OK(setresuid(OTHER_UID, -1, -1));
	expect_refused();
	/* Forgotten with the user, and the superuser has no limit. */
	CHECK_OK(setresuid(0, -1, -1));
	run("5");
}

static void expect_run(void (*as)(void))
{
	pid_t pid = fork_child();

	if (pid == 0) {
		as();
		_exit(1);
	}
	CHECK_EXITS(pid, 5);
}

TEST()
{
	struct gate ready = gate_make();
	pid_t pid;

	need_root("to become another user");
	pid = fork_child();
	if (pid == 0) { /* the one that the user has already */
		become_other();
		gate_give(ready);
		pause();
	}
	gate_wait(ready);
	expect_run(at_limit);
	expect_run(over_limit);
	expect_run(again_over_limit);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}
