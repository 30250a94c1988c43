// SPDX-License-Identifier: MIT
/*
 * memory_pressure_mlock.c: While another process uses nearly all memory, the pages of a file that
 * are locked stay, and reading them needs no fault; those of another file, which is not locked, go.
 * After munlock the first ones go as well. Only on Vellum, and only on a small machine
 * (tools/fstests).
 */
#include "residence.h"

#define NR_PAGES 256
#define LEFT_KB  1500 /* what the other process leaves */

static char *map_file(const char *name)
{
	int fd = make_file(name, NR_PAGES * PAGE);
	char *p;

	CHECK_OK(fsync(fd));
	p = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	CHECK_OK(close(fd));
	return p;
}

/* Another process takes all but LEFT_KB, three times: it may be killed for it. */
static void use_memory(void)
{
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork_child();

		if (pid == 0) {
			size_t len = (test_available_kb() - LEFT_KB) * 1024 & -PAGE;
			char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			for (size_t at = 0; p != MAP_FAILED && at < len; at += PAGE)
				p[at] = 1;
			child_done();
		}
		wait_child(pid);
	}
}

TEST_IN_DIR()
{
	char *locked, *other;

	if (!on_vellum() || test_available_kb() > 64 * 1024)
		skip("needs a machine with little memory");
	locked = map_file("a");
	other = map_file("b");
	CHECK_OK(mlock(locked, NR_PAGES * PAGE));
	faults_of_reading(other, NR_PAGES);
	use_memory();
	CHECK_EQ(faults_of_reading(locked, NR_PAGES), 0);
	CHECK(faults_of_reading(other, NR_PAGES) > 0);
	CHECK_OK(munlock(locked, NR_PAGES * PAGE));
	use_memory();
	CHECK(faults_of_reading(locked, NR_PAGES) > 0);
}
