// SPDX-License-Identifier: MIT
/*
 * demandpaging.c: watch memory arrive when it is touched, and not before.
 *
 *	demandpaging [PAGES]
 *
 * What to look at: after mmap the address space (size) is larger, but the resident memory is not,
 * and there were no page faults. Reading the pages costs a fault each, yet still no memory: all of
 * them show the one shared page of zeros. Writing costs a fault each and a frame each.
 * MADV_DONTNEED gives the frames back and keeps the addresses; munmap takes the addresses too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define PAGE 4096

static long faults_before;

/* One line of the table: the faults since the last line, and what /proc/self/statm says. */
static void show(const char *what)
{
	struct rusage usage;
	long size = 0, resident = 0;
	FILE *statm;

	getrusage(RUSAGE_SELF, &usage);
	statm = fopen("/proc/self/statm", "r");
	if (statm) {
		if (fscanf(statm, "%ld %ld", &size, &resident) != 2)
			size = resident = -1;
		fclose(statm);
	}
	printf("%-34s %6ld faults %8ld pages mapped %8ld resident\n", what,
		usage.ru_minflt + usage.ru_majflt - faults_before, size, resident);
	/* Opening and printing may fault as well: the next count begins behind them. */
	getrusage(RUSAGE_SELF, &usage);
	faults_before = usage.ru_minflt + usage.ru_majflt;
}

int main(int argc, char **argv)
{
	long nr_pages = argc > 1 ? atol(argv[1]) : 500;
	long sum = 0;
	volatile char *p;

	if (nr_pages <= 0) {
		fprintf(stderr, "usage: demandpaging [PAGES]\n");
		return 2;
	}
	show("(warming up)");
	show("at the start");
	p = mmap(NULL, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	show("after mmap");
	for (long i = 0; i < nr_pages / 2; i++)
		sum += p[i * PAGE];
	show("after reading the first half");
	for (long i = 0; i < nr_pages; i++)
		p[i * PAGE] = 1;
	show("after writing every page");
	for (long i = 0; i < nr_pages; i++)
		sum += p[i * PAGE];
	show("after reading every page again");
	madvise((void *)p, nr_pages * PAGE, MADV_DONTNEED);
	show("after MADV_DONTNEED");
	munmap((void *)p, nr_pages * PAGE);
	show("after munmap");
	return sum == nr_pages ? 0 : 1;
}
