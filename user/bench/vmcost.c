// SPDX-License-Identifier: MIT
/*
 * vmcost.c: does an operation's cost grow with what exists, or with what is asked?
 *
 *	vmcost [MANY]      (make bench: in virtual time, where one instruction is one nanosecond)
 *
 * The first table: each operation in an address space of 10 VMAs and in one of MANY (30,000), spread
 * over all of them. What may grow is the depth of the tree of VMAs, so the last column should stay
 * below 1.5. The second: a mapping of 64 MiB and one of 1 TiB with the same few pages present, and
 * one with ten times as many. What counts is the pages; the larger mapping pays only for the tables
 * that stand above them.
 *
 * It is a measurement and no test: it says what it saw and judges nothing. It runs on Linux too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE      4096L
#define VMA_PAGES 20L
#define STEP      (24 * PAGE) /* from one VMA to the next: a hole of four pages between */
#define ROUNDS    190L        /* so many pages have 10 VMAs, the first of each left out */
#define ANON      (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW        (PROT_READ | PROT_WRITE)

static char *arena; /* nr_vmas of VMA_PAGES, STEP apart */
static char *aside; /* addresses where nothing is mapped */
static long nr_vmas;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void check(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "vmcost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void map_at(char *at, long len, int prot)
{
	check(mmap(at, (size_t)len, prot, ANON | MAP_FIXED, -1, 0) == at, "mmap");
}

static void unmap(char *at, long len)
{
	check(munmap(at, (size_t)len) == 0, "munmap");
}

/* A free range of the address space. */
static char *reserve(long len)
{
	char *p = mmap(NULL, (size_t)len, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);

	check(p != MAP_FAILED, "mmap");
	unmap(p, len);
	return p;
}

/* --- operations on the i-th VMA visited; each leaves everything as it was --- */

/* A stride that shares no factor with the count, so that all VMAs are visited in turn. */
static char *vma(long i)
{
	return arena + i * 12347 % nr_vmas * STEP;
}

static char *middle(long i)
{
	return vma(i) + VMA_PAGES / 2 * PAGE;
}

static void map_anywhere(long i)
{
	char *p = mmap(NULL, 5 * PAGE, PROT_READ, ANON, -1, 0);

	(void)i;
	check(p != MAP_FAILED, "mmap");
	unmap(p, 5 * PAGE);
}

static void map_in_hole(long i)
{
	char *hole = vma(i) + (VMA_PAGES + 1) * PAGE;

	map_at(hole, PAGE, PROT_READ);
	unmap(hole, PAGE);
}

static void replace(long i)
{
	map_at(middle(i), PAGE, RW);
}

static void punch(long i)
{
	unmap(middle(i), PAGE);
	map_at(middle(i), PAGE, RW);
}

static void protect_whole(long i)
{
	check(mprotect(vma(i), VMA_PAGES * PAGE, PROT_READ) == 0, "mprotect");
	check(mprotect(vma(i), VMA_PAGES * PAGE, RW) == 0, "mprotect");
}

static void protect_middle(long i)
{
	check(mprotect(middle(i), PAGE, PROT_READ) == 0, "mprotect");
	check(mprotect(middle(i), PAGE, RW) == 0, "mprotect");
}

/* Page 0 of each VMA stays, and with it the page table. */
static void write_fault(long i)
{
	*(volatile char *)(vma(i) + (1 + i / nr_vmas % (VMA_PAGES - 1)) * PAGE) = 1;
}

static void read_fault(long i)
{
	(void)*(volatile char *)(vma(i) + (1 + i / nr_vmas % (VMA_PAGES - 1)) * PAGE);
}

static void drop_touched(long i)
{
	char *p = vma(i) + (1 + i / nr_vmas % (VMA_PAGES - 1)) * PAGE;

	check(madvise(p, PAGE, MADV_DONTNEED) == 0, "madvise");
}

static void advise(long i)
{
	check(madvise(middle(i), PAGE, MADV_RANDOM) == 0, "madvise");
	check(madvise(middle(i), PAGE, MADV_NORMAL) == 0, "madvise");
}

static void ask_incore(long i)
{
	unsigned char vec[VMA_PAGES];

	check(mincore(vma(i), VMA_PAGES * PAGE, vec) == 0, "mincore");
}

static void sync_one(long i)
{
	check(msync(vma(i), VMA_PAGES * PAGE, MS_SYNC) == 0, "msync");
}

static void grow(long i)
{
	long len = VMA_PAGES * PAGE;

	check(mremap(vma(i), (size_t)len, (size_t)(len + PAGE), 0) == vma(i), "mremap");
	check(mremap(vma(i), (size_t)(len + PAGE), (size_t)len, 0) == vma(i), "mremap");
}

static void move(long i)
{
	int how = MREMAP_MAYMOVE | MREMAP_FIXED;

	check(mremap(vma(i), VMA_PAGES * PAGE, VMA_PAGES * PAGE, how, aside) == aside, "mremap");
	check(mremap(aside, VMA_PAGES * PAGE, VMA_PAGES * PAGE, how, vma(i)) == vma(i), "mremap");
}

/* By system call: musl's brk() always fails. */
static void move_break(long i)
{
	long at = syscall(SYS_brk, 0);

	(void)i;
	check(syscall(SYS_brk, at + PAGE) == at + PAGE && syscall(SYS_brk, at) == at, "brk");
}

static const struct operation {
	const char *name;
	void (*run)(long i);
	void (*undo)(long i); /* not measured */
} operations[] = {
	{ "mmap and munmap, where there is room", map_anywhere, NULL },
	{ "mmap and munmap, between two VMAs", map_in_hole, NULL },
	{ "mmap over a part of a VMA", replace, NULL },
	{ "munmap and mmap a part of a VMA", punch, NULL },
	{ "mprotect of a VMA, and back", protect_whole, NULL },
	{ "mprotect of a part (split, merge)", protect_middle, NULL },
	{ "write fault", write_fault, drop_touched },
	{ "read fault", read_fault, drop_touched },
	{ "madvise(MADV_DONTNEED) of a page", drop_touched, NULL },
	{ "madvise(MADV_RANDOM) of a part, and back", advise, NULL },
	{ "mincore of a VMA", ask_incore, NULL },
	{ "msync of a VMA", sync_one, NULL },
	{ "mremap in place, larger and back", grow, NULL },
	{ "mremap to another place, and back", move, NULL },
	{ "brk by a page, and back", move_break, NULL },
};
#define NR_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* Nanoseconds of one operation. The first pass warms up: tables, slabs. */
static double measure(const struct operation *op)
{
	double start = 0, end = 0;

	for (int pass = 0; pass < 2; pass++) {
		start = now();
		for (long i = 0; i < ROUNDS; i++)
			op->run(i);
		end = now();
		for (long i = 0; op->undo && i < ROUNDS; i++)
			op->undo(i);
	}
	return (end - start) / ROUNDS;
}

/* Nanoseconds of a line of /proc/self/maps. */
static double measure_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	double start = now(), lines = 0;
	char buf[4096];
	ssize_t n;

	check(fd >= 0, "/proc/self/maps");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	close(fd);
	return (now() - start) / lines;
}

