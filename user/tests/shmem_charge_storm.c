// SPDX-License-Identifier: MIT
/*
 * shmem_charge_storm.c: Threads fault pages of a memfd in while another punches holes into it and cuts
 * it: what the file is charged for its pages (st_blocks) is right after each round. (And of what was
 * promised for them nothing stays: test.h.)
 */
#include <linux/falloc.h>

#include "thread.h"

#define NR_PAGES    64
#define NR_TOUCHERS 2

static char *memory;
static int fd;
static volatile int round_begun;
static volatile int rounds_done[NR_TOUCHERS];
static volatile bool stop;

/* Each touches pages of its own, so that the other never waits for it. */
static void touch_all(long me)
{
	for (int i = (int)me; i < NR_PAGES; i += NR_TOUCHERS)
		((volatile char *)memory)[i * PAGE] = 1;
}

static void *toucher(void *arg)
{
	long me = (long)arg;

	for (int done = 0; !stop;) {
		if (round_begun == done) {
			sched_yield();
			continue;
		}
		touch_all(me);
		rounds_done[me] = ++done;
	}
	return NULL;
}

static void punch(int page, int nr)
{
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)page * PAGE,
		(off_t)nr * PAGE));
}

TEST()
{
	pthread_t threads[NR_TOUCHERS];
	int rounds = on_vellum() ? 60 : 2000;
	struct stat st;

	fd = CHECK_OK(syscall(SYS_memfd_create, "charged", 0));
	CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
	memory = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (long i = 0; i < NR_TOUCHERS; i++)
		threads[i] = thread_start(toucher, (void *)i);
	for (int i = 1; i <= rounds; i++) {
		round_begun = i;
		for (int n = 0; n < 8; n++)
			punch((i + n * 7) % NR_PAGES, 2);
		for (int n = 0; n < NR_TOUCHERS; n++)
			WAIT_UNTIL(rounds_done[n] == i);
		for (long n = 0; n < NR_TOUCHERS; n++)
			touch_all(n);
		CHECK_OK(fstat(fd, &st));
		CHECK_EQ(st.st_blocks, NR_PAGES * PAGE / 512);
		punch(0, NR_PAGES);
		CHECK_OK(fstat(fd, &st));
		CHECK_EQ(st.st_blocks, 0);
	}
	stop = true;
	for (int i = 0; i < NR_TOUCHERS; i++)
		thread_join(threads[i]);
}
