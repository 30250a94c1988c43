// SPDX-License-Identifier: MIT
/*
 * thread_leader_files.c: When the first thread has ended and others go on, /proc/PID/fd is empty
 * and cwd and root lead nowhere, for they are the first thread's (proc(5)); those in the other
 * threads' directories are there.
 */
#include "thread.h"

static struct gate checked;

static int count(const char *path)
{
	DIR *dir = opendir(path);
	int nr = 0;

	CHECK(dir != NULL);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		nr += entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

static void *looks(void *unused)
{
	char text[4096];

	WAIT_UNTIL(thread_state(getpid(), getpid()) == 'Z');
	CHECK_EQ(count("/proc/self/fd"), 0);
	CHECK_ERR(readlink("/proc/self/cwd", text, sizeof(text)), ENOENT);
	CHECK_ERR(readlink("/proc/self/root", text, sizeof(text)), ENOENT);
	CHECK(count("/proc/thread-self/fd") > 0);
	CHECK_OK(readlink("/proc/thread-self/cwd", text, sizeof(text)));
	read_text("/proc/self/status", text, sizeof(text));
	CHECK(strstr(text, "\nUmask:") == NULL);
	CHECK(strstr(text, "\nFDSize:\t0\n") != NULL);
	CHECK(strstr(text, "\nUid:\t") != NULL);
	gate_give(checked);
	child_done();
	return unused;
}

TEST()
{
	pid_t pid;

	checked = gate_make();
	pid = fork_child();
	if (pid == 0) {
		thread_start(looks, NULL);
		pthread_exit(NULL);
	}
	gate_wait(checked);
	CHECK_EXITS(pid, 0);
}
