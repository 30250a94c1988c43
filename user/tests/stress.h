/* SPDX-License-Identifier: MIT */
/* stress.h: several processes do random things, each from a seed of its own. */
#ifndef STRESS_H
#define STRESS_H

#include "test.h"

struct stress {
	unsigned long seed;
	long steps;
	int processes;
	const char *dir; /* where they work; NULL: it is all the same */
};

/* -s SEED -n STEPS -p PROCESSES, and -d DIRECTORY if there is one. False: an option that is none. */
TEST_HELPER_FN bool stress_options(struct stress *s, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, s->dir ? "s:n:p:d:" : "s:n:p:")) != -1) {
		if (option == 's')
			s->seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			s->steps = atol(optarg);
		else if (option == 'p')
			s->processes = atoi(optarg);
		else if (option == 'd')
			s->dir = optarg;
		else
			return false;
	}
	return true;
}

/* main() of such a test; s: what holds without options. Says how it can be repeated. */
TEST_HELPER_FN int stress_main(const char *name, struct stress s, int argc, char **argv,
	void (*run)(unsigned long seed, long steps))
{
	int failures = 0;

	if (!stress_options(&s, argc, argv))
		return 2;
	printf("%s -s %lu -n %ld -p %d%s%s\n", name, s.seed, s.steps, s.processes,
		s.dir ? " -d " : "", s.dir ? s.dir : "");
	fflush(stdout);
	if (s.dir)
		CHECK_OK(chdir(s.dir));
	for (int i = 0; i < s.processes; i++)
		if (fork_child() == 0) {
			run(s.seed * 1000 + i, s.steps);
			child_done();
		}
	for (int i = 0; i < s.processes; i++) {
		int status;

		CHECK_OK(wait(&status));
		failures += status != 0;
	}
	printf(failures ? "FAILED\n" : "passed\n");
	return failures ? 1 : 0;
}

#endif
