// SPDX-License-Identifier: MIT
/*
 * thread_own_attributes.c: no_new_privs and the personality are a thread's: those of one are not
 * those of the others, and a thread or child begins with its creator's.
 */
#include "thread.h"

#include <sys/personality.h>
#include <sys/prctl.h>

static int no_new_privs(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

/* What the thread's files in /proc say. */
static void shown(int privs, const char *persona)
{
	char text[4096], line[40];

	read_text("/proc/thread-self/status", text, sizeof(text));
	snprintf(line, sizeof(line), "\nNoNewPrivs:\t%d\n", privs);
	CHECK(strstr(text, line) != NULL);
	read_text("/proc/thread-self/personality", text, sizeof(text));
	CHECK_STR(text, persona);
}

static void *inherits(void *unused)
{
	CHECK_EQ(no_new_privs(), 1);
	CHECK_EQ(personality(-1), ADDR_NO_RANDOMIZE);
	return unused;
}

static void inherits_too(void)
{
	inherits(NULL);
}

static void *changes(void *unused)
{
	CHECK_EQ(no_new_privs(), 0);
	CHECK_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK_EQ(personality(ADDR_NO_RANDOMIZE), 0);
	shown(1, "00040000\n");
	thread_join(thread_start(inherits, NULL));
	in_child(inherits_too);
	return unused;
}

TEST()
{
	personality(0);
	thread_join(thread_start(changes, NULL));
	CHECK_EQ(no_new_privs(), 0);
	CHECK_EQ(personality(-1), 0);
	shown(0, "00000000\n");
}
