// SPDX-License-Identifier: MIT
/*
 * stress_processes.c: storms of forks, execs, pipes, signals, stops and faults, all at once.
 *
 *	stress_processes [-s SEED] [-n ROUNDS] [-p PROCESSES]
 *
 * PROCESSES workers run ROUNDS rounds each of a random small drama (see the functions named
 * drama_): every one knows how it must end, and whatever is left over at its end is a failure too.
 * The seed is printed first. Defaults: seed 1, 60 rounds, 4 processes.
 */
#include "stress.h"

static unsigned long random_state;

static unsigned pick(unsigned below)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return (random_state >> 33) % below;
}

static void drama_fork_tree(void)
{
	int depth = 0;
	pid_t pids[2];

	do {
		for (int i = 0; i < 2; i++) {
			pids[i] = fork_child();
			if (pids[i] == 0)
				break;
		}
		if (pids[0] && pids[1]) {
			CHECK_EXITS(pids[0], 0);
			CHECK_EXITS(pids[1], 0);
		}
	} while (!(pids[0] && pids[1]) && ++depth < 3);
	if (depth > 0)
		child_done();
}

static void drama_exec(void)
{
	const char *self = test_self();
	pid_t pid = pick(2) ? vfork() : fork();

	if (pid == 0) {
		execl(self, "stress_processes", "--helper", NULL);
		_exit(9);
	}
	CHECK(pid > 0);
	CHECK_EXITS(pid, 0);
}

static void drama_pipeline(void)
{
	enum {
		LENGTH = 4
	};
	int in = -1, fds[2];
	pid_t pids[LENGTH];
	static unsigned char block[3000];
	size_t total = 20000 + pick(60000), got_total = 0;

	for (int i = 0; i < LENGTH; i++) {
		ssize_t got;

		CHECK_OK(pipe(fds));
		pids[i] = fork_child();
		if (pids[i] != 0) {
			close(in);
			close(fds[1]);
			in = fds[0];
			continue;
		}
		close(fds[0]);
		if (i == 0) {
			memset(block, 'p', sizeof(block));
			for (size_t left = total; left > 0; left -= got)
				got = CHECK_OK(write(fds[1], block,
					left < sizeof(block) ? left : sizeof(block)));
			child_done();
		}
		while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0) {
			CHECK_ALL(block, 'p', got);
			CHECK_EQ(write(fds[1], block, got), got);
		}
		child_done();
	}
	for (;;) {
		ssize_t got = CHECK_OK(read(in, block, sizeof(block)));

		if (got == 0)
			break;
		got_total += got;
	}
	CHECK_EQ(got_total, total);
	close(in);
	for (int i = 0; i < LENGTH; i++)
		CHECK_EXITS(pids[i], 0);
}

static void drama_kill(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGUSR1, SIGSEGV };
	int signo = signals[pick(NR_ITEMS(signals))];
	pid_t pid = fork_child();

	if (pid == 0) {
		char *p = map_anon(50, PROT_READ | PROT_WRITE);

		for (;;)
			memset(p, 1, 50 * PAGE);
	}
	if (pick(2))
		sched_yield();
	if (pick(3) == 0) {
		int status;

		CHECK_OK(kill(pid, SIGSTOP));
		CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
		CHECK_EQ(WIFSTOPPED(status), 1);
		if (pick(2))
			CHECK_OK(kill(pid, SIGCONT));
	}
	CHECK_OK(kill(pid, signo));
	CHECK_OK(kill(pid, SIGCONT));
	CHECK_KILLED(pid, signo);
}

static void drama_faults(void)
{
	char *p = map_anon(100, PROT_READ | PROT_WRITE);
	pid_t pid;

	memset(p, 1, 100 * PAGE);
	pid = fork_child();
	if (pid == 0) {
		for (int i = 0; i < 200; i++)
			p[pick(100) * PAGE] = 2;
		CHECK_FAULT(TOUCH_WRITE, NULL, SIGSEGV, SEGV_MAPERR);
		child_done();
	}
	for (int i = 0; i < 200; i++)
		p[pick(100) * PAGE] = 3;
	CHECK_EXITS(pid, 0);
	for (int i = 0; i < 100; i++)
		CHECK(p[i * PAGE] == 1 || p[i * PAGE] == 3);
	CHECK_OK(munmap(p, 100 * PAGE));
}

static void drama_orphans(void)
{
	int fds[2];
	char c;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			if (fork_child() == 0) {
				sched_yield();
				CHECK_EQ(write(fds[1], "o", 1), 1);
				child_done();
			}
		child_done();
	}
	close(fds[1]);
	CHECK_EXITS(pid, 0);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(read(fds[0], &c, 1), 1);
	CHECK_EQ(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void run(unsigned long seed, long rounds)
{
	static void (*const dramas[])(void) = { drama_fork_tree, drama_exec, drama_pipeline,
		drama_kill, drama_faults, drama_orphans };

	random_state = seed;
	for (long i = 0; i < rounds; i++)
		dramas[pick(NR_ITEMS(dramas))]();
	CHECK_ERR(wait(NULL), ECHILD);
}

int main(int argc, char **argv)
{
	struct stress s = { .seed = 1, .steps = 60, .processes = 4 };

	if (argc > 1 && strcmp(argv[1], "--helper") == 0)
		return helper(argc, argv);
	return stress_main("stress_processes", s, argc, argv, run);
}
