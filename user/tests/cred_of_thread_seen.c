// SPDX-License-Identifier: MIT
/*
 * cred_of_thread_seen.c: What others may do to a thread goes by that thread's credentials: kill,
 * tgkill, prlimit, setpriority, sched_setaffinity by its number; /proc/PID is about the leader,
 * /proc/PID/task/TID about the thread.
 */
#include "thread.h"

static struct gate ready, end;
static pid_t *numbers; /* shared: the process, its other thread */

static void *becomes_other(void *unused)
{
	CHECK_OK(syscall(SYS_setgroups, 0, NULL));
	CHECK_OK(syscall(SYS_setresgid, OTHER_GID, OTHER_GID, OTHER_GID));
	CHECK_OK(syscall(SYS_setresuid, OTHER_UID, OTHER_UID, OTHER_UID));
	numbers[1] = my_tid();
	gate_give(ready);
	gate_wait(end);
	return unused;
}

static void two_threads(void)
{
	pthread_t thread = thread_start(becomes_other, NULL);

	numbers[0] = getpid();
	gate_give(ready);
	thread_join(thread);
}

/* The first number of a line of a status file. */
static long status_of(pid_t pid, pid_t tid, const char *name)
{
	char path[100], text[4096], *at;

	if (tid)
		snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	else
		snprintf(path, sizeof(path), "/proc/%d/status", pid);
	read_text(path, text, sizeof(text));
	at = strstr(text, name);
	CHECK(at != NULL);
	return strtol(at + strlen(name), NULL, 10);
}

static long owner_of(const char *format, pid_t pid, pid_t tid)
{
	char path[100];

	snprintf(path, sizeof(path), format, pid, tid);
	return stat_of(path).st_uid;
}

static void *tries(void *unused)
{
	pid_t pid = numbers[0], tid = numbers[1];
	struct rlimit limit;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	EXPECT_ERR(kill(pid, 0), EPERM);
	CHECK_OK(kill(tid, 0));
	EXPECT_ERR(syscall(SYS_tgkill, pid, pid, 0), EPERM);
	CHECK_OK(syscall(SYS_tgkill, pid, tid, 0));
	EXPECT_ERR(syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &limit), EPERM);
	CHECK_OK(syscall(SYS_prlimit64, tid, RLIMIT_NOFILE, NULL, &limit));
	EXPECT_ERR(setpriority(PRIO_PROCESS, pid, 10), EPERM);
	CHECK_OK(setpriority(PRIO_PROCESS, tid, 10));
	EXPECT_ERR(syscall(SYS_sched_setaffinity, pid, sizeof(cpus), &cpus), EPERM);
	CHECK_OK(syscall(SYS_sched_setaffinity, tid, sizeof(cpus), &cpus));
	EXPECT_EQ(status_of(pid, tid, "\nUid:\t"), OTHER_UID);
	EXPECT_EQ(status_of(pid, tid, "\nGid:\t"), OTHER_GID);
	EXPECT_EQ(status_of(pid, 0, "\nUid:\t"), 0);
	EXPECT_EQ(status_of(pid, pid, "\nUid:\t"), 0);
	EXPECT_EQ(owner_of("/proc/%d/task/%d", pid, tid), OTHER_UID);
	EXPECT_EQ(owner_of("/proc/%d", pid, 0), 0);
	return unused;
}

static void try_as_other(void)
{
	become_other();
	tries(NULL);
}

TEST()
{
	pid_t pid;

	need_root("to change its user");
	ready = gate_make();
	end = gate_make();
	numbers = map_shared(1);
	pid = fork_child();
	if (pid == 0) {
		two_threads();
		child_done();
	}
	gate_wait(ready);
	gate_wait(ready);
	in_child(try_as_other);
	CHECK_OK(setpriority(PRIO_USER, OTHER_UID, 15));
	CHECK_EQ(getpriority(PRIO_PROCESS, pid), 0);
	CHECK_EQ(getpriority(PRIO_PROCESS, numbers[1]), 15);
	gate_give(end);
	CHECK_EXITS(pid, 0);
}
