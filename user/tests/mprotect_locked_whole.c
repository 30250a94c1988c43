// SPDX-License-Identifier: MIT
/*
 * mprotect_locked_whole.c: Two threads protect the same mappings, of which some are locked and get
 * pages when they become writable, in two ways: in the end all are as one of them wanted it.
 */
#include "thread.h"

#define NR     200
#define ROUNDS 40

static char *memory;
static pthread_barrier_t together;

static void *protect(void *prot)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&together);
		CHECK_OK(mprotect(memory, NR * PAGE, (int)(long)prot));
		pthread_barrier_wait(&together);
		pthread_barrier_wait(&together); /* while it is checked */
	}
	return NULL;
}

/* Of the pages of memory. */
static unsigned count_writable(void)
{
	unsigned long start, end, begin = (unsigned long)memory, nr = 0;
	char text[32768], perms[8], *line;

	read_text("/proc/self/maps", text, sizeof(text));
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%lx-%lx %7s", &start, &end, perms) == 3 &&
			start < begin + NR * PAGE && end > begin && perms[1] == 'w')
			nr += ((end < begin + NR * PAGE ? end : begin + NR * PAGE) -
				      (start > begin ? start : begin)) /
			      PAGE;
	return nr;
}

TEST()
{
	pthread_t threads[2];

	memory = map_anon(NR, PROT_NONE);
	for (int i = 1; i < NR; i += 2)
		EXPECT_ERR(mlock(memory + i * PAGE, PAGE),
			ENOMEM); /* locked; nothing can be had yet */
	CHECK_EQ(pthread_barrier_init(&together, NULL, 3), 0);
	threads[0] = thread_start(protect, (void *)PROT_READ);
	threads[1] = thread_start(protect, (void *)(PROT_READ | PROT_WRITE));
	for (int i = 0; i < ROUNDS; i++) {
		unsigned nr;

		madvise(memory, NR * PAGE, MADV_DONTNEED);
		pthread_barrier_wait(&together);
		pthread_barrier_wait(&together);
		nr = count_writable();
		if (nr != 0 && nr != NR)
			CHECK_FAILED("%u of %u pages are writable", nr, NR);
		pthread_barrier_wait(&together);
	}
	for (int i = 0; i < 2; i++)
		thread_join(threads[i]);
}
