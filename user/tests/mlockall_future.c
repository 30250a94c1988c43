// SPDX-License-Identifier: MIT
/*
 * mlockall_future.c: mlockall(MCL_CURRENT) locks what is mapped, MCL_FUTURE what will be (mmap,
 * brk), which then is there at once; with MCL_ONFAULT, and with mlock2(MLOCK_ONFAULT), pages are
 * locked when they are touched. A new call replaces what the last one said of the future, and
 * munlockall ends all. A child inherits neither locks nor the future, and a new program does not.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

static int helper(int argc, char **argv)
{
	(void)argc, (void)argv;
	CHECK_EQ(status_kb("VmLck:"), 0);
	CHECK_EQ(resident(map_anon(8, RW), 8), 0);
	return 0;
}
TEST_HELPER(helper)

static void current(void)
{
	char *p = map_anon(8, RW), *none = map_anon(8, PROT_NONE);

	CHECK_OK(mlockall(MCL_CURRENT)); /* what cannot be had (PROT_NONE) is no error */
	CHECK_EQ(resident(p, 8), 8);
	/* Linux does not count the gate and what the kernel maps: VmLck may be a little less. */
	CHECK(status_kb("VmLck:") > 64 && status_kb("VmLck:") <= status_kb("VmSize:"));
	CHECK_EQ(resident(map_anon(8, RW), 8), 0);
	CHECK_OK(mprotect(none, 8 * PAGE, PROT_READ | PROT_WRITE));
	CHECK_EQ(resident(none, 8), 8); /* locked memory that becomes writable is there */
	CHECK_OK(munlockall());
	CHECK_EQ(status_kb("VmLck:"), 0);
}

static void future(void)
{
	long heap = syscall(SYS_brk, 0), before;
	char *p;
	pid_t pid;

	CHECK_OK(mlockall(MCL_FUTURE));
	CHECK_EQ(status_kb("VmLck:"), 0);
	p = map_anon(8, RW);
	CHECK_EQ(resident(p, 8), 8);
	CHECK_EQ(status_kb("VmLck:"), 32);
	CHECK_EQ(syscall(SYS_brk, heap + 8 * PAGE), heap + 8 * PAGE);
	CHECK_EQ(resident((char *)((heap + PAGE - 1) & -PAGE), 7), 7);
	before = status_kb("VmLck:");
	CHECK(before >= 56);
	p = CHECK_OK(mremap(p, 8 * PAGE, 16 * PAGE, MREMAP_MAYMOVE));
	CHECK_EQ(resident(p, 16), 16);
	CHECK_EQ(status_kb("VmLck:"), before + 32);
	CHECK_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERR(msync(p, PAGE, MS_INVALIDATE), EBUSY);
	CHECK_EQ(resident(map_anon(8, PROT_NONE), 8), 0);

	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(status_kb("VmLck:"), 0);
		CHECK_EQ(resident(map_anon(8, RW), 8), 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);

	CHECK_OK(mlockall(MCL_CURRENT)); /* the future is forgotten */
	CHECK_EQ(resident(map_anon(8, RW), 8), 0);
	CHECK_OK(mlockall(MCL_FUTURE));
	CHECK_OK(munlockall());
	CHECK_EQ(resident(map_anon(8, RW), 8), 0);
	CHECK_EQ(status_kb("VmLck:"), 0);
}

static void on_fault(void)
{
	char *p = map_anon(8, RW), *q;

	CHECK_OK(syscall(SYS_mlock2, p, 8 * PAGE, MLOCK_ONFAULT));
	CHECK_EQ(resident(p, 8), 0);
	CHECK_EQ(status_kb("VmLck:"), 32);
	p[0] = p[PAGE] = 1;
	CHECK_EQ(resident(p, 8), 2);
	CHECK_OK(mlock(p, 4 * PAGE)); /* from now on as usual */
	CHECK_EQ(resident(p, 8), 4);
	CHECK_OK(munlockall());

	CHECK_OK(mlockall(MCL_FUTURE | MCL_ONFAULT));
	q = map_anon(8, RW);
	CHECK_EQ(resident(q, 8), 0);
	CHECK_EQ(status_kb("VmLck:"), 32);
	CHECK_OK(mlockall(MCL_CURRENT | MCL_ONFAULT));
	CHECK_EQ(resident(q, 8), 0);
	CHECK_OK(mlockall(MCL_CURRENT));
	CHECK_EQ(resident(q, 8), 8);
}

static void exec(void)
{
	CHECK_OK(mlockall(MCL_CURRENT | MCL_FUTURE));
	execl(test_self(), "test", "--helper", NULL);
	CHECK_FAILED("exec: %s", strerror(errno));
}

TEST()
{
	struct rlimit limit = { 64 << 20, 64 << 20 };

	if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		need_root("to lock so much memory");
	in_child(current);
	in_child(future);
	in_child(on_fault);
	in_child(exec);
}
