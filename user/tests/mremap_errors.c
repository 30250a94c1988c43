// SPDX-License-Identifier: MIT
/*
 * mremap_errors.c: mremap: EINVAL, EFAULT, ENOMEM, EAGAIN, EPERM as the manual page and Linux say,
 * and nothing changed. (Newer kernels move several mappings at once: there EFAULT is not asked for.)
 */
#include "test.h"

TEST()
{
	int rw = PROT_READ | PROT_WRITE, may = MREMAP_MAYMOVE, fixed = may | MREMAP_FIXED;
	int dont = may | MREMAP_DONTUNMAP;
	char *p = map_anon(8, rw), *hole = p + 6 * PAGE;
	struct rlimit limit = { 2 * PAGE, 2 * PAGE };
	pid_t pid;

	memset(p, 1, 8 * PAGE);
	CHECK_OK(munmap(hole, 2 * PAGE));
	EXPECT_ERR(mremap(p + 1, PAGE, PAGE, 0), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, 0, 0), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, 2 * PAGE, 8), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, PAGE, MREMAP_FIXED, hole), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, PAGE, MREMAP_DONTUNMAP), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, 2 * PAGE, dont, NULL), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, PAGE, fixed, hole + 1), EINVAL);
	EXPECT_ERR(mremap(p, 2 * PAGE, 2 * PAGE, fixed, p + PAGE), EINVAL);
	EXPECT_ERR(mremap(p + PAGE, 2 * PAGE, 2 * PAGE, fixed, p), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, PAGE, fixed, (void *)(1UL << 47)), EINVAL);
	EXPECT_ERR(mremap(p, PAGE, 1UL << 48, fixed, hole), EINVAL);
	EXPECT_ERR(mremap(hole, PAGE, PAGE, 0), EFAULT);
	EXPECT_ERR(mremap(hole, PAGE, 2 * PAGE, may), EFAULT);
	EXPECT_ERR(mremap(p + 5 * PAGE, 2 * PAGE, 3 * PAGE, may), EFAULT);
	EXPECT_EQ(mremap(p, PAGE, 1UL << 50, may), MAP_FAILED);
	EXPECT_EQ(errno == ENOMEM || errno == EINVAL, true); /* since 6.16 EINVAL */
	CHECK_ALL(p, 1, 6 * PAGE);

	pid = fork_child();
	if (pid == 0) {
		if (geteuid() == 0)
			become_other();
		CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &limit));
		CHECK_OK(mlock(p, PAGE));
		EXPECT_ERR(mremap(p, PAGE, 4 * PAGE, may), EAGAIN);
		if (on_vellum()) /* vm.mmap_min_addr may be 0 elsewhere */
			EXPECT_ERR(mremap(p + PAGE, PAGE, PAGE, fixed, (void *)PAGE), EPERM);
		limit.rlim_cur = limit.rlim_max = 1 << 20;
		CHECK_OK(setrlimit(RLIMIT_AS, &limit));
		EXPECT_ERR(mremap(p + 2 * PAGE, PAGE, 1 << 24, may), ENOMEM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
