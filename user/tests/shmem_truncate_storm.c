// SPDX-License-Identifier: MIT
/*
 * shmem_truncate_storm.c: Threads store to a mapped memfd while another cuts it to nothing: then it has
 * no page and costs nothing, though faults were under way. They get SIGBUS.
 */
#include "thread.h"

#define NR_TOUCHERS 3
#define NR_PAGES    16

static volatile char *memory;
static volatile bool stop;
static volatile unsigned long nr_refused[NR_TOUCHERS];
static _Thread_local sigjmp_buf back;

static void on_bus(int signo)
{
	(void)signo;
	siglongjmp(back, 1);
}

static void *toucher(void *arg)
{
	long me = (long)arg;
	volatile unsigned page = (unsigned)me * 5;

	if (sigsetjmp(back, 1) != 0)
		nr_refused[me]++;
	while (!stop) {
		page++;
		memory[page % NR_PAGES * PAGE] = 1;
	}
	return NULL;
}

static long blocks_of(int fd)
{
	struct stat st;

	CHECK_OK(fstat(fd, &st));
	return st.st_blocks;
}

/* Every fault that began before this is over. */
static void wait_for_refusals(void)
{
	for (int i = 0; i < NR_TOUCHERS; i++) {
		unsigned long before = nr_refused[i];

		WAIT_UNTIL(nr_refused[i] - before >= 2);
	}
}

TEST()
{
	pthread_t threads[NR_TOUCHERS];
	int fd = CHECK_OK(syscall(SYS_memfd_create, "cut", 0)), rounds = on_vellum() ? 40 : 100;

	CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
	memory = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK(signal(SIGBUS, on_bus) != SIG_ERR);
	for (long i = 0; i < NR_TOUCHERS; i++)
		threads[i] = thread_start(toucher, (void *)i);
	for (int i = 0; i < rounds; i++) {
		CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
		WAIT_UNTIL(blocks_of(fd) > 0);
		CHECK_OK(ftruncate(fd, 0));
		wait_for_refusals();
		CHECK_EQ(blocks_of(fd), 0);
	}
	stop = true;
	for (int i = 0; i < NR_TOUCHERS; i++)
		thread_join(threads[i]);
}
