// SPDX-License-Identifier: MIT
/*
 * cred_change_forgets.c: Another effective or filesystem id takes away the thread's
 * PR_SET_PDEATHSIG and makes the memory not "dumpable" (prctl(2)); the real id alone, or the same
 * ids once more, do not. "Dumpable" is the memory's: fork copies it, who shares the memory shares
 * it, exec sets it.
 */
#include "test.h"

#include <sys/prctl.h>

static void arm(void)
{
	CHECK_OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	CHECK_OK(prctl(PR_SET_DUMPABLE, 1));
}

static bool kept(void)
{
	int sig = -1;

	CHECK_OK(prctl(PR_GET_PDEATHSIG, &sig));
	CHECK_EQ(sig == SIGUSR1, prctl(PR_GET_DUMPABLE) == 1);
	return sig == SIGUSR1;
}

static void changes(void)
{
	static const gid_t groups[] = { 5 };

	arm();
	CHECK_OK(setgroups(1, groups));
	CHECK_OK(setresuid(0, 0, 0));
	CHECK_OK(setresgid(getgid(), getegid(), -1));
	CHECK_OK(setresuid(OTHER_UID, -1, OTHER_UID));
	CHECK_OK(setresgid(OTHER_GID, -1, OTHER_GID));
	CHECK(kept());
	CHECK_OK(setresgid(-1, OTHER_GID, -1));
	CHECK(!kept());
	arm();
	syscall(SYS_setfsgid, 0);
	CHECK(!kept());
	arm();
	syscall(SYS_setfsuid, OTHER_UID);
	CHECK(!kept());
	arm();
	syscall(SYS_setfsuid, OTHER_UID);
	CHECK(kept());
	CHECK_OK(setresuid(-1, OTHER_UID, -1));
	CHECK(!kept());
}

static int sets_dumpable(void *value)
{
	return prctl(PR_SET_DUMPABLE, *(int *)value);
}

static void is_not_dumpable(void)
{
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	CHECK_OK(prctl(PR_SET_DUMPABLE, 1));
}

static void shares(void)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	int value = 0;
	pid_t pid;

	CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
	pid = CHECK_OK(clone(sets_dumpable, stack + sizeof(stack), CLONE_VM | SIGCHLD, &value));
	CHECK_EXITS(pid, 0);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	in_child(is_not_dumpable);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	execl(test_self(), "helper", "--helper", "x", NULL);
	_exit(9);
}

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return prctl(PR_GET_DUMPABLE) == 1 ? 0 : 1;
}

TEST_HELPER(helper)

TEST()
{
	need_root("to change its user");
	in_child(changes);
	in_child(shares);
}
