// SPDX-License-Identifier: MIT
/*
 * frame_notices_leaks.c: The frame of these tests (test.h) notices what a test leaves behind: a page
 * of private memory, of shared memory, a pipe's page, an object of the kernel. A process outside of
 * the test's group is what leaks here.
 */
#include "test.h"

static struct gate start, held, release;

/* Holds what `hold` made, until it is released. */
static pid_t keeper(void (*hold)(void))
{
	pid_t pid;

	start = gate_make();
	held = gate_make();
	release = gate_make();
	pid = fork_child();
	if (pid == 0) {
		gate_give(held);
		gate_wait(start);
		hold();
		gate_give(held);
		gate_wait(release);
		child_done();
	}
	gate_wait(held);
	return pid;
}

static void hold_private(void)
{
	*map_anon(1, PROT_READ | PROT_WRITE) = 1;
}

static void hold_shared(void)
{
	*(char *)map_shared(1) = 1;
}

static void hold_pipe(void)
{
	int fds[2];

	CHECK_OK(pipe(fds));
	CHECK_EQ(write(fds[1], "x", 1), 1);
}

static void hold_file(void)
{
	CHECK_OK(dup(0));
	CHECK_OK(open("/dev/null", O_RDONLY));
}

/* Reads the books until nothing changes any more: our own pages come, what others held goes. */
static void read_settled_books(void)
{
	static struct test_books last;

	do {
		last = test_before;
		sleep_ms(5);
		test_read_books(&test_before);
	} while (memcmp(&last, &test_before, sizeof(last)) != 0);
}

/* What the frame says while a keeper holds something: true if it names what is wanted. */
static bool is_noticed(void (*hold)(void), const char *wanted)
{
	pid_t pid = keeper(hold);
	bool noticed;

	read_settled_books();
	gate_give(start);
	gate_wait(held);
	noticed = test_has_leaked(&test_before, 3, test_leak, sizeof(test_leak)) &&
		  strstr(test_leak, wanted);
	gate_give(release);
	CHECK_EXITS(pid, 0);
	for (int i = 0; i < 2; i++) {
		close(start.fd[i]);
		close(held.fd[i]);
		close(release.fd[i]);
	}
	return noticed;
}

/* An earlier test's watcher (timeout) may end at the very moment, and what it gives up hides the
 * leak: then once more. */
static void check_noticed(void (*hold)(void), const char *wanted)
{
	for (int i = 0; i < 10; i++)
		if (is_noticed(hold, wanted))
			return;
	CHECK_FAILED("noticed:%s, but not %s", test_leak, wanted);
}

TEST()
{
	if (!on_vellum())
		skip("memory is counted to the page on Vellum only");
	check_noticed(hold_private, " AnonPages ");
	check_noticed(hold_shared, " Shmem ");
	check_noticed(hold_shared, " tmpfs_inode ");
	check_noticed(hold_pipe, " pipe ");
	check_noticed(hold_pipe, " other memory ");
	check_noticed(hold_file, " file ");
	if (test_has_leaked(&test_before, 20, test_leak, sizeof(test_leak)))
		CHECK_FAILED("still there:%s", test_leak);
}
