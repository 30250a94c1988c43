// SPDX-License-Identifier: MIT
/*
 * unshare_thread.c: A thread that calls unshare(2) with CLONE_FS or CLONE_FILES has working
 * directory and umask, or descriptors, of its own from then on; /proc/PID/task/TID shows the
 * thread's.
 */
#include "thread.h"

static struct gate changed, end;
static int fd;
static pid_t tid;

static void *leaves(void *unused)
{
	tid = my_tid();
	CHECK_OK(unshare(CLONE_FS));
	CHECK_OK(chdir("below"));
	CHECK_EQ(umask(077), 022);
	gate_give(changed);
	gate_wait(end);
	CHECK_OK(unshare(CLONE_FILES));
	CHECK_OK(close(fd));
	gate_give(changed);
	gate_wait(end);
	CHECK_EQ(umask(077), 077);
	return unused;
}

static bool thread_has(pid_t number, const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", number, name);
	return exists(path);
}

TEST_IN_DIR()
{
	pthread_t thread;
	char name[20];

	changed = gate_make();
	end = gate_make();
	CHECK_OK(mkdir("below", 0755));
	put_file("below/inner", "x");
	fd = CHECK_OK(open(".", O_RDONLY));
	snprintf(name, sizeof(name), "fd/%d", fd);
	thread = thread_start(leaves, NULL);
	gate_wait(changed);
	CHECK(!exists("inner"));
	CHECK_EQ(umask(022), 022);
	CHECK(thread_has(tid, "cwd/inner"));
	CHECK(!thread_has(getpid(), "cwd/inner"));
	CHECK(thread_has(tid, name));
	gate_give(end);
	gate_wait(changed);
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	CHECK(!thread_has(tid, name));
	CHECK(thread_has(getpid(), name));
	gate_give(end);
	thread_join(thread);
}
