// SPDX-License-Identifier: MIT
/*
 * capabilities_follow.c: What changes of users and execve make of capabilities (capabilities(7)):
 * they go with root's numbers, PR_SET_KEEPCAPS and SECBIT_NO_SETUID_FIXUP keep them, ambient ones
 * survive execve, of the bounding set root gets what is left of it, and nothing new with
 * no_new_privs.
 */
#include "capabilities.h"

#define SOME (BIT(CAP_KILL) | BIT(CAP_CHOWN))

static unsigned long long all;

static void by_users(void)
{
	CHECK_OK(setresuid(-1, OTHER_UID, -1));
	CHECK_SETS(0ULL, all, 0ULL);
	CHECK_OK(setresuid(-1, 0, -1));
	CHECK_SETS(all, all, 0ULL);
	CHECK_OK(setresuid(OTHER_UID, 0, OTHER_UID));
	CHECK_SETS(all, all, 0ULL);
	CHECK_OK(setresuid(-1, OTHER_UID, -1));
	CHECK_SETS(0ULL, 0ULL, 0ULL);
}

static void by_keeping(void)
{
	CHECK_OK(prctl(PR_SET_KEEPCAPS, 1));
	CHECK_EQ(prctl(PR_GET_KEEPCAPS), 1);
	CHECK_OK(setresuid(OTHER_UID, OTHER_UID, OTHER_UID));
	CHECK_SETS(0ULL, all, 0ULL);
	CHECK_OK(set_sets(BIT(CAP_SETUID), SOME | BIT(CAP_SETUID), 0));
	CHECK_OK(setresuid(5, 6, 7));
	CHECK_SETS(BIT(CAP_SETUID), SOME | BIT(CAP_SETUID), 0ULL);
	EXPECT_ERR(prctl(PR_SET_KEEPCAPS, 2), EINVAL);
}

static void by_securebits(void)
{
	CHECK_EQ(prctl(PR_GET_SECUREBITS), 0);
	CHECK_OK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS_LOCKED));
	CHECK_OK(setresuid(OTHER_UID, OTHER_UID, OTHER_UID));
	CHECK_SETS(all, all, 0ULL);
	EXPECT_ERR(prctl(PR_SET_KEEPCAPS, 1), EPERM);
	EXPECT_ERR(prctl(PR_SET_SECUREBITS, 0), EPERM); /* a lock stays */
	EXPECT_ERR(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_KEEP_CAPS_LOCKED), EPERM);
	EXPECT_ERR(prctl(PR_SET_SECUREBITS, 1 << 20), EPERM);
	CHECK_OK(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED));
	CHECK_OK(set_sets(0, all, 0));
	EXPECT_ERR(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED), EPERM);
}

/* The sets that a program has when it starts, as it prints them. */
static void exec_gives(unsigned long long effective, unsigned long long permitted,
	unsigned long long inheritable, unsigned long long ambient)
{
	char wanted[4][24];
	pid_t pid = fork_child();

	if (pid == 0) {
		snprintf(wanted[0], sizeof(wanted[0]), "%llx", effective);
		snprintf(wanted[1], sizeof(wanted[1]), "%llx", permitted);
		snprintf(wanted[2], sizeof(wanted[2]), "%llx", inheritable);
		snprintf(wanted[3], sizeof(wanted[3]), "%llx", ambient);
		execl(test_self(), "helper", "--helper", wanted[0], wanted[1], wanted[2], wanted[3],
			NULL);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
}

static int helper(int argc, char **argv)
{
	static const char *const names[] = { "\nCapEff:\t", "\nCapPrm:\t", "\nCapInh:\t",
		"\nCapAmb:\t" };
	char text[4096];

	read_text("/proc/self/status", text, sizeof(text));
	for (int i = 0; i < 4 && i < argc; i++) {
		const char *at = strstr(text, names[i]);

		EXPECT_EQ(strtoull(at + 9, NULL, 16), strtoull(argv[i], NULL, 16));
	}
	return argc == 4 && !test_failures ? 0 : 1;
}

TEST_HELPER(helper)

static void by_exec(void)
{
	exec_gives(all, all, 0, 0);
	CHECK_OK(set_sets(0, 0, 0));
	exec_gives(all, all, 0, 0); /* root gets them again */
}

static void by_exec_of_other(void)
{
	CHECK_OK(prctl(PR_SET_KEEPCAPS, 1));
	CHECK_OK(setresuid(OTHER_UID, OTHER_UID, OTHER_UID));
	CHECK_OK(set_sets(SOME, SOME, SOME));
	exec_gives(0, 0, SOME, 0);
	EXPECT_ERR(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_FOWNER, 0, 0), EPERM);
	EXPECT_ERR(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 64, 0, 0), EINVAL);
	CHECK_OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0), 1);
	CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0), 0);
	exec_gives(BIT(CAP_KILL), BIT(CAP_KILL), SOME, BIT(CAP_KILL));
	CHECK_OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	exec_gives(0, 0, SOME, 0);
}

static void without_new_ones(void)
{
	CHECK_OK(set_sets(SOME, SOME, 0));
	CHECK_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	exec_gives(SOME, SOME, 0, 0);
}

static void by_bounding_set(void)
{
	EXPECT_ERR(prctl(PR_CAPBSET_READ, 64), EINVAL);
	EXPECT_ERR(prctl(PR_CAPBSET_DROP, 64), EINVAL);
	CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_KILL), 1);
	CHECK_OK(prctl(PR_CAPBSET_DROP, CAP_KILL));
	CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_KILL), 0);
	CHECK_SETS(all, all, 0ULL);
	EXPECT_ERR(set_sets(all, all, BIT(CAP_KILL)), EPERM);
	exec_gives(all & ~BIT(CAP_KILL), all & ~BIT(CAP_KILL), 0, 0);
	CHECK_OK(set_sets(0, 0, 0));
	EXPECT_ERR(prctl(PR_CAPBSET_DROP, CAP_CHOWN), EPERM);
}

TEST()
{
	need_caps(SOME | BIT(CAP_SETUID) | BIT(CAP_SETPCAP));
	all = all_caps();
	in_child(by_users);
	in_child(by_keeping);
	in_child(by_securebits);
	in_child(by_exec);
	in_child(by_exec_of_other);
	in_child(without_new_ones);
	in_child(by_bounding_set);
}
