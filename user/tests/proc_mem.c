// SPDX-License-Identifier: MIT
/*
 * proc_mem.c: /proc/PID/mem is the memory of a process: what is mapped can be read and written, at its
 * address, whatever its protection (what is written to a private mapping is private), but a shared
 * mapping is not written without the right to; EIO where nothing is.
 */
#include "test.h"

#include <elf.h>
#include <sys/auxv.h>

static const char text_of_program[] = "It stands among what must not be written.";
static int self;

static int open_mem(pid_t pid)
{
	char path[40];

	sprintf(path, "/proc/%d/mem", pid);
	return open(path, O_RDWR);
}

static ssize_t get(int fd, void *to, size_t size, const volatile void *at)
{
	return pread(fd, to, size, (off_t)(uintptr_t)at);
}

static ssize_t set(int fd, const void *from, size_t size, const volatile void *at)
{
	return pwrite(fd, from, size, (off_t)(uintptr_t)at);
}

/* One byte is written there, and found there again. */
static void check_set(int fd, char value, const volatile char *at)
{
	char seen = 0;

	CHECK_EQ(set(fd, &value, 1, at), 1);
	CHECK_EQ(get(fd, &seen, 1, at), 1);
	CHECK_EQ(seen, value);
}

static void test_plain(void)
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE), seen[3 * PAGE];
	char *block = map_anon(4, PROT_READ | PROT_WRITE);

	fill_pattern(p, 0, 3 * PAGE);
	CHECK_EQ(get(self, seen, sizeof(seen), p), sizeof(seen));
	CHECK_MEM(seen, p, sizeof(seen));
	CHECK_EQ(set(self, text_of_program, sizeof(text_of_program), p + PAGE - 5),
		sizeof(text_of_program));
	CHECK_STR(p + PAGE - 5, text_of_program);
	/* Up to what is not there. */
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	EXPECT_EQ(get(self, block, 4 * PAGE, p + 100), 2 * PAGE - 100);
	EXPECT_EQ(set(self, block, 3 * PAGE, p + 100), 2 * PAGE - 100);
	EXPECT_ERR(get(self, seen, 1, p + 2 * PAGE), EIO);
	EXPECT_ERR(set(self, seen, 1, p + 2 * PAGE), EIO);
	EXPECT_ERR(get(self, seen, 1, NULL), EIO);
	EXPECT_EQ(get(self, seen, 0, NULL), 0);
	EXPECT_ERR(get(self, p + 2 * PAGE, 1, p), EFAULT);
	EXPECT_ERR(set(self, p + 2 * PAGE, 1, p), EFAULT);
	CHECK_OK(munmap(p, 4 * PAGE));
	CHECK_OK(munmap(block, 4 * PAGE));
}

static void test_protected(void)
{
	volatile char *p = map_anon(3, PROT_READ | PROT_WRITE);

	p[0] = 1;
	CHECK_OK(mprotect((void *)p, PAGE, PROT_READ));
	CHECK_OK(mprotect((void *)(p + PAGE), 2 * PAGE, PROT_NONE));
	check_set(self, 2, p);
	CHECK_EQ(p[0], 2);
	CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	/* Nobody may touch them, and nobody has; now they are there, and still nobody may. */
	check_set(self, 3, p + PAGE);
	CHECK_FAULT(TOUCH_READ, p + PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_WRITE, p + PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_EQ(get(self, (char[1]){ 0 }, 1, p + 2 * PAGE), 1);
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGSEGV, SEGV_ACCERR);
	check_set(self, 4, p + 2 * PAGE);
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect((void *)(p + PAGE), 2 * PAGE, PROT_READ));
	CHECK_EQ(p[PAGE], 3);
	CHECK_EQ(p[2 * PAGE], 4);
	CHECK_FAULT(TOUCH_WRITE, p + 2 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(munmap((void *)p, 3 * PAGE));
	/* The program itself: the file stays as it is. */
	check_set(self, 'i', (volatile char *)text_of_program);
	CHECK_EQ(*(volatile char *)text_of_program, 'i');
	check_set(self, 'I', (volatile char *)text_of_program);
}

