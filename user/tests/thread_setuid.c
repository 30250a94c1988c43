// SPDX-License-Identifier: MIT
/*
 * thread_setuid.c: To the kernel, credentials are a thread's: setresuid as a system call changes
 * the calling thread only; the C library's setuid changes all; a child process that shares
 * everything else by clone has its own, too.
 */
#include "thread.h"

static struct gate ready, end;
static volatile long seen;

static void *changes_own(void *unused)
{
	CHECK_OK(syscall(SYS_setresuid, OTHER_UID, OTHER_UID, OTHER_UID));
	CHECK_EQ(syscall(SYS_getuid), OTHER_UID);
	CHECK_ERR(open("a", O_RDONLY), EACCES);
	return unused;
}

static void *waits(void *unused)
{
	gate_give(ready);
	gate_wait(end);
	seen = syscall(SYS_geteuid);
	return unused;
}

static int process(void *unused)
{
	(void)unused;
	return syscall(SYS_setresuid, 77, 77, 77) == 0 && syscall(SYS_getuid) == 77 ? 5 : 6;
}

TEST_IN_DIR()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pthread_t thread;
	pid_t pid;
	int fd;

	need_root("to change its user");
	ready = gate_make();
	end = gate_make();
	close(make_file("a", 10));
	CHECK_OK(chmod("a", 0600));
	thread_join(thread_start(changes_own, NULL));
	CHECK_EQ(syscall(SYS_getuid), 0);
	fd = CHECK_OK(open("a", O_RDONLY));
	close(fd);
	pid = CHECK_OK(clone(
		process, stack + sizeof(stack), CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, NULL));
	CHECK_EXITS(pid, 5);
	CHECK_EQ(syscall(SYS_getuid), 0);

	pid = fork_child();
	if (pid == 0) {
		thread = thread_start(waits, NULL);
		gate_wait(ready);
		CHECK_OK(setuid(OTHER_UID));
		gate_give(end);
		thread_join(thread);
		CHECK_EQ(seen, OTHER_UID);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
