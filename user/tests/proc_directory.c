// SPDX-License-Identifier: MIT
/*
 * proc_directory.c: /proc lists the processes by number; "self" is the reader; a process that is
 * gone is gone; nobody can make files there.
 */
#include "test.h"

TEST()
{
	char path[40], target[20];
	ssize_t length;
	pid_t pid = getpid();
	bool found = false;
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		found |= atoi(entry->d_name) == pid;
	closedir(dir);
	CHECK(found);
	length = CHECK_OK(readlink("/proc/self", target, sizeof(target) - 1));
	target[length] = '\0';
	CHECK_EQ(atoi(target), pid);
	sprintf(path, "/proc/%d/cmdline", pid);
	CHECK(exists(path));
	pid = fork_child();
	if (pid == 0)
		_exit(0);
	sprintf(path, "/proc/%d", pid);
	CHECK(exists(path));
	CHECK_EXITS(pid, 0);
	CHECK(!exists(path));
	CHECK_EQ(open("/proc/new", O_WRONLY | O_CREAT, 0600), -1);
	CHECK_EQ(mkdir("/proc/new", 0700), -1);
	CHECK_ERR(open("/proc/999999999/maps", O_RDONLY), ENOENT);
}