static void test_file(void)
{
	int fd = make_file("a", PAGE + 10), rd = CHECK_OK(open("a", O_RDONLY));
	volatile char *private = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE, rd, 0));
	volatile char *shared = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	volatile char *writable =
		CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char byte;

	CHECK_EQ(get(self, &byte, 1, private + 1), 1);
	CHECK_EQ((unsigned char)byte, pattern_byte(1));
	CHECK_FAULT(TOUCH_READ, private + 1, SIGSEGV, SEGV_ACCERR);
	check_set(self, 77, private + 2);
	CHECK_FAULT(TOUCH_READ, private + 2, SIGSEGV, SEGV_ACCERR);
	CHECK_EQ((unsigned char)shared[2], pattern_byte(2));
	EXPECT_ERR(set(self, &byte, 1, shared), EIO);
	CHECK_EQ((unsigned char)shared[0], pattern_byte(0));
	check_set(self, 78, writable + 3);
	CHECK_EQ(shared[3], 78);
	EXPECT_EQ(get(self, &byte, 1, shared + 2 * PAGE - 1), 1);
	EXPECT_ERR(get(self, &byte, 1, shared + 2 * PAGE), EIO); /* behind the end */
	EXPECT_ERR(set(self, &byte, 1, private + 2 * PAGE), EIO);
	CHECK_OK(munmap((void *)private, 3 * PAGE));
	CHECK_OK(munmap((void *)shared, 3 * PAGE));
	CHECK_OK(munmap((void *)writable, PAGE));
	close(rd);
	close(fd);
}

static void test_seek(void)
{
	const off_t kernel = (off_t)0xffff888000000000;
	char seen[8];

	CHECK_EQ(lseek(self, (off_t)(uintptr_t)text_of_program, SEEK_SET),
		(uintptr_t)text_of_program);
	CHECK_EQ(lseek(self, 3, SEEK_CUR), (uintptr_t)text_of_program + 3);
	CHECK_EQ(read(self, seen, 6), 6);
	CHECK_EQ(memcmp(seen, text_of_program + 3, 6), 0);
	CHECK_EQ(lseek(self, 0, SEEK_CUR), (uintptr_t)text_of_program + 9);
	EXPECT_ERR(lseek(self, 0, SEEK_END), EINVAL);
	EXPECT_EQ(lseek(self, kernel, SEEK_SET), kernel);
	EXPECT_ERR(read(self, seen, 1), EIO);
	EXPECT_ERR(write(self, seen, 1), EIO);
	EXPECT_ERR(pread(self, seen, 1, kernel), EINVAL);
	CHECK_EQ(syscall(SYS_lseek, self, (off_t)-5, SEEK_SET), -1); /* so it is told; no error */
	EXPECT_ERR(read(self, seen, 4), EIO);
	EXPECT_ERR(read(self, seen, 5), EOVERFLOW);
	EXPECT_ERR(write(self, seen, 5), EOVERFLOW);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self, 0), ENODEV);
	EXPECT_EQ(stat_of("/proc/self/mem").st_mode, S_IFREG | 0600);
}

/* The kernel's page of code, which has a table of symbols for debuggers. */
static void test_vdso(void)
{
	char magic[SELFMAG], maps[1 << 15], *line;
	unsigned long data;

	/* ... whose data is none of the program's. */
	read_text("/proc/self/maps", maps, sizeof(maps));
	for (line = strtok(maps, "\n"); line && !strstr(line, "[vvar]"); line = strtok(NULL, "\n"))
		;
	if (line && sscanf(line, "%lx", &data) == 1)
		EXPECT_ERR(get(self, magic, 1, (void *)data), EIO);

	if (!getauxval(AT_SYSINFO_EHDR))
		return;
	CHECK_EQ(get(self, magic, SELFMAG, (void *)getauxval(AT_SYSINFO_EHDR)), SELFMAG);
	CHECK_EQ(memcmp(magic, ELFMAG, SELFMAG), 0);
}

static volatile char variable = 5;

static void test_other_process(void)
{
	struct gate go = gate_make(), done = gate_make();
	volatile char *p = map_anon(1, PROT_READ | PROT_WRITE);
	pid_t pid;
	int mem;

	p[0] = 1;
	pid = fork_child();
	if (pid == 0) {
		gate_wait(go);
		CHECK_EQ(variable, 6);
		CHECK_EQ(p[0], 2);
		p[0] = 3;
		gate_give(done);
		gate_wait(go);
		child_done();
	}
	mem = CHECK_OK(open_mem(pid));
	check_set(mem, 6, &variable);
	check_set(mem, 2, p);
	CHECK_EQ(variable, 5);
	CHECK_EQ(p[0], 1);
	gate_give(go);
	gate_wait(done);
	CHECK_EQ(get(mem, (char *)p, 1, p), 1);
	CHECK_EQ(p[0], 3);
	gate_give(go);
	CHECK_EXITS(pid, 0);
	EXPECT_EQ(get(mem, (char *)p, 1, p), 0);
	EXPECT_EQ(set(mem, (char *)p, 1, p), 0);
	CHECK_OK(close(mem));
	CHECK_OK(munmap((void *)p, PAGE));
}

static void test_permission(void)
{
	pid_t pid, root = getpid();

	if (geteuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(open_mem(root), EACCES);
		EXPECT_ERR(open_mem(getpid()), EACCES); /* not dumpable */
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST_IN_DIR()
{
	self = CHECK_OK(open_mem(getpid()));
	test_plain();
	test_protected();
	test_file();
	test_seek();
	test_vdso();
	test_other_process();
	test_permission();
	CHECK_OK(close(self));
}
