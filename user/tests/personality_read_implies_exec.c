// SPDX-License-Identifier: MIT
/*
 * personality_read_implies_exec.c: With READ_IMPLIES_EXEC whatever is mapped or protected readable,
 * and the heap, may be executed as well; a mapping that may not (its file system is noexec) stays
 * as it is. A new program of 64 bits does without it.
 */
#include <sys/personality.h>

#include "test.h"

static int helper(int argc, char **argv)
{
	(void)argc, (void)argv;
	CHECK_EQ(personality(0xffffffff) & READ_IMPLIES_EXEC, 0);
	return 0;
}
TEST_HELPER(helper)

static void check_perms(void *p, const char *perms)
{
	struct map_line line;

	CHECK(map_of(p, &line));
	CHECK_STR(line.perms, perms);
}

TEST()
{
	char *none = map_anon(4, PROT_NONE), *heap;
	pid_t pid;

	CHECK_OK(personality(READ_IMPLIES_EXEC));
	check_perms(map_anon(1, PROT_READ), "r-xp");
	check_perms(map_anon(1, PROT_READ | PROT_WRITE), "rwxp");
	check_perms(map_anon(1, PROT_NONE), "---p");
	check_perms(map_anon(1, PROT_WRITE), "-w-p");
	CHECK_OK(mprotect(none, PAGE, PROT_READ));
	check_perms(none, "r-xp");
	CHECK_OK(mprotect(none, PAGE, PROT_WRITE));
	check_perms(none, "-w-p");
	heap = (char *)((syscall(SYS_brk, 0) + PAGE - 1) & -PAGE);
	CHECK(syscall(SYS_brk, heap + 4 * PAGE) == (long)(heap + 4 * PAGE));
	check_perms(heap, "rwxp");
	pid = fork_child();
	if (pid == 0) {
		check_perms(map_anon(1, PROT_READ), "r-xp");
		execl(test_self(), "test", "--helper", NULL);
		CHECK_FAILED("exec: %s", strerror(errno));
	}
	CHECK_EXITS(pid, 0);
}
