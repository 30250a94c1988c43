// SPDX-License-Identifier: MIT
/*
 * overcommit_accounting.c: Committed_AS of /proc/meminfo: private memory counts when it may be
 * written (PROT_NONE and read-only memory does not, mprotect to writable makes it count, and it
 * stays so until it is unmapped), shared anonymous memory as a whole, files in memory by the page,
 * MAP_NORESERVE not at all; mappings of shared files do not. mremap, brk, fork and stacks count as
 * well, and at the end all is given back.
 *
 * Other programs may run or end meanwhile: a step is tried again until it fits; on Linux, where they
 * are many, roughly.
 */
#include "settings.h"

#define KB     (16 * 1024L) /* the size of every step in KiB */
#define SIZE   (KB * 1024)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW     (PROT_READ | PROT_WRITE)
#define NR_TRY 40

/* Steps, called with the address of the mapping that undo() gets. */
struct step {
	const char *name;
	long kb; /* that do_it() adds */
	void *(*do_it)(void);
	void (*undo)(void *p);
};

static void unmap(void *p)
{
	CHECK_OK(munmap(p, SIZE));
}

static void *map(int prot, int flags)
{
	return CHECK_OK(mmap(NULL, SIZE, prot, flags, -1, 0));
}

static void *private_writable(void)
{
	return map(RW, ANON);
}

static void *private_none(void)
{
	return map(PROT_NONE, ANON);
}

static void *private_readable(void)
{
	return map(PROT_READ, ANON);
}

static void *private_noreserve(void)
{
	return map(RW, ANON | MAP_NORESERVE);
}

static void *shared(void)
{
	return map(PROT_NONE, MAP_SHARED | MAP_ANONYMOUS);
}

static void *shared_noreserve(void)
{
	return map(RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE);
}

static void *half_made_writable(void)
{
	char *p = map(PROT_NONE, ANON);

	CHECK_OK(mprotect(p, SIZE / 2, RW));
	CHECK_OK(mprotect(p, SIZE / 2, PROT_READ | PROT_WRITE | PROT_EXEC));
	memset(p, 1, SIZE / 2);
	CHECK_OK(mprotect(p, SIZE / 2, PROT_NONE));
	return p;
}

static void *half_unmapped(void)
{
	char *p = map(RW, ANON);

	CHECK_OK(munmap(p + SIZE / 4, SIZE / 2));
	return p;
}

static void *replaced(void)
{
	char *p = map(RW, ANON);

	CHECK(mmap(p, SIZE, RW, ANON | MAP_FIXED, -1, 0) == p);
	CHECK(mmap(p, SIZE / 2, PROT_READ, ANON | MAP_FIXED, -1, 0) == p);
	return p;
}

static void *grown_by_mremap(void)
{
	char *p = CHECK_OK(mmap(NULL, SIZE / 4, RW, ANON, -1, 0));

	return CHECK_OK(mremap(p, SIZE / 4, SIZE, MREMAP_MAYMOVE));
}

static void *shrunk_by_mremap(void)
{
	char *p = CHECK_OK(mmap(NULL, 2 * SIZE, RW, ANON, -1, 0));

	return CHECK_OK(mremap(p, 2 * SIZE, SIZE, 0));
}

static void *brk_grown(void)
{
	long heap = CHECK_OK(syscall(SYS_brk, 0));

	CHECK_EQ(syscall(SYS_brk, heap + SIZE), heap + SIZE);
	return (void *)heap;
}

static void brk_shrunk(void *p)
{
	CHECK(syscall(SYS_brk, p) == (long)p);
}

static void *file_pages(void)
{
	int fd = CHECK_OK(syscall(SYS_memfd_create, "file", 0));
	char *p;

	CHECK_OK(ftruncate(fd, SIZE));
	p = CHECK_OK(mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0));
	memset(p, 1, SIZE / 4);
	CHECK_OK(close(fd));
	return p;
}

