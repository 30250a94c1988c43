// SPDX-License-Identifier: MIT
/*
 * shootdown_truncate.c: One process stores to a mapped page all the time, another truncates the
 * file and grows it again: the writer gets SIGBUS or stores, and after every growth nothing of the
 * old contents is left.
 */
#include "test.h"

static char *volatile page;
static sigjmp_buf again;

static void on_bus(int signo)
{
	(void)signo;
	siglongjmp(again, 1);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE);
	char *flag = map_shared(1);
	pid_t pid;

	page = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	page += PAGE;
	pid = fork_child();
	if (pid == 0) {
		signal(SIGBUS, on_bus);
		sigsetjmp(again, 1);
		while (!flag[0])
			page[10] = 'X';
		_exit(0);
	}
	for (int i = 0; i < 40; i++) {
		/* Byte 20 is stored here only, so it must be gone; byte 10 may be there again. */
		page[20] = 'Y';
		sched_yield();
		CHECK_OK(ftruncate(fd, PAGE));
		CHECK_EQ(stat_of("a").st_size, PAGE);
		CHECK_OK(ftruncate(fd, 2 * PAGE));
		CHECK_EQ(page[20], 0);
		CHECK_ALL(page + 30, 0, PAGE - 30);
	}
	flag[0] = 1;
	CHECK_EXITS(pid, 0);
}
