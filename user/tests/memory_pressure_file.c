// SPDX-License-Identifier: MIT
/*
 * memory_pressure_file.c: While another process uses nearly all memory again and again, a file that
 * is larger than what is left is written through a mapping and by write: nothing is lost, no store
 * gives SIGBUS, no sync fails. Only on Vellum, and only on a small machine (tools/fstests).
 */
#include "test.h"

#define NR_PAGES 1500
#define NR_WORDS (PAGE / sizeof(unsigned))
#define LEFT_KB  5000 /* what the other process leaves */

static unsigned block[NR_WORDS];

static void use_memory(size_t bytes)
{
	for (;;) {
		char *p = mmap(
			NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t i = 0; p != MAP_FAILED && i < bytes; i += PAGE)
			p[i] = 1;
		sleep_ms(1);
		munmap(p, bytes);
	}
}

static void fill(unsigned *page, unsigned index, unsigned round)
{
	for (unsigned i = 0; i < NR_WORDS; i++)
		page[i] = index * 7 + i + round;
}

/* An order in which neighbours do not follow each other. */
static unsigned nth(unsigned i)
{
	return i * 613 % NR_PAGES;
}

static void store_all(int fd, unsigned round)
{
	char *p = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	for (unsigned i = 0; i < NR_PAGES; i++)
		fill((unsigned *)(p + nth(i) * PAGE), nth(i), round);
	CHECK_OK(munmap(p, NR_PAGES * PAGE));
}

static void write_all(int fd, unsigned round)
{
	for (unsigned i = 0; i < NR_PAGES; i++) {
		ssize_t n;

		fill(block, nth(i), round);
		do /* write may say that there is no memory */
			n = pwrite(fd, block, PAGE, nth(i) * PAGE);
		while (n < 0 && errno == ENOMEM);
		CHECK_EQ(n, PAGE);
	}
}

static void check_all(int fd, unsigned round)
{
	CHECK_OK(fsync(fd));
	for (unsigned i = 0; i < NR_PAGES; i++) {
		unsigned got[NR_WORDS];
		ssize_t n;

		do
			n = pread(fd, got, PAGE, i * PAGE);
		while (n < 0 && errno == ENOMEM);
		CHECK_EQ(n, PAGE);
		fill(block, i, round);
		CHECK_MEM(got, block, PAGE);
	}
}

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	pid_t other;

	if (!on_vellum() || test_available_kb() > 64 * 1024)
		skip("needs a machine with little memory");
	CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
	other = fork_child();
	if (other == 0)
		use_memory((test_available_kb() - LEFT_KB) * 1024);
	store_all(fd, 1);
	check_all(fd, 1);
	write_all(fd, 2);
	check_all(fd, 2);
	CHECK_OK(kill(other, SIGKILL));
	wait_child(other); /* or it was killed for its memory */
}
