// SPDX-License-Identifier: MIT
/*
 * sysinfo_fields.c: sysinfo: uptime, memory that fits together, and the number of processes.
 */
#include "test.h"

#include <sys/sysinfo.h>

TEST()
{
	struct sysinfo info;

	CHECK_OK(sysinfo(&info));
	CHECK(info.totalram > 0 && info.freeram < info.totalram);
	CHECK(info.mem_unit >= 1);
	CHECK(info.procs >= 1);
	CHECK_EQ((long long)info.totalram * info.mem_unit > 16000000, 1);
}
