// SPDX-License-Identifier: MIT
/*
 * thread_pdeathsig.c: PR_SET_PDEATHSIG's signal comes when the thread that
 * made the process ends, not only its process.
 */
#include "thread.h"

#include <sys/prctl.h>

static struct gate ready;
static volatile pid_t child;

static void *makes_child(void *unused)
{
	child = fork_child();
	if (child == 0) {
		CHECK_OK(prctl(PR_SET_PDEATHSIG, SIGTERM));
		gate_give(ready);
		for (;;)
			pause();
	}
	gate_wait(ready);
	return unused;
}

TEST()
{
	ready = gate_make();
	thread_join(thread_start(makes_child, NULL));
	CHECK_KILLED(child, SIGTERM);
}
