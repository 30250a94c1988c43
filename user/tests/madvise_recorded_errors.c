// SPDX-License-Identifier: MIT
/*
 * madvise_recorded_errors.c: MADV_WIPEONFORK is for private anonymous memory (EINVAL); MADV_MERGEABLE
 * of shared memory is accepted and forgotten; a hole is said (ENOMEM) after the rest is done;
 * MADV_HWPOISON and MADV_SOFT_OFFLINE are EPERM without privilege.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), rw = PROT_READ | PROT_WRITE;
	char *file = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0));
	char *shared = map_shared(1), *p = map_anon(5, rw) + PAGE;
	pid_t pid;

	EXPECT_ERR(madvise(file, PAGE, MADV_WIPEONFORK), EINVAL);
	EXPECT_ERR(madvise(shared, PAGE, MADV_WIPEONFORK), EINVAL);
	if (madvise(shared, PAGE, MADV_MERGEABLE) < 0)
		EXPECT_EQ(errno == EINVAL && !on_vellum(), true); /* not built in */
	EXPECT_EQ(smaps_flag(shared, "mg"), false);

	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 3 * PAGE, PAGE, PROT_NONE));
	CHECK_OK(munmap(p + PAGE, PAGE));
	EXPECT_ERR(madvise(p, 3 * PAGE, MADV_DONTDUMP), ENOMEM);
	EXPECT_EQ(smaps_flag(p, "dd"), true);
	EXPECT_EQ(smaps_flag(p + 2 * PAGE, "dd"), true);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_RANDOM), ENOMEM);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_WILLNEED), ENOMEM);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_COLD), ENOMEM);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_PAGEOUT), ENOMEM);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_FREE), ENOMEM);

	pid = fork_child();
	if (pid == 0) {
		if (geteuid() == 0)
			become_other();
		EXPECT_ERR(madvise(p + 1, PAGE, MADV_HWPOISON), EINVAL);
		/* A kernel without memory failure handling knows no such advice: EINVAL. */
		if (madvise(p, PAGE, MADV_HWPOISON) == 0 || (errno != EPERM && on_vellum()))
			EXPECT_FAILED("MADV_HWPOISON: %s", strerror(errno));
		if (madvise(p, PAGE, MADV_SOFT_OFFLINE) == 0 || (errno != EPERM && on_vellum()))
			EXPECT_FAILED("MADV_SOFT_OFFLINE: %s", strerror(errno));
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
