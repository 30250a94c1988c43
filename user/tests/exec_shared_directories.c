// SPDX-License-Identifier: MIT
/*
 * exec_shared_directories.c: What CLONE_FS shares stays shared through execve, while descriptors
 * that CLONE_FILES shared do not; a set-user-ID program gets no rights where another process shares
 * its directories, but does where only threads of its own do.
 */
#include "thread.h"

static int helper(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "user") == 0)
		return geteuid() == OTHER_UID ? 1 : geteuid() == 5 ? 0 : 2;
	return chdir("below") == 0 && close(atoi(argv[0])) == 0 ? 0 : 3;
}

TEST_HELPER(helper)

static char stack[16 * PAGE] __attribute__((aligned(16)));

static int moves(void *fd)
{
	execl(test_self(), "helper", "--helper", (char *)fd, NULL);
	return 9;
}

static int becomes_user(void *unused)
{
	(void)unused;
	execl("program", "program", "--helper", "user", NULL);
	return 9;
}

static void *waits(void *unused)
{
	pause();
	return unused;
}

/* Its exit status: 1 with the rights of the program's owner, 0 without. */
static int run_program(int flags, bool with_thread)
{
	pid_t pid = fork_child(), child;
	int status;

	if (pid == 0) {
		become_other();
		CHECK_OK(setreuid(OTHER_UID, OTHER_UID));
		if (with_thread) {
			thread_start(waits, NULL);
			_exit(becomes_user(NULL));
		}
		child = CHECK_OK(clone(becomes_user, stack + sizeof(stack), flags | SIGCHLD, NULL));
		status = wait_child(child);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 8);
	}
	status = wait_child(pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void copy_program(void)
{
	static char block[PAGE];
	int in = CHECK_OK(open(test_self(), O_RDONLY)), out;
	ssize_t got;

	out = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0)
		CHECK_EQ(write(out, block, got), got);
	CHECK_OK(close(out));
	CHECK_OK(close(in));
	CHECK_OK(chown("program", 5, 5));
	CHECK_OK(chmod("program", 04755));
}

TEST_IN_DIR()
{
	char number[20];
	struct statfs fs;
	pid_t pid;
	int fd;

	need_root("it makes a set-user-id program");
	CHECK_OK(chmod(".", 0755));
	CHECK_OK(mkdir("below", 0755));
	put_file("below/inner", "x");
	fd = CHECK_OK(open(".", O_RDONLY));
	snprintf(number, sizeof(number), "%d", fd);
	pid = CHECK_OK(
		clone(moves, stack + sizeof(stack), CLONE_FS | CLONE_FILES | SIGCHLD, number));
	CHECK_EXITS(pid, 0);
	CHECK(exists("inner"));
	CHECK_OK(fchdir(fd));

	CHECK_OK(statfs(".", &fs));
	if (fs.f_flags & 2) /* ST_NOSUID */
		skip("mounted nosuid");
	copy_program();
	CHECK_EQ(run_program(0, false), 0);
	CHECK_EQ(run_program(CLONE_FILES, false), 0);
	CHECK_EQ(run_program(CLONE_FS, false), 1);
	CHECK_EQ(run_program(0, true), 0);
}
