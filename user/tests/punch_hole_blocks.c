// SPDX-License-Identifier: MIT
/*
 * punch_hole_blocks.c: While threads store to a mapped file of many blocks, all of it is punched away,
 * again and again: no block is lost. When the stores have ended, and all is punched once more, the
 * file has no blocks.
 */
#include <linux/falloc.h>

#include "thread.h"

#define NR_TOUCHERS 2
#define NR_PAGES    1100 /* with 4 KiB blocks: more than the first indirect block has room for */
#define EVERY       3    /* so many of them are stored to: the disk is small */
#define ROUNDS      4

static volatile char *memory;
static volatile bool stop;
static int fd;

static void *toucher(void *arg)
{
	unsigned n = (unsigned)(long)arg * 100;

	for (; !stop; n++) {
		memory[n * EVERY % NR_PAGES / EVERY * EVERY * PAGE] = 1;
		if (n % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void punch(void)
{
	CHECK_OK(fallocate(
		fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)NR_PAGES * PAGE));
}

TEST_IN_DIR()
{
	pthread_t threads[NR_TOUCHERS];
	struct stat st;

	fd = CHECK_OK(open("file", O_RDWR | O_CREAT, 0600));
	CHECK_OK(ftruncate(fd, (off_t)NR_PAGES * PAGE));
	memory = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (long i = 0; i < NR_TOUCHERS; i++)
		threads[i] = thread_start(toucher, (void *)i);
	for (int i = 0; i < ROUNDS; i++) {
		punch();
		usleep(1000);
	}
	stop = true;
	for (int i = 0; i < NR_TOUCHERS; i++)
		thread_join(threads[i]);
	punch();
	CHECK_OK(fstat(fd, &st));
	/* Other filesystems keep blocks of their own for the map. */
	if (on_vellum())
		CHECK_EQ(st.st_blocks, 0);
	CHECK_EQ(memory[0], 0);
	CHECK_OK(close(fd));
}
