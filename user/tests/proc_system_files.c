// SPDX-License-Identifier: MIT
/*
 * proc_system_files.c: /proc/meminfo, uptime, mounts, cpuinfo, stat, filesystems, version, loadavg:
 * the forms that free, top, uptime and mount read.
 */
#include "test.h"

static char text[1 << 16];

static long number_after(const char *path, const char *key)
{
	char *at;

	read_text(path, text, sizeof(text));
	at = strstr(text, key);
	if (!at)
		CHECK_FAILED("%s has no \"%s\"", path, key);
	return strtol(at + strlen(key), NULL, 10);
}

TEST()
{
	long total = number_after("/proc/meminfo", "MemTotal:");
	double up, idle, one, five, fifteen;
	struct stat st;

	CHECK(total > 16000);
	CHECK(number_after("/proc/meminfo", "MemFree:") < total);
	CHECK(number_after("/proc/meminfo", "MemAvailable:") <= total);
	CHECK(number_after("/proc/meminfo", "\nCached:") < total);
	CHECK(number_after("/proc/meminfo", "Buffers:") < total);
	CHECK(strstr(text, " kB\n") != NULL);

	read_text("/proc/uptime", text, sizeof(text));
	CHECK_EQ(sscanf(text, "%lf %lf", &up, &idle), 2);
	CHECK(up > 0);
	read_text("/proc/loadavg", text, sizeof(text));
	CHECK_EQ(sscanf(text, "%lf %lf %lf", &one, &five, &fifteen), 3);

	CHECK(number_after("/proc/stat", "cpu ") >= 0);
	CHECK(strstr(text, "\ncpu0 ") != NULL);
	CHECK(number_after("/proc/stat", "btime ") > 0);
	CHECK_EQ(number_after("/proc/cpuinfo", "processor\t: "), 0);
	read_text("/proc/mounts", text, sizeof(text));
	CHECK(strstr(text, " / ") != NULL);
	CHECK(strstr(text, " /proc proc ") != NULL);
	read_text("/proc/filesystems", text, sizeof(text));
	CHECK(strstr(text, "\tproc\n") != NULL && strstr(text, "\ttmpfs\n") != NULL);
	CHECK(read_text("/proc/version", text, sizeof(text)) > 10);
	CHECK_OK(stat("/proc/self", &st));
	CHECK_EQ(S_ISDIR(st.st_mode), 1);
}
