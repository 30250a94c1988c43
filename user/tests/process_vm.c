// SPDX-License-Identifier: MIT
/*
 * process_vm.c: process_vm_readv, process_vm_writev: several pieces, cut otherwise here than there; what
 * is written to is the other's own page (its copy); at a page that is not there, or may not be touched,
 * the copy ends, and is an error only if nothing was copied.
 */
#include "pidfd.h"

#include <sys/auxv.h>
#include <sys/uio.h>

#define NR 8

static char *memory, *local;
static pid_t child;

static ssize_t get(size_t to, size_t at, size_t len)
{
	struct iovec mine = { local + to, len }, its = { memory + at, len };

	return process_vm_readv(child, &mine, 1, &its, 1, 0);
}

static ssize_t put(size_t from, size_t at, size_t len)
{
	struct iovec mine = { local + from, len }, its = { memory + at, len };

	return process_vm_writev(child, &mine, 1, &its, 1, 0);
}

static void copies_pieces(void)
{
	struct iovec mine[] = { { local, 100 }, { local + 200, 0 }, { local + PAGE, 3 * PAGE } };
	struct iovec its[] = { { memory + PAGE - 1, 2 }, { memory + 10, 0 }, { memory + 20, 200 } };

	EXPECT_EQ(process_vm_readv(child, mine, 3, its, 3, 0), 202);
	EXPECT_EQ(local[0] == 'a' && local[1] == 'b' && local[2] == 'a' && local[99] == 'a', true);
	EXPECT_EQ(local[100] == 0 && local[PAGE] == 'a' && local[PAGE + 101] == 'a', true);
	EXPECT_EQ(local[PAGE + 102], 0);
	memset(local, 'x', PAGE);
	mine[0].iov_len = PAGE;
	its[0].iov_len = 3;
	its[2].iov_len = 0;
	EXPECT_EQ(process_vm_writev(child, mine, 1, its, 3, 0), 3);
	EXPECT_EQ(get(0, PAGE - 2, 6), 6);
	EXPECT_EQ(memcmp(local, "axxxbb", 6), 0);
	EXPECT_EQ(memory[PAGE], 'b'); /* ours has stayed */
}

static void ends_where_it_must(void)
{
	struct iovec mine = { local, 2 * PAGE }, its = { memory + PAGE, 2 * PAGE };

	/* Page 2 of the child's is not there, 3 is read-only, 4 PROT_NONE, 5 write-only, 6 behind a file's end. */
	EXPECT_EQ(get(0, PAGE + 100, 2 * PAGE), PAGE - 100);
	EXPECT_ERR(get(0, 2 * PAGE, 1), EFAULT);
	EXPECT_ERR(put(0, 2 * PAGE, 1), EFAULT);
	EXPECT_EQ(get(0, 3 * PAGE, 2 * PAGE), PAGE);
	EXPECT_ERR(put(0, 3 * PAGE, 1), EFAULT);
	EXPECT_ERR(get(0, 4 * PAGE, 1), EFAULT);
	EXPECT_ERR(get(0, 5 * PAGE, 1), EFAULT);
	/* The page of the kernel's code is there to be read. */
	EXPECT_EQ(get(0, getauxval(AT_SYSINFO_EHDR) - (size_t)memory, 4), 4);
	EXPECT_EQ(memcmp(local, "\177ELF", 4), 0);
	EXPECT_EQ(put(0, 5 * PAGE, 1), 1);
	EXPECT_ERR(get(0, 6 * PAGE, 1), EFAULT);
	EXPECT_ERR(put(0, 6 * PAGE, 1), EFAULT);
	/* What cannot be had here */
	CHECK_OK(mprotect(local + PAGE, PAGE, PROT_NONE));
	its.iov_base = memory;
	EXPECT_EQ(process_vm_readv(child, &mine, 1, &its, 1, 0), PAGE);
	EXPECT_EQ(process_vm_writev(child, &mine, 1, &its, 1, 0), PAGE);
	mine.iov_base = local + PAGE;
	EXPECT_ERR(process_vm_readv(child, &mine, 1, &its, 1, 0), EFAULT);
	EXPECT_ERR(process_vm_writev(child, &mine, 1, &its, 1, 0), EFAULT);
	/* No address of a user */
	its.iov_base = (void *)-PAGE;
	mine.iov_base = local;
	EXPECT_ERR(process_vm_readv(child, &mine, 1, &its, 1, 0), EFAULT);
	its.iov_len = SIZE_MAX / 2;
	EXPECT_ERR(process_vm_readv(child, &mine, 1, &its, 1, 0), EFAULT);
	CHECK_OK(mprotect(local + PAGE, PAGE, PROT_READ | PROT_WRITE));
}

