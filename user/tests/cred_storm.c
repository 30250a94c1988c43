// SPDX-License-Identifier: MIT
/*
 * cred_storm.c: Threads change their groups all the time while others look at them, signal them and
 * have children: nobody ever sees half a change, and a child has what its creator had.
 */
#include "thread.h"

#define CHANGERS 4
#define LOOKERS  2
#define ROUNDS   300

static pid_t tids[CHANGERS];
static volatile int nr_changing;
static struct gate ready;

static void *changes(void *where)
{
	gid_t groups[40];

	*(pid_t *)where = my_tid();
	gate_give(ready);
	for (unsigned i = 1; i <= ROUNDS; i++) {
		for (size_t k = 0; k < NR_ITEMS(groups); k++)
			groups[k] = i * 7 + k;
		CHECK_OK(syscall(SYS_setgroups, i % NR_ITEMS(groups), groups));
		CHECK_OK(syscall(SYS_setresgid, i, i, i));
		CHECK_EQ(syscall(SYS_getgroups, 0, NULL), i % NR_ITEMS(groups));
		CHECK_EQ(syscall(SYS_getegid), i);
		if (i % 50 == 0) {
			pid_t pid = fork_child();

			if (pid == 0)
				_exit(getgid() == i && getegid() == i &&
							getgroups(0, NULL) ==
								(int)(i % NR_ITEMS(groups))
						? 0
						: 1);
			CHECK_EXITS(pid, 0);
		}
	}
	__atomic_fetch_sub(&nr_changing, 1, __ATOMIC_SEQ_CST);
	return where;
}

static void look_at(pid_t tid)
{
	unsigned real, effective, saved, of_files;
	char path[60], text[4096], *line;
	int fd;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return; /* it has ended */
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return;
	text[len] = '\0';
	line = strstr(text, "\nGid:\t");
	CHECK(line != NULL);
	CHECK_EQ(sscanf(line, "\nGid:\t%u\t%u\t%u\t%u", &real, &effective, &saved, &of_files), 4);
	CHECK_EQ(effective, real);
	CHECK_EQ(saved, real);
	CHECK_EQ(of_files, real);
}

static void *looks(void *unused)
{
	for (unsigned i = 0; __atomic_load_n(&nr_changing, __ATOMIC_SEQ_CST); i++) {
		look_at(tids[i % CHANGERS]);
		syscall(SYS_tgkill, getpid(), tids[i % CHANGERS], 0);
		getpriority(PRIO_USER, 0);
	}
	return unused;
}

static void storm(void)
{
	pthread_t changers[CHANGERS], lookers[LOOKERS];

	ready = gate_make();
	nr_changing = CHANGERS;
	for (int i = 0; i < CHANGERS; i++)
		changers[i] = thread_start(changes, &tids[i]);
	for (int i = 0; i < CHANGERS; i++)
		gate_wait(ready);
	for (int i = 0; i < LOOKERS; i++)
		lookers[i] = thread_start(looks, NULL);
	for (int i = 0; i < CHANGERS; i++)
		thread_join(changers[i]);
	for (int i = 0; i < LOOKERS; i++)
		thread_join(lookers[i]);
}

TEST()
{
	need_root("to change its groups");
	in_child(storm);
}
