// SPDX-License-Identifier: MIT
/*
 * proc_smaps_rollup.c: /proc/self/smaps_rollup is the sum of smaps, line by line, with three lines
 * that tell the kinds of memory apart; a process that has ended has none.
 */
#include "test.h"

static char smaps[1 << 17], rollup[4096];

static long value_in(const char *line, const char *label)
{
	size_t n = strlen(label);

	return strncmp(line, label, n) == 0 ? strtol(line + n, NULL, 10) : -1;
}

/* The sum of the lines of smaps with this label, and their number. */
static long sum_of(const char *label, long *nr)
{
	long sum = 0, value;

	*nr = 0;
	for (const char *at = smaps; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		value = value_in(at, label);
		if (value >= 0)
			++*nr, sum += value;
	}
	return sum;
}

static long rollup_value(const char *label)
{
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\n%s", label);
	at = strstr(rollup, key);
	if (!at)
		CHECK_FAILED("smaps_rollup has no %s", label);
	return value_in(at + 1, label);
}

static void check_labels(void)
{
	static const char *const labels[] = { "Rss:", "Pss:", "Pss_Dirty:", "Pss_Anon:",
		"Pss_File:", "Pss_Shmem:", "Shared_Clean:", "Shared_Dirty:", "Private_Clean:",
		"Private_Dirty:", "Referenced:", "Anonymous:", "KSM:", "LazyFree:",
		"AnonHugePages:", "ShmemPmdMapped:", "FilePmdMapped:", "Shared_Hugetlb:",
		"Private_Hugetlb:", "Swap:", "SwapPss:", "Locked:" };
	char *at = strchr(rollup, '\n') + 1, line[60];

	for (size_t i = 0; i < NR_ITEMS(labels); i++) {
		long value = value_in(at, labels[i]);

		if (value < 0 && strcmp(labels[i], "KSM:") == 0) /* newer kernels only */
			continue;
		snprintf(line, sizeof(line), "%-16s%8ld kB\n", labels[i], value);
		if (strncmp(at, line, strlen(line)) != 0)
			CHECK_FAILED("expected \"%s\" in\n%s", line, rollup);
		at += strlen(line);
	}
	CHECK_EQ(*at, '\0');
}

TEST()
{
	static const char *const exact[] = { "Rss:", "Shared_Clean:", "Shared_Dirty:",
		"Private_Clean:", "Private_Dirty:", "Referenced:", "Anonymous:", "LazyFree:",
		"Swap:" };
	static const char *const rounded[] = { "Pss:", "Pss_Dirty:", "Locked:" };
	char *anon = map_anon(30, PROT_READ | PROT_WRITE), *shared = map_shared(20), path[40];
	long nr, sum;
	pid_t pid;
	int fd;

	memset(anon, 1, 30 * PAGE);
	memset(shared, 1, 20 * PAGE);
	read_text("/proc/self/smaps", smaps, sizeof(smaps));
	/* twice: whatever the first one touched is resident */
	read_text("/proc/self/smaps_rollup", rollup, sizeof(rollup));
	read_text("/proc/self/smaps", smaps, sizeof(smaps));
	read_text("/proc/self/smaps_rollup", rollup, sizeof(rollup));

	CHECK_EQ(strchr(rollup, '[') - rollup, 73);
	CHECK(strstr(rollup, " ---p 00000000 00:00 0   ") != NULL);
	check_labels();
	for (size_t i = 0; i < NR_ITEMS(exact); i++)
		if (sum_of(exact[i], &nr) != rollup_value(exact[i]))
			CHECK_FAILED("%s %ld in smaps, %ld in smaps_rollup", exact[i],
				sum_of(exact[i], &nr), rollup_value(exact[i]));
	for (size_t i = 0; i < NR_ITEMS(rounded); i++) {
		sum = sum_of(rounded[i], &nr);
		CHECK(rollup_value(rounded[i]) >= sum && rollup_value(rounded[i]) <= sum + nr);
	}
	CHECK(rollup_value("Pss_Shmem:") >= 80);
	CHECK(rollup_value("Pss_Anon:") >= 120);
	CHECK(rollup_value("Pss_File:") > 0);

	pid = fork_child();
	if (pid == 0)
		_exit(0);
	CHECK_OK(waitid(P_PID, pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT));
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		CHECK_ERR(read(fd, rollup, 100), ESRCH);
	else
		CHECK_EQ(errno, ESRCH);
	CHECK_EXITS(pid, 0);
}
