// SPDX-License-Identifier: MIT
/*
 * robust_list_errors.c: set_robust_list: EINVAL for another size; get_robust_list: what was set, of
 * other threads as well; ESRCH, EFAULT, and EPERM for another user's.
 */
#include "thread.h"

static struct robust_list_head heads[2];
static struct gate ready, end;
static pid_t other_tid;

static void *other_thread(void *unused)
{
	other_tid = my_tid();
	CHECK_OK(syscall(SYS_set_robust_list, &heads[1], sizeof(heads[1])));
	gate_give(ready);
	gate_wait(end);
	CHECK_OK(syscall(SYS_set_robust_list, NULL, sizeof(heads[1])));
	return unused;
}

static struct robust_list_head *get(pid_t tid)
{
	struct robust_list_head *head = NULL;
	size_t len = 0;

	CHECK_OK(syscall(SYS_get_robust_list, tid, &head, &len));
	CHECK_EQ(len, sizeof(*head));
	return head;
}

TEST()
{
	struct robust_list_head *head;
	pthread_t thread;
	size_t len;
	pid_t pid;

	ready = gate_make();
	end = gate_make();
	heads[0].list.next = &heads[0].list;
	heads[1].list.next = &heads[1].list;
	EXPECT_ERR(syscall(SYS_set_robust_list, &heads[0], 0), EINVAL);
	EXPECT_ERR(syscall(SYS_set_robust_list, &heads[0], sizeof(heads[0]) - 1), EINVAL);
	EXPECT_ERR(syscall(SYS_set_robust_list, &heads[0], sizeof(heads[0]) + 8), EINVAL);
	CHECK_OK(syscall(SYS_set_robust_list, &heads[0], sizeof(heads[0])));
	thread = thread_start(other_thread, NULL);
	gate_wait(ready);
	EXPECT_EQ(get(0), &heads[0]);
	EXPECT_EQ(get(my_tid()), &heads[0]);
	EXPECT_EQ(get(other_tid), &heads[1]);
	EXPECT_ERR(syscall(SYS_get_robust_list, 0x3fffff, &head, &len), ESRCH);
	EXPECT_ERR(syscall(SYS_get_robust_list, -1, &head, &len), ESRCH);
	EXPECT_ERR(syscall(SYS_get_robust_list, 0, NULL, &len), EFAULT);
	EXPECT_ERR(syscall(SYS_get_robust_list, 0, &head, NULL), EFAULT);
	if (geteuid() == 0) {
		pid = fork_child();
		if (pid == 0) {
			become_other();
			EXPECT_ERR(syscall(SYS_get_robust_list, getppid(), &head, &len), EPERM);
			/* fork does not hand it down: it names locks of the parent. */
			EXPECT_EQ(get(0), NULL);
			child_done();
		}
		CHECK_EXITS(pid, 0);
	}
	gate_give(end);
	thread_join(thread);
	CHECK_OK(syscall(SYS_set_robust_list, NULL, sizeof(heads[0])));
}
