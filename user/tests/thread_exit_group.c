// SPDX-License-Identifier: MIT
/*
 * thread_exit_group.c: exit_group by any thread ends all, whether they read from a pipe, wait for a
 * futex or a child, sleep, stop, or compute; the status is that of who called it.
 */
#include "thread.h"

#define NR 12

static struct gate never;

static void *busy(void *arg)
{
	static unsigned word;
	char byte;

	for (;;)
		switch ((long)arg % 6) {
		case 0:
			futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
			break;
		case 1:
			(void)!read(never.fd[0], &byte, 1);
			break;
		case 2:
			for (volatile int i = 0; i < 1000; i++)
				;
			break;
		case 3:
			sleep_ms(100000);
			break;
		case 4:
			waitpid(-1, NULL, 0);
			pause();
			break;
		case 5:
			free(malloc(1 << 20));
			munmap(map_anon(3, PROT_READ | PROT_WRITE), 3 * PAGE);
			break;
		}
	return NULL;
}

static void *ends(void *unused)
{
	_exit(33);
	return unused;
}

TEST()
{
	pid_t pid;

	never = gate_make();
	for (int round = 0; round < 10; round++) {
		pid = fork_child();
		if (pid == 0) {
			for (long i = 0; i < NR; i++)
				thread_start(busy, (void *)i);
			if (round % 2)
				sleep_ms(10);
			if (round % 3 == 0)
				_exit(33);
			thread_start(ends, NULL);
			busy((void *)(long)round);
		}
		CHECK_EXITS(pid, 33);
	}
}
