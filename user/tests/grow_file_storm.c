// SPDX-License-Identifier: MIT
/*
 * grow_file_storm.c: While another thread stores to the last page of a mapped file, the file grows
 * within that page; what is then stored in the new part comes to the disk. (Its blocks may be smaller
 * than a page: that they were provided for the old part does not mean that they are for the new one.)
 */
#include "thread.h"

#define SMALL 100
#define LARGE 4000
#define AT    3000 /* what is stored in the new part */

static volatile unsigned char *page;
static volatile bool stop, pause_wanted, pausing;

static void *toucher(void *unused)
{
	while (!stop) {
		pausing = pause_wanted;
		if (pausing)
			sched_yield();
		else
			page[8] = 1;
	}
	return unused;
}

static void let_it_touch(bool touch)
{
	pause_wanted = !touch;
	while (pausing == touch)
		sched_yield();
}

TEST_IN_DIR()
{
	pthread_t thread;
	int fd = make_file("a", SMALL);
	unsigned char got;

	page = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	thread = thread_start(toucher, NULL);
	for (int i = 1; i <= 50; i++) {
		unsigned char value = 1 + i % 255;

		CHECK_OK(ftruncate(fd, SMALL));
		CHECK_OK(msync((void *)page, PAGE, MS_SYNC));
		let_it_touch(true);
		CHECK_OK(ftruncate(fd, LARGE));
		page[AT] = value;
		let_it_touch(false);
		CHECK_OK(fsync(fd));
		CHECK_OK(madvise((void *)page, PAGE, MADV_DONTNEED));
		CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
		CHECK_EQ(pread(fd, &got, 1, AT), 1);
		if (got != value)
			CHECK_FAILED("round %d: got %d, stored %d", i, got, value);
	}
	stop = true;
	thread_join(thread);
}
