// SPDX-License-Identifier: MIT
/*
 * mmap_coherence_processes.c: One file in two processes: what one writes by write(2) or through its
 * mapping the other sees at once in its own and by read(2); a private mapping sees it until it has
 * copied the page.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE), rw = PROT_READ | PROT_WRITE, other;
	struct gate there = gate_make(), back = gate_make();
	char *p, *private, byte;
	pid_t pid = fork_child();

	if (pid == 0) {
		other = CHECK_OK(open("a", O_RDWR));
		p = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, other, 0));
		gate_wait(there);
		CHECK_EQ(p[5], 'w');
		CHECK_EQ(p[PAGE + 5], 'm');
		CHECK_EQ(pread(other, &byte, 1, PAGE + 5), 1);
		CHECK_EQ(byte, 'm');
		p[6] = 'M';
		CHECK_EQ(pwrite(other, "W", 1, PAGE + 6), 1);
		gate_give(back);
		child_done();
	}
	p = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));
	private = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_PRIVATE, fd, 0));
	CHECK_CAN(TOUCH_READ, private);
	private[PAGE] = 'c';
	CHECK_EQ(pwrite(fd, "w", 1, 5), 1);
	p[PAGE + 5] = 'm';
	gate_give(there);
	gate_wait(back);
	CHECK_EQ(p[6], 'M');
	CHECK_EQ(p[PAGE + 6], 'W');
	CHECK_EQ(pread(fd, &byte, 1, 6), 1);
	CHECK_EQ(byte, 'M');
	CHECK_EQ(private[5], 'w');
	CHECK_EQ(private[6], 'M');
	CHECK_EQ((unsigned char)private[PAGE + 6], pattern_byte(PAGE + 6));
	CHECK_EXITS(pid, 0);
}
