// SPDX-License-Identifier: MIT
/*
 * thread_tid_address.c: set_tid_address returns the thread's number; when the thread ends, the word
 * there becomes 0 and a sleeper is woken; CLONE_CHILD_CLEARTID and CLONE_CHILD_SETTID do the same at
 * birth; a word that cannot be written is no error; the last user of the memory clears nothing.
 */
#include "thread.h"

static volatile int word = 1;
static struct gate go;

static void *thread(void *tid)
{
	CHECK_EQ(syscall(SYS_set_tid_address, &word), my_tid());
	*(pid_t *)tid = my_tid();
	gate_wait(go);
	/* From the gate on, the main thread sleeps nowhere but on the word. */
	WAIT_UNTIL(thread_state(getpid(), getpid()) == 'S');
	syscall(SYS_exit, 0);
	return NULL;
}

static void *bad_word(void *tid)
{
	syscall(SYS_set_tid_address, 8);
	*(pid_t *)tid = my_tid();
	syscall(SYS_exit, 0);
	return NULL;
}

static int child(void *unused)
{
	(void)unused;
	return word == my_tid() ? 5 : 6;
}

TEST()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	volatile int *shared = map_shared(1);
	volatile pid_t tid = 0, parent_word = 0;
	pid_t pid;

	go = gate_make();
	thread_start(thread, (void *)&tid);
	WAIT_UNTIL(tid);
	CHECK_EQ(word, 1);
	gate_give(go);
	CHECK_EQ(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), 0);
	CHECK_EQ(word, 0);
	WAIT_UNTIL(thread_state(getpid(), tid) == 0);
	tid = 0;
	thread_start(bad_word, (void *)&tid);
	WAIT_UNTIL(tid && thread_state(getpid(), tid) == 0);

	/* A process that shares our memory. */
	pid = CHECK_OK(clone(child, stack + sizeof(stack),
		CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
			SIGCHLD,
		NULL, &parent_word, NULL, &word));
	CHECK_EQ(parent_word, pid);
	CHECK_EXITS(pid, 5);
	CHECK_EQ(word, 0);

	/* One that has its own: the child's word is in its memory, and it is alone there. */
	word = 3;
	pid = CHECK_OK(syscall(SYS_clone,
		CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0,
		&parent_word, &word, 0));
	if (pid == 0) {
		if (word != my_tid())
			_exit(1);
		shared[0] = 9;
		syscall(SYS_set_tid_address, shared);
		_exit(0);
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(parent_word, pid);
	CHECK_EQ(word, 3);
	CHECK_EQ(shared[0], 9);
}
