// SPDX-License-Identifier: MIT
/*
 * memory_call_ranges.c: What each call of the mmap family says to a range that is off the page, empty,
 * wraps around, goes beyond the end of user space or lies there, in the kernel, between the two, at the
 * very top, or in a hole. Where a length is rounded to pages first, one that is nearly 2^64 is 0.
 */
#include "test.h"

#define RW  (PROT_READ | PROT_WRITE)
#define TOP 0x7ffffffff000UL /* the first address that no user has */

static char *p; /* four pages, a hole behind them, and one page */

enum call {
	MUNMAP,
	MPROTECT,
	PKEY_MPROTECT,
	MSYNC,
	MINCORE,
	MLOCK,
	MLOCK2,
	MUNLOCK,
	MADVISE,
	REMAP_FILE_PAGES,
	MREMAP_OLD,
	MREMAP_TO,
	MMAP_FIXED,
	MMAP_NOREPLACE,
	MMAP_HINT,
	PROCESS_MADVISE,
};

static long call(enum call which, unsigned long addr, unsigned long len)
{
	static unsigned char answers[4];
	struct iovec piece = { (void *)addr, len };
	int flags = MAP_PRIVATE | MAP_ANONYMOUS, fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *other;

	switch (which) {
	case MUNMAP:
		return syscall(SYS_munmap, addr, len);
	case MPROTECT:
		return syscall(SYS_mprotect, addr, len, RW);
	case PKEY_MPROTECT:
		return syscall(SYS_pkey_mprotect, addr, len, RW, -1);
	case MSYNC:
		return syscall(SYS_msync, addr, len, MS_SYNC);
	case MINCORE:
		return syscall(SYS_mincore, addr, len, answers);
	case MLOCK:
		return syscall(SYS_mlock, addr, len);
	case MLOCK2:
		return syscall(SYS_mlock2, addr, len, MLOCK_ONFAULT);
	case MUNLOCK:
		return syscall(SYS_munlock, addr, len);
	case MADVISE:
		return syscall(SYS_madvise, addr, len, MADV_NORMAL);
	case REMAP_FILE_PAGES:
		return syscall(SYS_remap_file_pages, addr, len, 0, 0, 0);
	case MREMAP_OLD:
		return syscall(SYS_mremap, addr, len, PAGE, 0, 0);
	case MREMAP_TO:
		other = map_anon(1, RW);
		return syscall(SYS_mremap, other, PAGE, len, fixed, addr);
	case MMAP_FIXED:
		return syscall(SYS_mmap, addr, len, RW, flags | MAP_FIXED, -1, 0);
	case MMAP_NOREPLACE:
		return syscall(SYS_mmap, addr, len, RW, flags | MAP_FIXED_NOREPLACE, -1, 0);
	case MMAP_HINT:
		return syscall(SYS_mmap, addr, len, RW, flags, -1, 0);
	default:
		return syscall(440, syscall(434, getpid(), 0), &piece, 1, MADV_COLD, 0);
	}
}

/*
 * A letter for each of the ranges: . it worked, I EINVAL, M ENOMEM, F EFAULT, ? any of these (newer
 * kernels say EINVAL where 6.1 says EFAULT). The ranges: off the page, empty, of -PAGE, -1, 2^47 bytes;
 * at the top, at 2^47, in the kernel, not canonical, at -PAGE; in the hole.
 */
static const struct {
	enum call call;
	const char *name, *answers;
} calls[] = {
	{ MUNMAP, "munmap", "IIIIIIIIII." },
	{ MPROTECT, "mprotect", "I.MMMMMMMMM" },
	{ PKEY_MPROTECT, "pkey_mprotect", "I.MMMMMMMMM" },
	{ MSYNC, "msync", "I.M.MMMMMMM" },
	{ MINCORE, "mincore", "I.MMMMMMMMM" },
	{ MLOCK, "mlock", "..I.MMMMMIM" },
	{ MLOCK2, "mlock2", "..I.MMMMMIM" },
	{ MUNLOCK, "munlock", "..I.MMMMMIM" },
	{ MADVISE, "madvise", "I.IIMMMMMIM" },
	{ REMAP_FILE_PAGES, "remap_file_pages", "IIIIIIIIIII" },
	{ MREMAP_OLD, "mremap, old range", "IIIIIFFFFFF" },
	{ MREMAP_TO, "mremap, new range", "IIIIIIIIIII" },
	{ MMAP_FIXED, "mmap, MAP_FIXED", "IIMMMMMMMM." },
	{ MMAP_NOREPLACE, "mmap, MAP_FIXED_NOREPLACE", "IIMMMMMMMM." },
	{ MMAP_HINT, "mmap", ".IMMM......" },
	{ PROCESS_MADVISE, "process_madvise", "I.II?FFFFFM" },
};

static char letter(long result)
{
	if (result != -1)
		return '.';
	switch (errno) {
	case EINVAL:
		return 'I';
	case ENOMEM:
		return 'M';
	case EFAULT:
		return 'F';
	default:
		return 'x';
	}
}

static char answer(enum call which, unsigned long addr, unsigned long len)
{
	int status;
	pid_t pid = fork_child();

	/* Each in a process of its own: what works may do harm. */
	if (pid == 0)
		_exit(letter(call(which, addr, len)));
	status = wait_child(pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST()
{
	char got[12] = "";

	need_root("to lock beyond the limit, and to advise by descriptor");
	p = map_anon(6, RW);
	memset(p, 1, 6 * PAGE);
	CHECK_OK(munmap(p + 4 * PAGE, PAGE));
	const unsigned long at = (unsigned long)p;
	const struct {
		unsigned long addr, len;
	} ranges[] = {
		{ at + 1, PAGE },
		{ at, 0 },
		{ at, -PAGE },
		{ at, -1UL },
		{ at, 1UL << 47 },
		{ TOP, PAGE },
		{ 1UL << 47, PAGE },
		{ 0xffff800000000000, PAGE },
		{ 1UL << 63, PAGE },
		{ -PAGE, PAGE },
		{ at + 4 * PAGE, PAGE },
	};
	for (size_t i = 0; i < NR_ITEMS(calls); i++) {
		for (size_t k = 0; k < NR_ITEMS(ranges); k++) {
			got[k] = answer(calls[i].call, ranges[k].addr, ranges[k].len);
			if (calls[i].answers[k] == '?')
				got[k] = '?';
		}
		if (strcmp(got, calls[i].answers) != 0)
			EXPECT_FAILED(
				"%s: got %s, expected %s", calls[i].name, got, calls[i].answers);
	}
	CHECK_ALL(p, 1, 4 * PAGE);
}
