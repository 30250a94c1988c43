/* SPDX-License-Identifier: MIT */
/*
 * Tests that change what is set for the whole machine (/proc/sys). with_settings() runs the checks
 * in a child, one such test at a time, and puts everything back, whatever the child did.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <sys/file.h>

#include "test.h"

/* The order matters: who sets overcommit_kbytes, if only to 0, unsets overcommit_ratio. */
static const char *const setting_paths[] = {
	"/proc/sys/vm/overcommit_memory",
	"/proc/sys/vm/overcommit_kbytes",
	"/proc/sys/vm/overcommit_ratio",
	"/proc/sys/vm/user_reserve_kbytes",
	"/proc/sys/vm/admin_reserve_kbytes",
	"/proc/sys/vm/max_map_count",
	"/proc/sys/vm/mmap_min_addr",
	"/proc/sys/vm/legacy_va_layout",
	"/proc/sys/kernel/randomize_va_space",
};

/* The result of write(2): the length, or -1 and errno. */
TEST_HELPER_FN ssize_t write_setting(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), error;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return n;
}

TEST_HELPER_FN void set_setting(const char *path, unsigned long value)
{
	char text[32];

	sprintf(text, "%lu\n", value);
	if (write_setting(path, text) < 0)
		CHECK_FAILED("write %lu to %s: %s", value, path, strerror(errno));
}

TEST_HELPER_FN unsigned long get_setting(const char *path)
{
	char text[64];

	read_text(path, text, sizeof(text));
	return strtoul(text, NULL, 10);
}

/* A value of /proc/meminfo in KiB. */
TEST_HELPER_FN long meminfo_kb(const char *name)
{
	char text[8192], *at;

	read_text("/proc/meminfo", text, sizeof(text));
	for (at = text; at && strncmp(at, name, strlen(name)) != 0; at = at ? at + 1 : NULL)
		at = strchr(at, '\n');
	CHECK(at != NULL && at[strlen(name)] == ':');
	return strtol(at + strlen(name) + 1, NULL, 10);
}

TEST_HELPER_FN void with_settings(void (*checks)(void))
{
	char old[NR_ITEMS(setting_paths)][64];
	int lock, status;
	pid_t pid;

	need_root("to change the settings of the machine");
	lock = CHECK_OK(open("/tmp/.test-settings", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	CHECK_OK(flock(lock, LOCK_EX));
	for (size_t i = 0; i < NR_ITEMS(setting_paths); i++)
		read_text(setting_paths[i], old[i], sizeof(old[i]));
	if (write_setting(setting_paths[0], old[0]) < 0)
		skip("%s cannot be set: %s", setting_paths[0], strerror(errno));
	pid = fork_child();
	if (pid == 0) {
		checks();
		child_done();
	}
	status = wait_child(pid);
	for (size_t i = 0; i < NR_ITEMS(setting_paths); i++)
		if (!strstr(setting_paths[i], "/overcommit_") || strcmp(old[i], "0\n") != 0 ||
			strstr(setting_paths[i], "_memory"))
			write_setting(setting_paths[i], old[i]);
	close(lock);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP)
		_exit(EXIT_SKIP);
	CHECK_EQ(status, 0);
}

#endif
