// SPDX-License-Identifier: MIT
/*
 * brk_bss_apart.c: Where nothing is random, the heap begins right behind the program's .bss, and is a
 * mapping of its own nevertheless: as large as it was asked to be.
 */
#include "test.h"

#include <sys/personality.h>

static char bss[3 * PAGE];

static void begin_again_without_randomness(void)
{
	char *const argv[] = { "again", NULL };

	if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
		return;
	CHECK_OK(personality(ADDR_NO_RANDOMIZE));
	CHECK_OK(execv("/proc/self/exe", argv));
}

TEST()
{
	unsigned long start, end, heap = 0;
	char text[16384], perms[8], *line;

	begin_again_without_randomness();
	bss[PAGE] = 1;
	heap = syscall(SYS_brk, 0);
	CHECK_EQ(syscall(SYS_brk, heap + 4 * PAGE), heap + 4 * PAGE);
	read_text("/proc/self/maps", text, sizeof(text));
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%lx-%lx %7s", &start, &end, perms) == 3 && start <= heap &&
			end > heap)
			break;
	CHECK(line != NULL);
	CHECK_EQ(start, heap);
	CHECK_EQ(end, heap + 4 * PAGE);
}
