// SPDX-License-Identifier: MIT
/* thread.h: what tests about threads, futexes and robust lists share. */
#ifndef THREAD_H
#define THREAD_H

#include "test.h"

#include <linux/futex.h>
#include <pthread.h>

#ifndef FUTEX_32
struct robust_list {
	struct robust_list *next;
};
struct robust_list_head {
	struct robust_list list;
	long futex_offset;
	struct robust_list *list_op_pending;
};
#endif

TEST_HELPER_FN long futex(volatile void *addr, int op, unsigned val, const void *timeout,
	volatile void *addr2, unsigned val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

/* FUTEX_REQUEUE and friends: a number stands where others have the timeout. */
TEST_HELPER_FN long futex2(volatile void *addr, int op, unsigned val, unsigned long val2,
	volatile void *addr2, unsigned val3)
{
	return syscall(SYS_futex, addr, op, val, val2, addr2, val3);
}

TEST_HELPER_FN pid_t my_tid(void)
{
	return syscall(SYS_gettid);
}

/* pthread_create that cannot fail. */
TEST_HELPER_FN pthread_t thread_start(void *(*function)(void *), void *arg)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, function, arg), 0);
	return thread;
}

TEST_HELPER_FN void *thread_join(pthread_t thread)
{
	void *result;

	CHECK_EQ(pthread_join(thread, &result), 0);
	return result;
}

/* A store that has no business where it goes; the compiler cannot know. */
TEST_HELPER_FN void store_at(unsigned long addr)
{
	__asm__ volatile("movb $1, (%0)" : : "r"(addr) : "memory");
}

/* The state letter of a thread of this or another process: 'S' once it sleeps; 0: it is gone. */
TEST_HELPER_FN char thread_state(pid_t pid, pid_t tid)
{
	char path[80], text[600], *end;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

#endif
