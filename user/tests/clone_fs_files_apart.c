// SPDX-License-Identifier: MIT
/*
 * clone_fs_files_apart.c: CLONE_FS and CLONE_FILES each for itself (clone(2)): with the first,
 * parent and child share working directory, root and umask; with the second, descriptors, their
 * close-on-exec flags too; each without the other, both, and none.
 */
#include "test.h"

static int kept, given;

/* Changes all that may be shared. */
static int child(void *unused)
{
	(void)unused;
	if (chdir("below") < 0 || umask(077) != 022)
		return 1;
	if (dup2(kept, given) != given || fcntl(kept, F_SETFD, FD_CLOEXEC) < 0)
		return 2;
	return 0;
}

static void check(int flags)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	bool fs = flags & CLONE_FS, files = flags & CLONE_FILES;
	pid_t pid;

	kept = CHECK_OK(open(".", O_RDONLY));
	given = kept + 10;
	CHECK_ERR(fcntl(given, F_GETFD), EBADF);
	pid = CHECK_OK(clone(child, stack + sizeof(stack), flags | SIGCHLD, NULL));
	CHECK_EXITS(pid, 0);
	CHECK_EQ(exists("inner"), fs);
	CHECK_EQ(umask(022), fs ? 077 : 022);
	CHECK_EQ(fcntl(kept, F_GETFD), files ? FD_CLOEXEC : 0);
	CHECK_EQ(fcntl(given, F_GETFD) >= 0, files);
	CHECK_OK(fchdir(kept));
	close(given);
	close(kept);
}

TEST_IN_DIR()
{
	CHECK_OK(mkdir("below", 0755));
	put_file("below/inner", "x");
	check(0);
	check(CLONE_FS);
	check(CLONE_FILES);
	check(CLONE_FS | CLONE_FILES);
	check(CLONE_VM | CLONE_FS);
	check(CLONE_VM | CLONE_FILES);
}
