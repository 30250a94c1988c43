// SPDX-License-Identifier: MIT
/*
 * fault_storm.c: Three threads touch the same few pages while a fourth unmaps, maps, protects, empties,
 * truncates and forks: each access works or brings the signal that some moment of it allows, with its
 * exact address, and what is read was zero or stored there. FAULT_ROUNDS in the environment makes it
 * longer.
 */
#include "thread.h"

#define NR_TOUCHERS 3
#define NR_PAGES    6

static char *memory, *file_memory;
static int fd;
static volatile bool stop;
static _Thread_local sigjmp_buf back;
static _Thread_local volatile uintptr_t want;
static volatile unsigned long nr_works[NR_TOUCHERS], nr_faults[NR_TOUCHERS];

static void handler(int signo, siginfo_t *info, void *context)
{
	bool in_file =
		want >= (uintptr_t)file_memory && want < (uintptr_t)file_memory + NR_PAGES * PAGE;

	(void)context;
	CHECK_EQ((uintptr_t)info->si_addr, want);
	if (signo == SIGBUS)
		CHECK(in_file && info->si_code == BUS_ADRERR);
	else
		CHECK(info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR);
	siglongjmp(back, 1);
}

static void touch_once(long me, volatile unsigned char *p, bool write)
{
	unsigned char got;

	want = (uintptr_t)p;
	if (sigsetjmp(back, 1) != 0) {
		nr_faults[me]++;
		return;
	}
	if (write) {
		*p = 0x40 + me;
	} else {
		got = *p;
		CHECK(got == 0 || (got >= 0x40 && got < 0x40 + NR_TOUCHERS));
	}
	nr_works[me]++;
}

static void *toucher(void *arg)
{
	long me = (long)arg;

	for (unsigned long i = 0; !stop; i++) {
		char *from = i & 1 ? memory : file_memory;

		touch_once(me, (unsigned char *)from + i / 4 % NR_PAGES * PAGE + me * 8, i & 2);
	}
	return NULL;
}

static void map_again(void)
{
	int rw = PROT_READ | PROT_WRITE;

	CHECK(mmap(memory, NR_PAGES * PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		memory);
	CHECK(mmap(file_memory, NR_PAGES * PAGE, rw, MAP_SHARED | MAP_FIXED, fd, 0) == file_memory);
}

static void child(void)
{
	for (int i = 0; i < NR_PAGES; i++) {
		struct fault f = touch(i & 1 ? TOUCH_READ : TOUCH_WRITE, memory + i * PAGE);

		CHECK(f.signo == 0 || f.signo == SIGSEGV);
	}
	child_done();
}

static void disturb(unsigned round)
{
	size_t at = round % NR_PAGES * PAGE, half = NR_PAGES / 2 * PAGE;
	pid_t pid;

	switch (round * 7 / 3 % 8) {
	case 0:
		CHECK_OK(munmap(memory + at, PAGE));
		CHECK_OK(munmap(file_memory + at, PAGE));
		break;
	case 1:
		CHECK_OK(mprotect(memory, half, PROT_READ));
		CHECK_OK(mprotect(file_memory + half, half, PROT_READ));
		break;
	case 2:
		CHECK_OK(mprotect(memory + at, PAGE, PROT_NONE));
		break;
	case 3:
		CHECK_OK(madvise(memory, NR_PAGES * PAGE, MADV_DONTNEED));
		CHECK_OK(madvise(file_memory, half, MADV_DONTNEED));
		break;
	case 4:
		CHECK_OK(ftruncate(fd, at));
		break;
	case 5:
		CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
		break;
	case 6:
		CHECK_OK(mremap(memory, half, half, MREMAP_MAYMOVE | MREMAP_FIXED,
			memory + NR_PAGES * PAGE));
		break;
	default:
		pid = fork_child();
		if (pid == 0)
			child();
		CHECK_EXITS(pid, 0);
	}
	map_again();
}

TEST_IN_DIR()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	const char *asked = getenv("FAULT_ROUNDS");
	unsigned rounds = asked ? (unsigned)atoi(asked) : 80;
	pthread_t threads[NR_TOUCHERS];

	fd = make_file("a", 0);
	CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
	memory = map_anon(3 * NR_PAGES, PROT_READ);
	file_memory = memory + 2 * NR_PAGES * PAGE;
	map_again();
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	CHECK_OK(sigaction(SIGBUS, &action, NULL));
	for (long i = 0; i < NR_TOUCHERS; i++)
		threads[i] = thread_start(toucher, (void *)i);
	for (unsigned i = 0; i < rounds; i++)
		disturb(i);
	/* Each of them gets its turn, however few CPUs there are. */
	for (int i = 0; i < NR_TOUCHERS; i++)
		WAIT_UNTIL(nr_works[i]);
	stop = true;
	for (int i = 0; i < NR_TOUCHERS; i++)
		thread_join(threads[i]);
}
