// SPDX-License-Identifier: MIT
/* thread_exec_failure.c: An execve that fails leaves all threads as they were. */
#include "thread.h"

static struct gate go;
static volatile int nr_alive;

static void *other(void *unused)
{
	gate_wait(go);
	nr_alive++;
	return unused;
}

TEST()
{
	char *argv[] = { "x", NULL };
	pthread_t thread;

	go = gate_make();
	thread = thread_start(other, NULL);
	CHECK_ERR(execv("/no/such/program", argv), ENOENT);
	CHECK_ERR(execv("/", argv), EACCES);
	CHECK_ERR(syscall(SYS_execve, test_self(), 8, NULL), EFAULT);
	gate_give(go);
	thread_join(thread);
	CHECK_EQ(nr_alive, 1);
}