static void *file_truncated(void)
{
	int fd = CHECK_OK(syscall(SYS_memfd_create, "file", 0));
	char *p;

	CHECK_OK(ftruncate(fd, SIZE));
	p = CHECK_OK(mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0));
	memset(p, 1, SIZE / 4);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_OK(close(fd));
	return p;
}

static void *private_file(void)
{
	int fd = CHECK_OK(syscall(SYS_memfd_create, "file", 0));
	char *p = CHECK_OK(mmap(NULL, SIZE, RW, MAP_PRIVATE, fd, 0));

	CHECK_OK(close(fd));
	return p;
}

/* The child has a copy of it while it waits. */
static pid_t forked;

static void *fork_with_memory(void)
{
	char *p = map(RW, ANON);

	forked = fork_child();
	if (forked == 0) {
		for (;;)
			pause();
	}
	return p;
}

static void fork_ends(void *p)
{
	CHECK_OK(kill(forked, SIGKILL));
	wait_child(forked);
	unmap(p);
}

/* A stack of 64 KiB that grows down to SIZE. Not written: one page a touch is enough. */
static void *stack_grown(void)
{
	char *place = map(PROT_NONE, ANON | MAP_NORESERVE), *p;

	CHECK_OK(munmap(place, SIZE));
	p = CHECK_OK(mmap(place + SIZE - 65536, 65536, RW,
		ANON | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE, -1, 0));
	/* The limit of stacks is often 8 MiB. */
	p[65536 - SIZE / 4] = 1;
	return place;
}

static const struct step steps[] = {
	{ "private writable", KB, private_writable, unmap },
	{ "private PROT_NONE", 0, private_none, unmap },
	{ "private readable", 0, private_readable, unmap },
	{ "private MAP_NORESERVE", 0, private_noreserve, unmap },
	{ "shared anonymous", KB, shared, unmap },
	{ "shared MAP_NORESERVE", 0, shared_noreserve, unmap },
	{ "half made writable", KB / 2, half_made_writable, unmap },
	{ "half unmapped", KB / 2, half_unmapped, unmap },
	{ "half replaced", KB / 2, replaced, unmap },
	{ "grown by mremap", KB, grown_by_mremap, unmap },
	{ "shrunk by mremap", KB, shrunk_by_mremap, unmap },
	{ "brk", KB, brk_grown, brk_shrunk },
	{ "pages of a file in memory", KB / 4, file_pages, unmap },
	{ "truncated file in memory", 0, file_truncated, unmap },
	{ "private file", KB, private_file, unmap },
	{ "fork", 2 * KB, fork_with_memory, fork_ends },
	{ "stack", KB / 4, stack_grown, unmap },
};

static bool fits(long got, long wanted, long tolerance)
{
	return got >= wanted - tolerance && got <= wanted + tolerance;
}

static void check_step(const struct step *s)
{
	/* On Vellum: the child of `fork` has its own stack and heap, 256 KiB at most. */
	long tolerance = on_vellum() ? s->do_it == fork_with_memory ? 256 : 0 : KB / 8;
	long before, during, after;

	for (int i = 0; i < NR_TRY; i++) {
		void *p;

		before = meminfo_kb("Committed_AS");
		p = s->do_it();
		during = meminfo_kb("Committed_AS") - before;
		s->undo(p);
		after = meminfo_kb("Committed_AS") - before;
		if (fits(during, s->kb, tolerance) && fits(after, 0, tolerance))
			break;
		sleep_ms(20);
	}
	if (!fits(during, s->kb, tolerance) || !fits(after, 0, tolerance))
		EXPECT_FAILED("%s: Committed_AS grew by %ld KiB, not %ld; after it: %ld", s->name,
			during, s->kb, after);
}

TEST()
{
	meminfo_kb("Committed_AS");
	for (size_t i = 0; i < NR_ITEMS(steps); i++)
		check_step(&steps[i]);
}
