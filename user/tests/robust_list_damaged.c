// SPDX-License-Identifier: MIT
/*
 * robust_list_damaged.c: A robust list that is a ring without its head, leads nowhere, is not
 * aligned or lies in memory that is gone ends a process like any other: nothing hangs.
 */
#include "thread.h"

struct lock {
	struct robust_list link;
	unsigned word;
};

static void exit_with(struct robust_list_head *head)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		CHECK_OK(syscall(SYS_set_robust_list, head, sizeof(*head)));
		_exit(7);
	}
	CHECK_EXITS(pid, 7);
}

TEST()
{
	static struct robust_list_head head;
	static struct lock a, b;
	char *page = map_anon(2, PROT_READ | PROT_WRITE);

	CHECK_OK(munmap(page + PAGE, PAGE));
	head.futex_offset = offsetof(struct lock, word);
	a.link.next = &b.link;
	b.link.next = &a.link;
	head.list.next = &a.link;
	exit_with(&head); /* a ring */
	a.link.next = &a.link;
	exit_with(&head);
	a.link.next = NULL;
	exit_with(&head);
	a.link.next = (void *)0x1234567;
	exit_with(&head);
	a.link.next = (void *)0x8000000000000000;
	exit_with(&head);
	head.list.next = NULL;
	exit_with(&head);
	head.list.next = &head.list;
	head.list_op_pending = (void *)-8;
	exit_with(&head);
	head.list_op_pending = &a.link;
	head.futex_offset = 1;
	exit_with(&head);
	head.futex_offset = 1L << 62;
	exit_with(&head);
	exit_with((void *)(page + PAGE - 8));
	exit_with((void *)(page + PAGE));
	exit_with((void *)1);
	exit_with((void *)-1);
}
