// SPDX-License-Identifier: MIT
/*
 * fork_cow_private.c: After fork each side's stores to private memory stay its own: anonymous,
 * file-backed, data, bss and stack.
 */
#include "test.h"

static int data = 1, bss;

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), stack = 1;
	char *anon = map_anon(2, PROT_READ | PROT_WRITE), *heap = malloc(10);
	char *file = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	struct gate parent_wrote = gate_make();
	pid_t pid;

	anon[0] = heap[0] = file[0] = 1;
	pid = fork_child();
	if (pid == 0) {
		gate_wait(parent_wrote);
		CHECK_EQ(data + bss + stack + anon[0] + heap[0] + file[0], 5);
		CHECK_EQ(anon[PAGE], 0);
		data = bss = stack = anon[0] = heap[0] = file[0] = anon[PAGE] = 3;
		CHECK_EQ(data + bss + stack + anon[0] + heap[0] + file[0], 18);
		child_done();
	}
	data = bss = stack = anon[0] = heap[0] = file[0] = 2;
	gate_give(parent_wrote);
	CHECK_EXITS(pid, 0);
	CHECK_EQ(data + bss + stack + anon[0] + heap[0] + file[0], 12);
	CHECK_EQ(anon[PAGE], 0);
}
