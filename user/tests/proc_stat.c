// SPDX-License-Identifier: MIT
/*
 * proc_stat.c: /proc/PID/stat: the fields of proc(5) that ps and top read: pid, name, state,
 * parent, group, session, times, sizes.
 */
#include "test.h"

TEST()
{
	char text[1024], comm[64], state, path[40];
	int pid, ppid, pgrp, session, fields = 0;
	pid_t child;

	read_text("/proc/self/stat", text, sizeof(text));
	CHECK_EQ(sscanf(text, "%d (%63[^)]) %c %d %d %d", &pid, comm, &state, &ppid, &pgrp,
			 &session),
		6);
	CHECK_EQ(pid, getpid());
	CHECK_STR(comm, "proc_stat");
	CHECK_EQ(state, 'R');
	CHECK_EQ(ppid, getppid());
	CHECK_EQ(pgrp, getpgrp());
	CHECK_EQ(session, getsid(0));
	for (char *at = text; *at; at++)
		fields += *at == ' ';
	CHECK_EQ(fields >= 43, 1);

	child = fork_child();
	if (child == 0) {
		pause();
		_exit(0);
	}
	sprintf(path, "/proc/%d/stat", child);
	do
		read_text(path, text, sizeof(text));
	while (sscanf(text, "%d (%63[^)]) %c", &pid, comm, &state) == 3 && state == 'R');
	CHECK_EQ(state, 'S');
	CHECK_OK(kill(child, SIGKILL));
	do
		read_text(path, text, sizeof(text));
	while (sscanf(text, "%d (%63[^)]) %c", &pid, comm, &state) == 3 && state != 'Z');
	CHECK_KILLED(child, SIGKILL);
	CHECK(!exists(path));
}
