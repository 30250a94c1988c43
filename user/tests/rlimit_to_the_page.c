// SPDX-License-Identifier: MIT
/*
 * rlimit_to_the_page.c: RLIMIT_AS, RLIMIT_DATA and RLIMIT_MEMLOCK bound to the page whatever makes an
 * address space, its private writable memory, or what is locked of it larger: with room for four pages
 * four can be had, and five not. What counts for none of them is not bound by it.
 */
#include "test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *private, *shared, *constant, *stack; /* eight pages each; the stack has one */
static long heap;

/* What a call with so many pages says: 0, its errno, or SIGSEGV. */
static int outcome(long result)
{
	return result == -1 ? errno : 0;
}

static int map(size_t nr, int prot, int flags)
{
	return outcome(syscall(SYS_mmap, NULL, nr * PAGE, prot, flags, -1, 0));
}

static int map_writable(size_t nr)
{
	return map(nr, RW, ANON);
}

static int map_write_only(size_t nr)
{
	return map(nr, PROT_WRITE, ANON);
}

static int map_constant(size_t nr)
{
	return map(nr, PROT_READ | PROT_EXEC, ANON);
}

static int map_nothing(size_t nr)
{
	return map(nr, PROT_NONE, ANON | MAP_NORESERVE);
}

static int map_all_shared(size_t nr)
{
	return map(nr, RW, MAP_SHARED | MAP_ANONYMOUS);
}

static int map_stack(size_t nr)
{
	return map(nr, RW, ANON | MAP_GROWSDOWN);
}

static int map_locked(size_t nr)
{
	return map(nr, RW, ANON | MAP_LOCKED);
}

static int replace(size_t nr)
{
	return outcome((long)mmap(private, nr * PAGE, RW, ANON | MAP_FIXED, -1, 0));
}

static int grow(size_t nr)
{
	return outcome((long)mremap(private, PAGE, (nr + 1) * PAGE, MREMAP_MAYMOVE));
}

static int leave(size_t nr)
{
	return outcome((long)mremap(
		private, nr * PAGE, nr * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
}

static int copy(size_t nr)
{
	return outcome((long)mremap(shared, 0, nr * PAGE, MREMAP_MAYMOVE));
}

static int make_writable(size_t nr)
{
	return outcome(mprotect(constant, nr * PAGE, RW));
}

static int grow_heap(size_t nr)
{
	return syscall(SYS_brk, heap + nr * PAGE) == (long)(heap + nr * PAGE) ? 0 : ENOMEM;
}

static int grow_stack(size_t nr)
{
	return touch(TOUCH_WRITE, stack - nr * PAGE).signo;
}

static int lock(size_t nr)
{
	return outcome(mlock(private, nr * PAGE));
}

static int lock_on_fault(size_t nr)
{
	return outcome(mlock2(private, nr * PAGE, MLOCK_ONFAULT));
}

static int lock_more(size_t nr)
{
	CHECK_OK(mlock(private, 2 * PAGE));
	return outcome(mlock(private + PAGE, (nr - 1) * PAGE)); /* one of them once more */
}

static int grow_locked(size_t nr)
{
	CHECK_OK(mlock(private, PAGE));
	return outcome((long)mremap(private, PAGE, nr * PAGE, MREMAP_MAYMOVE));
}

static int grow_locked_stack(size_t nr)
{
	CHECK_OK(mlock(stack, PAGE));
	return touch(TOUCH_WRITE, stack - (nr - 1) * PAGE).signo;
}

static int lock_future(size_t nr)
{
	CHECK_OK(mlockall(MCL_FUTURE));
	return map_nothing(nr);
}

static int lock_future_heap(size_t nr)
{
	CHECK_OK(mlockall(MCL_FUTURE));
	return grow_heap(nr);
}

/* What five pages come to under each limit; 0: they can be had. */
static const struct {
	const char *name;
	int (*call)(size_t nr);
	int as, data, memlock;
} calls[] = {
	{ "mmap", map_writable, ENOMEM, ENOMEM, 0 },
	{ "mmap for writing", map_write_only, ENOMEM, ENOMEM, 0 },
	{ "mmap for reading", map_constant, ENOMEM, 0, 0 },
	{ "mmap PROT_NONE", map_nothing, ENOMEM, 0, 0 },
	{ "mmap MAP_SHARED", map_all_shared, ENOMEM, 0, 0 },
	{ "mmap MAP_GROWSDOWN", map_stack, ENOMEM, 0, 0 },
	{ "mmap MAP_FIXED", replace, 0, 0, 0 },
	{ "mremap", grow, ENOMEM, ENOMEM, 0 },
	{ "mremap MREMAP_DONTUNMAP", leave, ENOMEM, ENOMEM, 0 },
	{ "mremap of size 0", copy, ENOMEM, 0, 0 },
	{ "mprotect", make_writable, 0, ENOMEM, 0 },
	{ "brk", grow_heap, ENOMEM, ENOMEM, 0 },
	{ "stack", grow_stack, SIGSEGV, 0, 0 },
	{ "mmap MAP_LOCKED", map_locked, ENOMEM, ENOMEM, EAGAIN },
	{ "mlock", lock, 0, 0, ENOMEM },
	{ "mlock2", lock_on_fault, 0, 0, ENOMEM },
	{ "mlock twice", lock_more, 0, 0, ENOMEM },
	{ "mremap, locked", grow_locked, 0, 0, EAGAIN },
	{ "stack, locked", grow_locked_stack, 0, 0, SIGSEGV },
	{ "mmap, MCL_FUTURE", lock_future, ENOMEM, 0, EAGAIN },
	{ "brk, MCL_FUTURE", lock_future_heap, ENOMEM, ENOMEM, ENOMEM },
};

static size_t status_bytes(const char *name)
{
	char text[8192], *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, name);
	CHECK(at != NULL);
	return strtoul(at + strlen(name), NULL, 10) << 10;
}

static void leave_room(int resource)
{
	size_t used = 0;
	struct rlimit limit;

	if (resource == RLIMIT_AS)
		used = status_bytes("VmSize:");
	if (resource == RLIMIT_DATA)
		used = status_bytes("VmData:");
	limit.rlim_cur = limit.rlim_max = used + 4 * PAGE;
	CHECK_OK(setrlimit(resource, &limit));
}

static void expect(int resource, size_t which, size_t nr, int wanted)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		int got;

		if (geteuid() == 0)
			become_other();
		leave_room(resource);
		got = calls[which].call(nr);
		if (got != wanted)
			EXPECT_FAILED("%s of %zu pages under limit %d: got %d, expected %d",
				calls[which].name, nr, resource, got, wanted);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST()
{
	char *place = map_anon(1024, PROT_NONE);

	private = map_anon(8, RW);
	shared = map_shared(8);
	constant = map_anon(8, PROT_READ);
	stack = place + 1000 * PAGE;
	CHECK_OK(munmap(place, 1024 * PAGE));
	CHECK(mmap(stack, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == stack);
	heap = (syscall(SYS_brk, 0) + PAGE - 1) & -PAGE;
	CHECK_EQ(syscall(SYS_brk, heap), heap);
	for (size_t i = 0; i < NR_ITEMS(calls); i++) {
		expect(RLIMIT_AS, i, 4, 0);
		expect(RLIMIT_AS, i, 5, calls[i].as);
		expect(RLIMIT_DATA, i, 4, 0);
		expect(RLIMIT_DATA, i, 5, calls[i].data);
		expect(RLIMIT_MEMLOCK, i, 4, 0);
		expect(RLIMIT_MEMLOCK, i, 5, calls[i].memlock);
	}
}
