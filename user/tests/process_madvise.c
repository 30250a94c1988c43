// SPDX-License-Identifier: MIT
/*
 * process_madvise.c: Advice for another process: several pieces, counted in bytes; a piece that fails
 * ends it with what was done before, and is an error only if it is the first.
 */
#include "pidfd.h"

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE) + PAGE;
	struct gate ready = gate_make(), advised = gate_make();
	struct iovec vec[] = { { p, PAGE }, { p + 2 * PAGE, PAGE }, { p + 3 * PAGE, 0 } };
	struct iovec empty = { p + 1, 0 };
	pid_t pid;
	int fd;

	need_root("to advise another process (CAP_SYS_NICE)");
	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 4 * PAGE, PAGE, PROT_NONE));
	pid = fork_child();
	if (pid == 0) {
		memset(p, 1, 3 * PAGE);
		gate_give(ready);
		gate_wait(advised);
		CHECK_EQ(smaps_kb(p, "Referenced:"), 4);
		CHECK_ALL(p, 1, 3 * PAGE);
		child_done();
	}
	fd = CHECK_OK(pidfd_open(pid, 0));
	gate_wait(ready);
	EXPECT_EQ(process_madvise(fd, vec, 3, MADV_COLD, 0), 2 * PAGE);
	EXPECT_EQ(process_madvise(fd, vec, 0, MADV_COLD, 0), 0);
	EXPECT_EQ(process_madvise(fd, &empty, 1, MADV_COLD, 0), 0); /* not even its address */
	vec[1].iov_base = p + 1;
	EXPECT_EQ(process_madvise(fd, vec, 2, MADV_COLD, 0), PAGE);
	EXPECT_ERR(process_madvise(fd, vec + 1, 1, MADV_COLD, 0), EINVAL);
	vec[0].iov_base = (void *)PAGE;
	EXPECT_ERR(process_madvise(fd, vec, 1, MADV_WILLNEED, 0), ENOMEM);
	EXPECT_ERR(process_madvise(fd, vec, 1, MADV_COLD, 1), EINVAL);
	EXPECT_ERR(process_madvise(fd, vec, 1, MADV_DONTNEED, 0), EINVAL);
	EXPECT_ERR(process_madvise(fd, vec, 1, MADV_FREE, 0), EINVAL);
	EXPECT_ERR(process_madvise(fd, vec, 1, 12345, 0), EINVAL);
	EXPECT_ERR(process_madvise(fd, vec, 1025, MADV_COLD, 0), EINVAL);
	EXPECT_ERR(process_madvise(fd, (void *)8, 1, MADV_COLD, 0), EFAULT);
	EXPECT_ERR(process_madvise(0, vec, 1, MADV_COLD, 0), EBADF);
	EXPECT_ERR(process_madvise(999, vec, 1, MADV_COLD, 0), EBADF);
	gate_give(advised);
	CHECK_EXITS(pid, 0);
	EXPECT_ERR(process_madvise(fd, vec, 1, MADV_COLD, 0), ESRCH);

	pid = fork_child();
	if (pid == 0) {
		fd = CHECK_OK(pidfd_open(getppid(), 0));
		become_other();
		/* The manual page says EPERM; the check whether one may look at all says EACCES. */
		EXPECT_EQ(process_madvise(fd, vec, 1, MADV_COLD, 0), -1);
		EXPECT_EQ(errno == EPERM || errno == EACCES, true);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
