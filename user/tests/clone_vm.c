// SPDX-License-Identifier: MIT
/*
 * clone_vm.c: clone(CLONE_VM | SIGCHLD) with a stack of its own shares the memory, mappings made
 * later included, but is another process.
 */
#include "test.h"

static volatile int word;
static char *volatile made_by_child;

static int child(void *arg)
{
	word = *(int *)arg;
	made_by_child =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	made_by_child[0] = 'c';
	return getpid() % 100;
}

TEST()
{
	static char stack[8 * PAGE] __attribute__((aligned(16)));
	int value = 77;
	pid_t pid = CHECK_OK(clone(child, stack + sizeof(stack), CLONE_VM | SIGCHLD, &value));

	CHECK_EXITS(pid, pid % 100);
	CHECK_EQ(word, 77);
	CHECK_EQ(made_by_child[0], 'c');
	CHECK(pid != getpid());
}