static void refuses(void)
{
	struct iovec mine = { local, 1 }, its = { memory, 1 }, none = { memory, 0 };
	struct iovec wrong = { local, -1UL };

	EXPECT_ERR(process_vm_readv(child, &mine, 1, &its, 1, 1), EINVAL);
	EXPECT_ERR(process_vm_readv(child, &mine, 1025, &its, 1, 0), EINVAL);
	EXPECT_ERR(process_vm_readv(child, &mine, 1, &its, 1025, 0), EINVAL);
	EXPECT_ERR(process_vm_readv(child, &wrong, 1, &its, 1, 0), EINVAL);
	EXPECT_ERR(process_vm_readv(child, &mine, 1, &wrong, 1, 0), EINVAL);
	EXPECT_ERR(process_vm_readv(child, (void *)8, 1, &its, 1, 0), EFAULT);
	EXPECT_ERR(process_vm_readv(child, &mine, 1, (void *)8, 1, 0), EFAULT);
	EXPECT_ERR(process_vm_readv(1 << 22, &mine, 1, &its, 1, 0), ESRCH);
	EXPECT_ERR(process_vm_readv(0, &mine, 1, &its, 1, 0), ESRCH);
	/* Where there is nothing to do nobody is asked. */
	EXPECT_EQ(process_vm_readv(1 << 22, &none, 1, &its, 1, 0), 0);
	EXPECT_EQ(process_vm_readv(1 << 22, &none, 1, (void *)8, 1, 0), 0);
	EXPECT_EQ(process_vm_readv(1 << 22, &mine, 1, &none, 1, 0), 0);
	EXPECT_EQ(process_vm_readv(1 << 22, &mine, 0, &its, 1, 0), 0);
}

static void refuses_strangers(void)
{
	struct iovec mine = { local, 1 }, its = { memory, 1 };
	pid_t parent = getpid(), pid;

	if (getuid() != 0)
		return;
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(process_vm_readv(parent, &mine, 1, &its, 1, 0), EPERM);
		EXPECT_ERR(process_vm_writev(parent, &mine, 1, &its, 1, 0), EPERM);
		EXPECT_EQ(process_vm_readv(getpid(), &mine, 1, &its, 1, 0), 1);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST_IN_DIR()
{
	struct gate ready = gate_make(), done = gate_make();
	int fd = make_file("a", 1);

	memory = map_anon(NR, PROT_READ | PROT_WRITE);
	local = map_anon(NR, PROT_READ | PROT_WRITE);
	for (int i = 0; i < NR; i++)
		memset(memory + i * PAGE, 'a' + i, PAGE);
	child = fork_child();
	if (child == 0) {
		CHECK_OK(munmap(memory + 2 * PAGE, PAGE));
		CHECK_OK(mprotect(memory + 3 * PAGE, PAGE, PROT_READ));
		CHECK_OK(mprotect(memory + 4 * PAGE, PAGE, PROT_NONE));
		CHECK_OK(mprotect(memory + 5 * PAGE, PAGE, PROT_WRITE));
		CHECK_OK(mmap(memory + 6 * PAGE, PAGE, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED, fd, PAGE));
		gate_give(ready);
		gate_wait(done);
		CHECK_EQ(memory[PAGE - 1], 'x');
		child_done();
	}
	gate_wait(ready);
	copies_pieces();
	ends_where_it_must();
	refuses();
	refuses_strangers();
	gate_give(done);
	CHECK_EXITS(child, 0);
	EXPECT_ERR(get(0, 0, 1), ESRCH);
}