static void measure_all(long nr, double result[NR_OPERATIONS + 1])
{
	nr_vmas = nr;
	arena = reserve(nr * STEP);
	for (long i = 0; i < nr; i++)
		map_at(arena + i * STEP, VMA_PAGES * PAGE, RW);
	for (long i = 0; i < ROUNDS; i++)
		*vma(i) = 1;
	for (size_t i = 0; i < NR_OPERATIONS; i++)
		result[i] = measure(&operations[i]);
	result[NR_OPERATIONS] = measure_maps();
	unmap(arena, nr * STEP);
}

static void table_of_vmas(long many)
{
	double few[NR_OPERATIONS + 1], with_many[NR_OPERATIONS + 1];

	aside = reserve(1L << 30);
	measure_all(10, few);
	measure_all(many, with_many);
	printf("%-42s %10s %10d %10s\n", "nanoseconds with that many VMAs:", "", 10, "");
	printf("%-42s %10s %10ld %10s\n", "", "", many, "ratio");
	for (size_t i = 0; i <= NR_OPERATIONS; i++)
		printf("%-42s %10.0f %10.0f %10.2f\n",
			i < NR_OPERATIONS ? operations[i].name : "a line of /proc/self/maps",
			few[i], with_many[i], with_many[i] / few[i]);
}

