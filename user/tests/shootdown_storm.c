// SPDX-License-Identifier: MIT
/*
 * shootdown_storm.c: Threads in one address space: one changes a page in each way that takes rights
 * away or puts another page in its place (the table `kinds`), after another one on another CPU has
 * used it; after each change the other looks whether its TLB still has the old translation.
 *
 * A pair of threads works on pages of its own. First one pair runs alone, on each two CPUs in turn
 * (the others idle; in some batches the other CPU sleeps, too, while the page is changed), then as
 * many pairs at once as there are CPUs for. $SHOOTDOWNS says how many
 * there are to be (counted by the kernel: nr_tlb_remote_flush in /proc/vmstat; where it does not
 * count them, two for each round), $SECONDS after how many seconds it is enough anyhow; the test
 * prints how many there were then.
 */
#include "thread.h"

#include <linux/falloc.h>
#include <ucontext.h>

#define MAX_PAIRS   4
#define BATCH       250    /* rounds before the CPUs change */
#define SLOW_BATCH  20     /* the same where each waits asleep */
#define RANGE_PAGES 40     /* more than are flushed one by one */
#define RET         0xc3ul /* the instruction */

enum order {
	LOAD,         /* read: it must be `value` */
	STORE,        /* store `value`: it must work */
	CANNOT_GET,   /* a store must bring SIGSEGV or SIGBUS */
	RUN,          /* jump there: it must return */
	CANNOT_RUN,   /* it must bring SIGSEGV */
	HAMMER,       /* count up there until the next order */
	STORE_FAULTS, /* store `value`: it must work, by a page fault */
	STOP,
};

struct pair {
	unsigned long *page, *other;  /* private; where it is, where mremap takes it */
	unsigned long *range;         /* RANGE_PAGES more */
	unsigned long *memory, *copy; /* a page of memory_fd, shared and private */
	unsigned long *file;          /* a page of a file on a disk, or NULL */
	int memory_fd, file_fd;
	int cpus[2];
	long rounds;
	/* the changer's order to the looker; done: the number of the last one carried out */
	volatile unsigned number, done;
	enum order order;
	unsigned long *where, value;
};

static struct pair pairs[MAX_PAIRS];
static int spin_limit;

static __thread volatile int faulted;
struct child_page {
	volatile unsigned long go, strokes; /* strokes: of the hammer */
};
static struct child_page *to_child;
extern char store_begin[], store_end[];

/* A store of try_store() is passed over; a jump of try_run() returns at once. */
static void on_fault(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signo;
	faulted = 1;
	if (regs[REG_RIP] == (greg_t)store_begin) {
		regs[REG_RIP] = (greg_t)store_end;
	} else if (regs[REG_RIP] == (greg_t)info->si_addr) {
		regs[REG_RIP] = *(greg_t *)regs[REG_RSP];
		regs[REG_RSP] += sizeof(greg_t);
	} else {
		_exit(9);
	}
}

/* Stores, or notes the fault. */
static __attribute__((noinline)) bool try_store(unsigned long *to, unsigned long value)
{
	faulted = 0;
	__asm__ volatile(".globl store_begin, store_end\n"
			 "store_begin: mov %1, (%0)\n"
			 "store_end:"
			 :
			 : "r"(to), "r"(value)
			 : "memory");
	return !faulted;
}

static bool try_run(unsigned long *code)
{
	faulted = 0;
	((void (*)(void))code)();
	return !faulted;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	CHECK_OK(sched_setaffinity(0, sizeof(set), &set));
}

/*
 * Waits by looking, which loses no time if the other one runs; if it does not, because more CPUs
 * spin here than the host has, by sleeping.
 */
