// SPDX-License-Identifier: MIT
/*
 * exit_while_asked.c: A process is still there while it exits, and that may take time (it has a
 * large file to close). Who asks about it meanwhile, or changes it, gets an answer.
 */
#include "test.h"

#define FILE_PAGES 1500

static void close_much(void)
{
	static char page[PAGE];
	int fd = syscall(SYS_memfd_create, "much", 0);

	if (fd < 0)
		skip("no memfd_create");
	for (int i = 0; i < FILE_PAGES; i++)
		CHECK_EQ(write(fd, page, PAGE), PAGE);
	_exit(0);
}

static void ask(pid_t pid)
{
	cpu_set_t cpus;
	struct rlimit limit;
	char path[40], text[2048];

	setpriority(PRIO_PROCESS, pid, 5);
	setpriority(PRIO_PGRP, 0, 5);
	getpriority(PRIO_PROCESS, pid);
	if (sched_getaffinity(pid, sizeof(cpus), &cpus) == 0)
		sched_setaffinity(pid, sizeof(cpus), &cpus);
	prlimit(pid, RLIMIT_CORE, NULL, &limit);
	getpgid(pid);
	getsid(pid);
	kill(pid, 0);
	sprintf(path, "/proc/%d/status", pid);
	if (exists(path)) {
		int fd = open(path, O_RDONLY);

		while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
}

static void body_as_user(void)
{
	for (int i = 0; i < 20; i++) {
		siginfo_t info = { 0 };
		pid_t pid = fork_child();

		if (pid == 0)
			close_much();
		while (info.si_pid == 0) {
			ask(pid);
			CHECK_OK(waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT));
		}
		CHECK_EXITS(pid, 0);
	}
}

TEST()
{
	pid_t pid;

	need_root("to become another user");
	pid = fork_child();
	if (pid == 0) {
		become_other();
		body_as_user();
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
