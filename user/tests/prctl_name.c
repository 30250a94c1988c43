// SPDX-License-Identifier: MIT
/*
 * prctl_name.c: prctl(PR_SET_NAME) changes the name that /proc shows, cut to 15 bytes;
 * PR_SET_PDEATHSIG is optional.
 */
#include "test.h"

#include <sys/prctl.h>

TEST()
{
	char name[17] = "", text[100];

	CHECK_OK(prctl(PR_SET_NAME, "a new name for the process"));
	CHECK_OK(prctl(PR_GET_NAME, name));
	CHECK_STR(name, "a new name for ");
	read_text("/proc/self/comm", text, sizeof(text));
	CHECK_STR(text, "a new name for \n");
}
