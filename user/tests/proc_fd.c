// SPDX-License-Identifier: MIT
/*
 * proc_fd.c: /proc/self/fd lists the open descriptors as links to what they are; opening one opens
 * the file again.
 */
#include "test.h"

TEST_IN_DIR()
{
	char path[40], target[PATH_MAX], cwd[PATH_MAX], wanted[PATH_MAX + 20];
	int fd = make_file("a", 10), fds[2], again, seen = 0;
	ssize_t length;
	DIR *dir;
	struct dirent *entry;

	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	sprintf(path, "/proc/self/fd/%d", fd);
	length = CHECK_OK(readlink(path, target, sizeof(target) - 1));
	target[length] = '\0';
	snprintf(wanted, sizeof(wanted), "%s/a", cwd);
	CHECK_STR(target, wanted);
	CHECK_OK(pipe(fds));
	sprintf(path, "/proc/self/fd/%d", fds[0]);
	length = CHECK_OK(readlink(path, target, sizeof(target) - 1));
	target[length] = '\0';
	CHECK_EQ(strncmp(target, "pipe:[", 6), 0);

	dir = opendir("/proc/self/fd");
	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		seen += atoi(entry->d_name) == fd || atoi(entry->d_name) == fds[1];
	CHECK_EQ(seen, 2);
	closedir(dir);

	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK_EQ(lseek(fd, 5, SEEK_SET), 5);
	again = CHECK_OK(open(path, O_RDONLY));
	CHECK_EQ(lseek(again, 0, SEEK_CUR), 0);
	CHECK_OK(unlink("a"));
	length = CHECK_OK(readlink(path, target, sizeof(target) - 1));
	target[length] = '\0';
	snprintf(wanted, sizeof(wanted), "%s/a (deleted)", cwd);
	CHECK_STR(target, wanted);
	sprintf(path, "/proc/self/fd/%d", 99);
	CHECK_ERR(readlink(path, target, 10), ENOENT);
}
