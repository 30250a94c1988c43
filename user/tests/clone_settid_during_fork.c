// SPDX-License-Identifier: MIT
/*
 * clone_settid_during_fork.c: CLONE_CHILD_SETTID with CLONE_VM: the number is in the memory that both
 * share, also if this is forked meanwhile and another thread stores to the same page afterwards.
 */
#include "thread.h"

#define ROUNDS 200
#define FORKS  60

static volatile struct {
	pid_t number;
	int other;
} * page;
static volatile bool enough;
static volatile int lost;

static int child(void *unused)
{
	(void)unused;
	_exit(0);
}

static void *clones(void *unused)
{
	static char stack[8 * PAGE] __attribute__((aligned(16)));

	for (int i = 0; i < ROUNDS || !enough; i++) {
		pid_t pid = CHECK_OK(clone(child, stack + sizeof(stack),
			CLONE_VM | CLONE_CHILD_SETTID | SIGCHLD, NULL, NULL, NULL, &page->number));

		CHECK_EXITS(pid, 0);
		lost += page->number != pid;
	}
	return unused;
}

TEST()
{
	pthread_t thread;

	page = (void *)map_anon(1, PROT_READ | PROT_WRITE);
	thread = thread_start(clones, NULL);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork_child();

		while (pid == 0)
			pause();
		page->other = i; /* a copy of its own, for the child has the page */
		CHECK_OK(kill(pid, SIGKILL));
		CHECK_EQ(waitpid(pid, NULL, 0), pid);
	}
	enough = true;
	thread_join(thread);
	CHECK_EQ(lost, 0);
}
