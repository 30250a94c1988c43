// SPDX-License-Identifier: MIT
/*
 * futex_keys.c: Who meets whom: processes that map a file shared, at different addresses or offsets
 * of the mapping; those that share anonymous memory; not those that have private copies, nor private
 * operations of two processes; private and shared operations of one process on private memory do not
 * meet either, as on Linux.
 */
#include "thread.h"

/* A child that waits for a word; it exits with 0 when woken, with 3 after the time is out. */
static pid_t waiter(void *word, int op, long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
	pid_t pid = fork_child();

	if (pid == 0) {
		long result = futex(word, op, 0, &time, NULL, 0);

		_exit(result == 0 ? 0 : errno == ETIMEDOUT ? 3 : 1);
	}
	WAIT_UNTIL(thread_state(pid, pid) == 'S');
	return pid;
}

TEST_IN_DIR()
{
	int fd = make_file("a", 0), rw = PROT_READ | PROT_WRITE;
	char *one, *two, *far, *read_only, *copy, *anon = map_shared(2), *own = map_anon(1, rw);
	pid_t pid;

	CHECK_OK(ftruncate(fd, 3 * PAGE));
	one = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_SHARED, fd, 0));
	two = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_SHARED, fd, 0));
	far = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 2 * PAGE));
	read_only = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE));
	copy = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 2 * PAGE));

	pid = waiter(one + 2 * PAGE + 8, FUTEX_WAIT, 60000);
	CHECK_EQ(futex(one + 2 * PAGE + 12, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(one + PAGE + 8, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(copy + 8, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(one + 2 * PAGE + 8, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(far + 8, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	CHECK_EXITS(pid, 0);
	pid = waiter(far + 8, FUTEX_WAIT, 60000);
	CHECK_EQ(futex(two + 2 * PAGE + 8, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	CHECK_EXITS(pid, 0);
	pid = waiter(read_only, FUTEX_WAIT, 60000);
	CHECK_EQ(futex(far, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	CHECK_EXITS(pid, 0);

	pid = waiter(anon + PAGE, FUTEX_WAIT, 60000);
	CHECK_EQ(futex(anon, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(anon + PAGE, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	CHECK_EXITS(pid, 0);

	/* Each process has its own private memory, whether the operation says so or not. */
	pid = waiter(own, FUTEX_WAIT, 300);
	CHECK_EQ(futex(own, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EXITS(pid, 3);
	pid = waiter(anon, FUTEX_WAIT_PRIVATE, 300);
	CHECK_EQ(futex(anon, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	CHECK_EQ(futex(anon, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	CHECK_EXITS(pid, 3);
}
