// SPDX-License-Identifier: MIT
/*
 * randomize_va_space.c: kernel.randomize_va_space: 0: every run of a program has the same places;
 * 1: stack, mappings and a position-independent program move, the heap of an ordinary one does not;
 * 2: the heap as well.
 */
#include "settings.h"

#define SETTING "/proc/sys/kernel/randomize_va_space"
#define NR_RUNS 4

struct places {
	uintptr_t stack, heap, mapping, code;
};

static int helper(int argc, char **argv)
{
	struct places p = {
		.stack = (uintptr_t)&argc,
		.heap = syscall(SYS_brk, 0),
		.mapping = (uintptr_t)map_anon(1, PROT_READ),
		.code = (uintptr_t)helper,
	};

	(void)argv;
	CHECK_EQ(write(3, &p, sizeof(p)), sizeof(p));
	return 0;
}
TEST_HELPER(helper)

static struct places run(void)
{
	struct places p;
	int fds[2];
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(dup2(fds[1], 3));
		execl(test_self(), "test", "--helper", NULL);
		CHECK_FAILED("exec: %s", strerror(errno));
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(read(fds[0], &p, sizeof(p)), sizeof(p));
	close(fds[0]);
	close(fds[1]);
	return p;
}

/* Which of the places move: a letter each. */
static const char *what_moves(void)
{
	static char text[8];
	struct places first = run();
	bool stack = false, heap = false, mapping = false, code = false;

	for (int i = 1; i < NR_RUNS; i++) {
		struct places p = run();

		stack |= p.stack != first.stack;
		heap |= p.heap != first.heap;
		mapping |= p.mapping != first.mapping;
		code |= p.code != first.code;
	}
	sprintf(text, "%s%s%s%s", stack ? "s" : "", heap ? "h" : "", mapping ? "m" : "",
		code ? "c" : "");
	return text;
}

static void checks(void)
{
	bool moves = (uintptr_t)helper > 0x10000000; /* is this program position-independent? */

	set_setting(SETTING, 0);
	CHECK_STR(what_moves(), "");
	set_setting(SETTING, 1);
	CHECK_STR(what_moves(), moves ? "shmc" : "sm");
	set_setting(SETTING, 2);
	CHECK_STR(what_moves(), moves ? "shmc" : "shm");
	CHECK_EQ(get_setting(SETTING), 2);
	EXPECT_ERR(write_setting(SETTING, "x"), EINVAL);
}

TEST()
{
	with_settings(checks);
}
