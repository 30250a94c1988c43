// SPDX-License-Identifier: MIT
/*
 * robust_list_exit.c: When a thread or process ends, whichever way, or execs, each lock on its
 * robust list that it holds gets FUTEX_OWNER_DIED, and one sleeper is woken; a lock of somebody
 * else's on the list stays as it is; the operation under way (list_op_pending) counts as well.
 */
#include "thread.h"

struct lock {
	struct robust_list link;
	unsigned word;
};

static struct shared {
	struct robust_list_head head;
	struct lock locks[4], pending;
} * s;

static void hold_locks(void)
{
	pid_t me = my_tid();

	s->head.futex_offset = offsetof(struct lock, word) - offsetof(struct lock, link);
	s->head.list.next = &s->locks[0].link;
	for (int i = 0; i < 4; i++) {
		s->locks[i].link.next = i < 3 ? &s->locks[i + 1].link : &s->head.list;
		s->locks[i].word = me;
	}
	s->locks[1].word = me | FUTEX_WAITERS;
	s->locks[2].word = me + 1;
	s->pending.word = me;
	s->head.list_op_pending = &s->pending.link;
	CHECK_OK(syscall(SYS_set_robust_list, &s->head, sizeof(s->head)));
}

static void check_locks(pid_t owner)
{
	CHECK_EQ(s->locks[0].word, FUTEX_OWNER_DIED);
	CHECK_EQ(s->locks[1].word, FUTEX_OWNER_DIED | FUTEX_WAITERS);
	CHECK_EQ(s->locks[2].word, owner + 1);
	CHECK_EQ(s->locks[3].word, FUTEX_OWNER_DIED);
	CHECK_EQ(s->pending.word, FUTEX_OWNER_DIED);
}

static void *thread(void *tid)
{
	hold_locks();
	*(pid_t *)tid = my_tid();
	syscall(SYS_exit, 0);
	return NULL;
}

static int after_exec(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sleep_ms(100000);
	return 0;
}
TEST_HELPER(after_exec)

/* A sleeper on the lock that has FUTEX_WAITERS. */
static pid_t start_sleeper(void)
{
	pid_t pid;

	WAIT_UNTIL(s->locks[1].word & FUTEX_WAITERS && s->head.list_op_pending);
	pid = fork_child();
	if (pid == 0) {
		unsigned value = s->locks[1].word;
		struct timespec time = { 60, 0 };

		CHECK_EQ(futex(&s->locks[1].word, FUTEX_WAIT, value, &time, NULL, 0), 0);
		child_done();
	}
	WAIT_UNTIL(thread_state(pid, pid) == 'S');
	return pid;
}

static pid_t end_by(int how, struct gate go)
{
	pid_t pid = fork_child();

	if (pid != 0)
		return pid;
	hold_locks();
	gate_wait(go);
	if (how == 0)
		_exit(0);
	if (how == 1)
		raise(SIGKILL);
	if (how == 2)
		store_at(8);
	execl(test_self(), "x", "--helper", NULL);
	_exit(1);
}

TEST()
{
	struct gate go = gate_make();
	pid_t pid, sleeper, tid = 0;

	s = map_shared(1);
	for (int how = 0; how < 4; how++) {
		memset(s, 0, sizeof(*s));
		pid = end_by(how, go);
		sleeper = start_sleeper();
		gate_give(go);
		CHECK_EXITS(sleeper, 0);
		if (how == 3) {
			WAIT_UNTIL(s->pending.word == FUTEX_OWNER_DIED);
			check_locks(pid);
			CHECK_OK(kill(pid, SIGKILL));
		}
		wait_child(pid);
		check_locks(pid);
	}
	memset(s, 0, sizeof(*s));
	thread_start(thread, &tid); /* it cannot be joined: libc is not told of its end */
	WAIT_UNTIL(s->pending.word == FUTEX_OWNER_DIED);
	check_locks(tid);
}
