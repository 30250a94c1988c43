// SPDX-License-Identifier: MIT
/*
 * proc_pagemap.c: /proc/PID/pagemap tells for each page whether it is present, of a file or shared,
 * and mapped by this process alone; frame numbers are for root. It is read in whole entries.
 */
#include "test.h"

#define PFN       ((1UL << 55) - 1)
#define SOFT      (1UL << 55) /* kernels with soft-dirty bits */
#define EXCLUSIVE (1UL << 56)
#define FILE_PAGE (1UL << 61)
#define SWAPPED   (1UL << 62)
#define PRESENT   (1UL << 63)

static int fd;

static uint64_t entry_of(const volatile char *p)
{
	uint64_t entry;

	CHECK_EQ(pread(fd, &entry, 8, (uintptr_t)p / PAGE * 8), 8);
	return entry;
}

/* Without frame number and soft-dirty bit. */
static uint64_t bits_of(const volatile char *p)
{
	return entry_of(p) & ~(PFN | SOFT);
}

static void test_kinds(void)
{
	volatile char *p = map_anon(4, PROT_READ | PROT_WRITE), *shared = map_shared(3), *file;
	int data = make_file("a", 2 * PAGE);
	pid_t pid;

	CHECK_EQ(bits_of(p), 0);
	(void)p[0];
	CHECK_EQ(bits_of(p), PRESENT); /* the page of zeros is nobody's */
	p[PAGE] = 1;
	CHECK_EQ(bits_of(p + PAGE), PRESENT | EXCLUSIVE);
	CHECK_EQ(bits_of(p + 2 * PAGE), 0);
	CHECK_OK(mprotect((char *)p, 4 * PAGE, PROT_NONE));
	CHECK_EQ(bits_of(p + PAGE), PRESENT | EXCLUSIVE);
	CHECK_OK(mprotect((char *)p, 4 * PAGE, PROT_READ | PROT_WRITE));
	shared[PAGE] = 1;
	CHECK_EQ(bits_of(shared), 0);
	CHECK_EQ(bits_of(shared + PAGE), PRESENT | FILE_PAGE | EXCLUSIVE);
	file = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, data, 0));
	(void)file[PAGE];
	CHECK_EQ(bits_of(file + PAGE), PRESENT | FILE_PAGE | EXCLUSIVE);
	file[PAGE] = 1;
	CHECK_EQ(bits_of(file + PAGE), PRESENT | EXCLUSIVE);

	pid = fork_child();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	CHECK_EQ(bits_of(p + PAGE), PRESENT);
	CHECK_EQ(bits_of(file + PAGE), PRESENT);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
	CHECK_EQ(bits_of(p + PAGE), PRESENT | EXCLUSIVE);
	CHECK_OK(madvise((char *)p, 4 * PAGE, MADV_DONTNEED));
	CHECK_EQ(bits_of(p + PAGE), 0);
	CHECK_OK(munmap((char *)p, 4 * PAGE));
	CHECK_EQ(entry_of(p), 0);
	CHECK_OK(close(data));
}

static void test_reads(void)
{
	static uint64_t entries[3000];
	volatile char *p = map_anon(2000, PROT_READ | PROT_WRITE);
	off_t at = (uintptr_t)p / PAGE * 8, end = 0x7ffffffff000 / PAGE * 8;
	long nr = 0;

	CHECK_ERR(pread(fd, entries, 7, at), EINVAL);
	CHECK_ERR(pread(fd, entries, 12, at), EINVAL);
	CHECK_ERR(pread(fd, entries, 8, at + 4), EINVAL);
	CHECK_EQ(pread(fd, entries, 0, at), 0);
	CHECK_ERR(pread(fd, (void *)1, 8, at), EFAULT);
	for (int i = 0; i < 2000; i += 100)
		p[i * PAGE] = 1;
	CHECK_EQ(pread(fd, entries, 16000, at), 16000);
	for (int i = 0; i < 2000; i++)
		nr += (entries[i] & PRESENT) != 0;
	CHECK_EQ(nr, 20);
	CHECK((entries[100] & PRESENT) && !(entries[101] & PRESENT));
	/* the end of user space; with five levels of page tables Linux has more of it */
	if (pread(fd, entries, 8, end) == 8)
		end = ((1L << 56) - PAGE) / PAGE * 8;
	CHECK_EQ(pread(fd, entries, 8, end - 8), 8);
	CHECK_EQ(entries[0], 0);
	CHECK_EQ(pread(fd, entries, 80, end - 8), 8);
	CHECK_EQ(pread(fd, entries, 8, end), 0);
	CHECK_EQ(pread(fd, entries, 8, 1L << 55), 0);
	/* the position goes along */
	CHECK_EQ(lseek(fd, at, SEEK_SET), at);
	CHECK_EQ(read(fd, entries, 80), 80);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), at + 80);
	CHECK_ERR(lseek(fd, 0, SEEK_END), EINVAL);
	CHECK_OK(munmap((char *)p, 2000 * PAGE));
}

static void test_frames(void)
{
	volatile char *p = map_anon(1, PROT_READ | PROT_WRITE);
	bool root = geteuid() == 0;
	pid_t pid;

	p[0] = 1;
	CHECK_EQ((entry_of(p) & PFN) != 0, root);
	if (!root)
		return;
	pid = fork_child();
	if (pid == 0) {
		CHECK((entry_of(p) & PFN) != 0); /* root opened it */
		become_other();
		CHECK((entry_of(p) & PFN) != 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

/* Nobody else's. */
static void test_other_user(void)
{
	pid_t pid = fork_child();
	char path[40];

	if (pid == 0) {
		snprintf(path, sizeof(path), "/proc/%d/pagemap", getppid());
		become_other();
		CHECK_ERR(open(path, O_RDONLY), EACCES);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST_IN_DIR()
{
	fd = CHECK_OK(open("/proc/self/pagemap", O_RDONLY));
	test_kinds();
	test_reads();
	test_frames();
	if (geteuid() == 0)
		test_other_user();
	CHECK_OK(close(fd));
}
