// SPDX-License-Identifier: MIT
/*
 * proc_pread_threads.c: Threads that pread(2) one open file of /proc at once each get its text as it
 * is at their place.
 */
#include "thread.h"

#define NR_THREADS 4
#define NR_READS   400

static int fd;
static char whole[1 << 16];
static ssize_t length;

static void *reads(void *arg)
{
	unsigned random = (unsigned)(uintptr_t)arg;
	char *text = malloc(sizeof(whole));
	ssize_t at, got;

	for (int i = 0; i < NR_READS; i++) {
		random = random * 1103515245 + 12345;
		at = random % 3 ? (random >> 8) % length : 0;
		got = pread(fd, text, (random >> 4) % 9000 + 1, at);
		if (got <= 0 || at + got > length || memcmp(text, whole + at, (size_t)got) != 0)
			return "another text";
	}
	free(text);
	return NULL;
}

TEST()
{
	pthread_t threads[NR_THREADS];
	const char *wrong = NULL, *result;
	char path[40];
	pid_t pid;

	/* Many mappings of a process that sleeps: the text is long and stays. */
	for (int i = 0; i < 200; i++)
		map_anon(1, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
	pid = fork_child();
	if (pid == 0) {
		pause();
		child_done();
	}
	sprintf(path, "/proc/%d/maps", pid);
	length = read_text(path, whole, sizeof(whole));
	fd = CHECK_OK(open(path, O_RDONLY));
	CHECK(length > 5000);
	for (int i = 0; i < NR_THREADS; i++)
		threads[i] = thread_start(reads, (void *)(uintptr_t)(i + 1));
	for (int i = 0; i < NR_THREADS; i++)
		if ((result = thread_join(threads[i])) != NULL)
			wrong = result;
	CHECK_EQ(wrong == NULL, true);
	CHECK_OK(close(fd));
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}