static void await(volatile unsigned *word, unsigned value)
{
	for (int spins = 0; *word != value; spins++)
		if (spins >= spin_limit)
			futex(word, FUTEX_WAIT_PRIVATE, value - 1, NULL, NULL, 0);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void announce(volatile unsigned *word, unsigned value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	futex(word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* ---- The looker ------------------------------------------------------------------------------ */

static long thread_faults(void)
{
	struct rusage usage;

	CHECK_OK(getrusage(RUSAGE_THREAD, &usage));
	return usage.ru_minflt;
}

/* False: that was the last order. */
static bool carry_out(struct pair *p, unsigned number)
{
	volatile unsigned long *where = p->where;
	long before;

	enum order order = p->order; /* once it is done, there may be another */

	switch (order) {
	case LOAD:
		CHECK_EQ(*where, p->value);
		break;
	case STORE:
		CHECK(try_store(p->where, p->value));
		break;
	case CANNOT_GET:
		if (try_store(p->where, p->value))
			CHECK_FAILED("a stale translation: stored to %p", p->where);
		break;
	case RUN:
		CHECK(try_run(p->where));
		break;
	case CANNOT_RUN:
		if (try_run(p->where))
			CHECK_FAILED("a stale translation: ran %p", p->where);
		break;
	case HAMMER:
		announce(&p->done, number);
		while (p->number == number)
			++*where, to_child->strokes++;
		return true;
	case STORE_FAULTS:
		before = thread_faults();
		CHECK(try_store(p->where, p->value));
		if (on_vellum())
			CHECK(thread_faults() > before);
		break;
	case STOP:
		break;
	}
	announce(&p->done, number);
	return order != STOP;
}

static void *looker(void *arg)
{
	struct pair *p = arg;
	unsigned number = 0;

	run_on(p->cpus[1]);
	do {
		number++;
		await(&p->number, number);
	} while (carry_out(p, number));
	return NULL;
}

/* ---- The changer ----------------------------------------------------------------------------- */

static void let(struct pair *p, enum order order, unsigned long *where, unsigned long value)
{
	p->order = order;
	p->where = where;
	p->value = value;
	announce(&p->number, p->number + 1);
	await(&p->done, p->number);
}

/* The looker has the zero page, then the new page in its TLB, and neither afterwards. */
static void change_by_dontneed(struct pair *p, unsigned long value)
{
	*(volatile unsigned long *)p->page = value;
	let(p, LOAD, p->page, value);
	CHECK_OK(madvise(p->page, PAGE, MADV_DONTNEED));
	let(p, LOAD, p->page, 0);
}

static void change_by_munmap(struct pair *p, unsigned long value)
{
	let(p, STORE, p->page, value);
	CHECK_OK(munmap(p->page, PAGE));
	let(p, CANNOT_GET, p->page, 1);
	CHECK(mmap(p->page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		      -1, 0) == p->page);
	let(p, LOAD, p->page, 0);
}

static void change_by_mprotect(struct pair *p, unsigned long value)
{
	let(p, STORE, p->page, value);
	CHECK_OK(mprotect(p->page, PAGE, value / 8 % 2 ? PROT_READ : PROT_NONE));
	let(p, CANNOT_GET, p->page, 1);
	CHECK_OK(mprotect(p->page, PAGE, PROT_READ | PROT_WRITE));
	let(p, LOAD, p->page, value);
}

static void change_by_mremap(struct pair *p, unsigned long value)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	let(p, STORE, p->page, value);
	CHECK(mremap(p->page, PAGE, PAGE, flags, p->other) == p->other);
	let(p, CANNOT_GET, p->page, 1);
	let(p, LOAD, p->other, value);
	CHECK(mremap(p->other, PAGE, PAGE, flags, p->page) == p->page);
	let(p, CANNOT_GET, p->other, 1);
	let(p, LOAD, p->page, value);
}

/* The child's page stands still, though the looker goes on storing; and then the parent's copy is
 * seen at once. */
static void change_by_fork(struct pair *p, unsigned long value)
{
	volatile unsigned long *word = p->page;
	unsigned long seen, before;
	pid_t pid;

	let(p, HAMMER, p->page, 0);
	to_child->go = 0;
	pid = fork_child();
	if (pid == 0) {
		before = to_child->strokes;
		seen = *word;
		while (to_child->strokes - before < 100 && !to_child->go)
			sched_yield();
		if (*word != seen)
			_exit(1);
		while (!to_child->go)
			sched_yield();
		_exit(*word != seen);
	}
	before = to_child->strokes;
	while (to_child->strokes - before < 200)
		sched_yield();
	let(p, STORE, p->page, value - 1);
	*word = value;
	let(p, LOAD, p->page, value);
	to_child->go = 1;
	CHECK_EXITS(pid, 0);
}

static void change_by_msync(struct pair *p, unsigned long value)
{
	let(p, STORE, p->file, value);
	CHECK_OK(msync(p->file, PAGE, MS_SYNC));
	let(p, STORE_FAULTS, p->file, value + 1);
	CHECK_EQ(*p->file, value + 1);
}

/* While the looker stores, frames go: none of its stores may reach one that is free. */
static void change_under_hammer(struct pair *p)
{
	let(p, HAMMER, p->page, 0);
	for (int i = 0; i < 20; i++)
		CHECK_OK(madvise(p->page, PAGE, MADV_DONTNEED));
	let(p, STORE, p->page, 0);
	CHECK_OK(madvise(p->page, PAGE, MADV_DONTNEED));
}

/* From the first to the last page of a range: few are flushed one by one, many all at once. */
static void change_by_munmap_range(struct pair *p, unsigned long value)
{
	size_t nr = 2 + value / 64 % (RANGE_PAGES - 1), words = PAGE / sizeof(*p->range);
	unsigned long *last = p->range + (nr - 1) * words;

	for (size_t i = 0; i < nr; i++)
		p->range[i * words] = value;
	let(p, STORE, p->range, value);
	let(p, STORE, last, value);
	CHECK_OK(munmap(p->range, nr * PAGE));
	let(p, CANNOT_GET, last, 1);
	let(p, CANNOT_GET, p->range, 1);
	CHECK(mmap(p->range, nr * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p->range);
}

static void change_by_mmap_over(struct pair *p, unsigned long value)
{
	let(p, STORE, p->page, value);
	CHECK(mmap(p->page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		      -1, 0) == p->page);
	let(p, LOAD, p->page, 0);
}

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
static void change_by_mremap_dontunmap(struct pair *p, unsigned long value)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

	let(p, STORE, p->page, value);
	CHECK(mremap(p->page, PAGE, PAGE, flags, p->other) == p->other);
	let(p, LOAD, p->page, 0);
	let(p, LOAD, p->other, value);
	CHECK_OK(munmap(p->other, PAGE));
}

static void change_by_mprotect_noexec(struct pair *p, unsigned long value)
{
	(void)value;
	CHECK_OK(mprotect(p->page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	*(volatile unsigned long *)p->page = RET;
	let(p, RUN, p->page, 0);
	CHECK_OK(mprotect(p->page, PAGE, PROT_READ | PROT_WRITE));
	let(p, CANNOT_RUN, p->page, 0);
}

/* A store after MADV_FREE, through whatever translation, keeps the page. Without one it goes when
 * memory is wanted: on Vellum at once. */
static void change_by_free(struct pair *p, unsigned long value)
{
	let(p, STORE, p->page, value);
	CHECK_OK(madvise(p->page, PAGE, MADV_FREE));
	let(p, STORE, p->page, value + 1);
	madvise(p->page, PAGE, MADV_PAGEOUT);
	CHECK_EQ(*(volatile unsigned long *)p->page, value + 1);
	let(p, LOAD, p->page, value + 1);
	if (!on_vellum())
		return;
	CHECK_OK(madvise(p->page, PAGE, MADV_FREE));
	let(p, LOAD, p->page, value + 1);
	CHECK_OK(madvise(p->page, PAGE, MADV_PAGEOUT));
	/* It may stay, if somebody looks at the page at this moment; but both see the same one. */
	let(p, LOAD, p->page, *(volatile unsigned long *)p->page);
}

static void change_by_truncate(struct pair *p, unsigned long value)
{
	let(p, STORE, p->memory, value);
	CHECK_OK(ftruncate(p->memory_fd, 0));
	let(p, CANNOT_GET, p->memory, 1);
	CHECK_OK(ftruncate(p->memory_fd, PAGE));
	let(p, LOAD, p->memory, 0);
}

static void change_by_hole(struct pair *p, unsigned long value)
{
	let(p, STORE, p->memory, value);
	CHECK_OK(fallocate(p->memory_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
	let(p, LOAD, p->memory, 0);
}

/* From the file's page to a copy, and back. */
static void change_by_copy(struct pair *p, unsigned long value)
{
	*(volatile unsigned long *)p->memory = value;
	let(p, LOAD, p->copy, value);
	*(volatile unsigned long *)p->copy = value + 1;
	let(p, LOAD, p->copy, value + 1);
	CHECK_OK(madvise(p->copy, PAGE, MADV_DONTNEED));
	let(p, LOAD, p->copy, value);
}

/* What write(2) changes is another page of the cache by then. */
static void change_by_pageout(struct pair *p, unsigned long value)
{
	let(p, STORE, p->file, value);
	madvise(p->file, PAGE, MADV_PAGEOUT);
	value++;
	CHECK_EQ(pwrite(p->file_fd, &value, sizeof(value), 0), sizeof(value));
	let(p, LOAD, p->file, value);
}

static void change_by_hammer(struct pair *p, unsigned long value)
{
	(void)value;
	change_under_hammer(p);
}

/* In which rounds (of each `every`, the `at`-th) what happens, and for which pairs. */
enum whose {
	ALL,
	FIRST,    /* they share the child's page */
	WITH_FILE /* on a disk */
};

static const struct kind {
	unsigned every, at;
	enum whose whose;
	void (*change)(struct pair *p, unsigned long value);
} kinds[] = {
	{ 1, 0, ALL, change_by_dontneed },
	{ 8, 1, ALL, change_by_munmap },
	{ 8, 3, ALL, change_by_mprotect },
	{ 8, 5, ALL, change_by_mremap },
	{ 16, 2, ALL, change_by_mmap_over },
	{ 16, 4, ALL, change_by_mremap_dontunmap },
	{ 16, 6, ALL, change_by_mprotect_noexec },
	{ 16, 8, ALL, change_by_free },
	{ 16, 10, ALL, change_by_truncate },
	{ 16, 12, ALL, change_by_hole },
	{ 16, 14, ALL, change_by_copy },
	{ 64, 0, ALL, change_by_munmap_range },
	{ 128, 39, ALL, change_by_hammer },
	{ 128, 7, FIRST, change_by_fork },
	{ 128, 9, WITH_FILE, change_by_msync },
	{ 128, 11, WITH_FILE, change_by_pageout },
};

static bool concerns(const struct kind *k, const struct pair *p)
{
	return k->whose == ALL || (k->whose == FIRST ? p == pairs : p->file != NULL);
}

static void change(struct pair *p, unsigned long value)
{
	for (size_t i = 0; i < NR_ITEMS(kinds); i++)
		if (value % kinds[i].every == kinds[i].at && concerns(&kinds[i], p))
			kinds[i].change(p, value);
}

static void *changer(void *arg)
{
	struct pair *p = arg;
	pthread_t thread = thread_start(looker, p);

	run_on(p->cpus[0]);
	for (long i = 1; i <= p->rounds; i++)
		change(p, i);
	let(p, STOP, NULL, 0);
	thread_join(thread);
	return NULL;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void run_pairs(int nr, long rounds)
{
	pthread_t threads[MAX_PAIRS];

	for (int i = 0; i < nr; i++) {
		pairs[i].number = pairs[i].done = 0;
		pairs[i].rounds = rounds;
		threads[i] = thread_start(changer, &pairs[i]);
	}
	for (int i = 0; i < nr; i++)
		thread_join(threads[i]);
}

/* What the kernel has counted; -1: it does not. */
static long count_shootdowns(void)
{
	char text[16384], *at;

	read_text("/proc/vmstat", text, sizeof(text));
	at = strstr(text, "\nnr_tlb_remote_flush ");
	return at && on_vellum() ? atol(at + 21) : -1;
}

static void make_pair(struct pair *p)
{
	int rw = PROT_READ | PROT_WRITE;

	/* Each page has a table of its own neighbours: nothing merges. */
	p->page = (void *)map_anon(3, PROT_NONE);
	p->other = (void *)((char *)p->page + 2 * PAGE);
	CHECK_OK(mprotect(p->page, PAGE, rw));
	p->range = (void *)map_anon(RANGE_PAGES, rw);
	p->memory_fd = CHECK_OK(syscall(SYS_memfd_create, "page", 0));
	CHECK_OK(ftruncate(p->memory_fd, PAGE));
	p->memory = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, p->memory_fd, 0));
	p->copy = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, p->memory_fd, 0));
}

TEST_IN_DIR()
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	int nr_cpus = sysconf(_SC_NPROCESSORS_ONLN), fd = make_file("a", PAGE);
	long wanted = getenv("SHOOTDOWNS") ? atol(getenv("SHOOTDOWNS")) : 3000;
	long limit = getenv("SECONDS") ? atol(getenv("SECONDS")) : 20;
	long long end = now_ns(CLOCK_MONOTONIC) + limit * 1000000000LL;
	long begin = count_shootdowns(), nr = 0;

	if (nr_cpus < 2)
		skip("there is one CPU only");
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	CHECK_OK(sigaction(SIGBUS, &action, NULL));
	to_child = map_shared(1);
	for (int i = 0; i < MAX_PAIRS; i++)
		make_pair(&pairs[i]);
	pairs[0].file_fd = fd;
	pairs[0].file = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	if (strcmp(test_place, "/var/tmp") != 0)
		pairs[0].file = NULL; /* a filesystem in memory writes nothing back */
	for (int turn = 0; nr < wanted && now_ns(CLOCK_MONOTONIC) < end; turn++) {
		pairs[0].cpus[0] = turn % nr_cpus;
		pairs[0].cpus[1] = (turn + 1 + turn / nr_cpus % (nr_cpus - 1)) % nr_cpus;
		spin_limit = turn % 8 == 3 ? 0 : 20000;
		run_pairs(1, spin_limit ? BATCH : SLOW_BATCH);
		nr = begin < 0 ? (turn + 1) * 2 * BATCH : count_shootdowns() - begin;
	}
	spin_limit = 500;
	for (int i = 0; i < MAX_PAIRS; i++) {
		pairs[i].cpus[0] = 2 * i % nr_cpus;
		pairs[i].cpus[1] = (2 * i + 1) % nr_cpus;
	}
	run_pairs(nr_cpus / 2 < MAX_PAIRS ? nr_cpus / 2 : MAX_PAIRS, 30);
	if (getenv("SHOOTDOWNS"))
		printf("%ld shootdowns\n", begin < 0 ? nr : count_shootdowns() - begin);
}