/* --- mappings with little in them --- */

static void sparse_munmap(char *p, long len)
{
	unmap(p, len);
}

static void sparse_protect(char *p, long len)
{
	check(mprotect(p, (size_t)len, PROT_READ) == 0, "mprotect");
}

static void sparse_dontneed(char *p, long len)
{
	check(madvise(p, (size_t)len, MADV_DONTNEED) == 0, "madvise");
}

static void sparse_free(char *p, long len)
{
	check(madvise(p, (size_t)len, MADV_FREE) == 0, "madvise");
}

static void sparse_sync(char *p, long len)
{
	check(msync(p, (size_t)len, MS_SYNC) == 0, "msync");
}

static void sparse_move(char *p, long len)
{
	int how = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *to = reserve(len);

	check(mremap(p, (size_t)len, (size_t)len, how, to) == to, "mremap");
	check(mremap(to, (size_t)len, (size_t)len, how, p) == p, "mremap");
}

static void sparse_fork(char *p, long len)
{
	pid_t child = fork();

	(void)p;
	(void)len;
	check(child >= 0, "fork");
	if (!child)
		_exit(0);
	check(waitpid(child, NULL, 0) == child, "waitpid");
}

static const struct {
	const char *name;
	void (*run)(char *p, long len);
} sparse_operations[] = {
	{ "munmap", sparse_munmap },
	{ "mprotect", sparse_protect },
	{ "madvise(MADV_DONTNEED)", sparse_dontneed },
	{ "madvise(MADV_FREE)", sparse_free },
	{ "msync", sparse_sync },
	{ "mremap to another place, and back", sparse_move },
	{ "fork, exit and wait", sparse_fork },
};

static double measure_sparse(void (*run)(char *p, long len), long len, long nr_present)
{
	char *p = mmap(NULL, (size_t)len, RW, ANON | MAP_NORESERVE, -1, 0);
	double start, end;

	check(p != MAP_FAILED, "mmap");
	for (long i = 0; i < nr_present; i++)
		p[len / nr_present / PAGE * i * PAGE] = 1;
	start = now();
	run(p, len);
	end = now();
	munmap(p, (size_t)len);
	return end - start;
}

static void table_of_sparse(void)
{
	const long small = 64L << 20, large = 1L << 40;

	printf("\n%-42s %10s %10s %10s\n", "nanoseconds with a mapping of:", "64 MiB", "1 TiB",
		"1 TiB");
	printf("%-42s %10s %10s %10s\n", "", "16 pages", "16 pages", "160 pages");
	for (size_t i = 0; i < sizeof(sparse_operations) / sizeof(sparse_operations[0]); i++) {
		void (*run)(char *p, long len) = sparse_operations[i].run;

		measure_sparse(run, small, 16);
		printf("%-42s %10.0f %10.0f %10.0f\n", sparse_operations[i].name,
			measure_sparse(run, small, 16), measure_sparse(run, large, 16),
			measure_sparse(run, large, 160));
	}
}

int main(int argc, char **argv)
{
	long many = argc > 1 ? atol(argv[1]) : 30000;

	if (argc > 2 || many < 10) {
		fprintf(stderr, "usage: vmcost [MANY]\n");
		return 2;
	}
	table_of_vmas(many);
	table_of_sparse();
	return 0;
}
