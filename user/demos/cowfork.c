// SPDX-License-Identifier: MIT
/*
 * cowfork.c: fork copies nothing but page tables; the pages are copied one by one, when written.
 *
 *	cowfork [PAGES]
 *
 * What to look at: the parent fills PAGES pages. fork returns at once. The child reads all of them
 * without a single fault: they are mapped in its page table too, but read-only. Its first store to
 * each page faults, and the kernel copies that page (copy-on-write). Its second store is free. The
 * parent's own pages keep their values. When the child is gone they have one owner again: a store
 * still faults once, since fork made the parent's page table read-only too, but nothing is copied
 * any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static long nr_pages;
static volatile char *pages;

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

static void read_all(void)
{
	for (long i = 0; i < nr_pages; i++)
		(void)pages[i * PAGE];
}

static void write_all(char value)
{
	for (long i = 0; i < nr_pages; i++)
		pages[i * PAGE] = value;
}

static void child(void)
{
	long start = faults(), read, first, second;

	read_all();
	read = faults();
	write_all('c');
	first = faults();
	write_all('C');
	second = faults();
	printf("child:  reading them %ld faults, writing them %ld, again %ld\n", read - start,
		first - read, second - first);
}

int main(int argc, char **argv)
{
	struct timespec before, after;
	long start;
	pid_t pid;

	nr_pages = argc > 1 ? atol(argv[1]) : 500;
	pages = mmap(
		NULL, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	start = faults();
	write_all('p');
	printf("parent: filling %ld pages %ld faults\n", nr_pages, faults() - start);
	fflush(stdout);

	clock_gettime(CLOCK_MONOTONIC, &before);
	pid = fork();
	if (pid == 0) {
		child();
		return 0;
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	waitpid(pid, NULL, 0);
	printf("parent: fork took %ld us; its pages still hold '%c'\n",
		(after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000,
		pages[0]);
	start = faults();
	write_all('P');
	printf("parent: writing them after the child's end %ld faults\n", faults() - start);
	return 0;
}
