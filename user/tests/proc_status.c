// SPDX-License-Identifier: MIT
/*
 * proc_status.c: /proc/self/status has the fields that programs read, with right values.
 */
#include "test.h"

static long field(const char *text, const char *name)
{
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\n%s:\t", name);
	at = strstr(text, key);
	if (!at)
		CHECK_FAILED("/proc/self/status has no %s", name);
	return strtol(at + strlen(key), NULL, 10);
}

TEST()
{
	char text[8192], *p = map_anon(64, PROT_READ | PROT_WRITE);
	long size;

	read_text("/proc/self/status", text, sizeof(text));
	CHECK_EQ(strncmp(text, "Name:\tproc_status\n", 18), 0);
	CHECK_EQ(field(text, "Pid"), getpid());
	CHECK_EQ(field(text, "Tgid"), getpid());
	CHECK_EQ(field(text, "PPid"), getppid());
	CHECK_EQ(field(text, "Uid"), getuid());
	CHECK_EQ(field(text, "Gid"), getgid());
	CHECK_EQ(field(text, "Threads"), 1);
	CHECK(strstr(text, "\nState:\tR") != NULL);
	size = field(text, "VmSize");
	CHECK(size >= 64 * 4 && size < 100000);
	CHECK(field(text, "VmRSS") >= 0);
	CHECK_OK(munmap(p, 64 * PAGE));
	read_text("/proc/self/status", text, sizeof(text));
	CHECK_EQ(field(text, "VmSize"), size - 64 * 4);
}
