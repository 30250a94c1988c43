// SPDX-License-Identifier: MIT
/*
 * proc_environ_protected.c: /proc/PID/environ and cmdline show what the process may read where its
 * environment and arguments were put: nothing of PROT_NONE, nor of a file that was mapped there.
 */
#include "test.h"

#define BIG (6 * PAGE)

/* A page in the middle of the long string becomes something else; `seen` bytes of it are seen. */
static void look(const char *file, const char *first, volatile char *page, int seen)
{
	off_t at = page - first;
	char text[16];
	int fd = CHECK_OK(open(file, O_RDONLY));

	EXPECT_EQ(pread(fd, text, 5, at - 5), 5);
	EXPECT_EQ(pread(fd, text, 5, at), seen);
	EXPECT_EQ(pread(fd, text, 5, at + (off_t)PAGE), 5);
	CHECK_OK(close(fd));
}

static void look_at(const char *file, const char *first, const char *string)
{
	const int flags = MAP_PRIVATE | MAP_FIXED;
	void *page = (void *)(((uintptr_t)string + 2 * PAGE) & -PAGE);
	int fd = CHECK_OK(open(test_self(), O_RDONLY));

	look(file, first, page, 5);
	CHECK_OK(mprotect(page, PAGE, PROT_NONE));
	look(file, first, page, 0);
	CHECK_OK(mmap(page, PAGE, PROT_NONE, flags | MAP_ANONYMOUS, -1, 0));
	look(file, first, page, 0);
	CHECK_FAULT(TOUCH_READ, page, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(page, PAGE, PROT_READ));
	look(file, first, page, 5);
	CHECK_OK(mmap(page, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0));
	look(file, first, page, 0);
	*(volatile char *)page = 1;
	look(file, first, page, 0);
	CHECK_OK(mmap(page, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_ANONYMOUS, -1, 0));
	look(file, first, page, 0);
	CHECK_OK(close(fd));
}

/* As in a file of no size. */
static void seek_in(const char *name)
{
	int fd = CHECK_OK(open(name, O_RDONLY));

	EXPECT_EQ(lseek(fd, 3, SEEK_SET), 3);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 0);
	EXPECT_ERR(lseek(fd, -5, SEEK_SET), EINVAL);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
	CHECK_OK(close(fd));
}

static int helper(int argc, char **argv)
{
	CHECK_EQ(argc, 1);
	look_at("/proc/self/environ", environ[0], environ[0]);
	look_at("/proc/self/cmdline", argv[-2], argv[0]);
	seek_in("/proc/self/environ");
	seek_in("/proc/self/cmdline");
	return test_failures ? 1 : 0;
}

TEST_HELPER(helper)

TEST()
{
	static char big[BIG];
	char *argv[] = { "x", "--helper", big, NULL }, *envp[] = { big, NULL };
	pid_t pid;

	memset(big, 'b', BIG - 1);
	pid = fork_child();
	if (pid == 0) {
		execve(test_self(), argv, envp);
		_exit(99);
	}
	CHECK_EXITS(pid, 0);
}
