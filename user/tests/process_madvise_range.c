// SPDX-License-Identifier: MIT
/*
 * process_madvise_range.c: What process_madvise(2) does with odd vectors: a sum of lengths that overflows
 * is EINVAL, so are too many pieces, an address off the page, flags; EBADF comes before advice that cannot
 * be given. MADV_WILLNEED, _COLD, _PAGEOUT can.
 */
#include "residence.h"

static long advise(int fd, const struct iovec *vec, size_t nr, int advice, unsigned flags)
{
	return syscall(440, fd, vec, nr, advice, flags); /* musl's headers are older */
}

TEST()
{
	static const int given[] = { MADV_WILLNEED, MADV_COLD, MADV_PAGEOUT };
	int fd = CHECK_OK(syscall(434, getpid(), 0)); /* pidfd_open */
	char *p = map_anon(4, PROT_READ | PROT_WRITE);
	struct iovec vec[2] = { { p, PAGE }, { p + 2 * PAGE, 2 * PAGE } };

	need_root("to give advice (CAP_SYS_NICE)");
	memset(p, 1, 4 * PAGE);
	for (size_t i = 0; i < NR_ITEMS(given); i++)
		EXPECT_EQ(advise(fd, vec, 2, given[i], 0), 3 * PAGE);
	EXPECT_EQ(advise(fd, NULL, 0, MADV_COLD, 0), 0);
	EXPECT_ERR(advise(fd, NULL, 1, MADV_COLD, 0), EFAULT);
	EXPECT_ERR(advise(fd, vec, -1UL, MADV_COLD, 0), EINVAL);
	EXPECT_ERR(advise(fd, vec, 2, MADV_COLD, 1), EINVAL);
	EXPECT_ERR(advise(-1, vec, 1, MADV_COLD, 0), EBADF);
	EXPECT_ERR(advise(-1, vec, 1, 12345, 0), EBADF);
	EXPECT_ERR(advise(fd, vec, 1, 12345, 0), EINVAL);
	vec[0].iov_len = 100; /* a length is rounded up, and counted as it is */
	EXPECT_EQ(advise(fd, vec, 1, MADV_COLD, 0), 100);
	vec[0].iov_len = 1UL << 63;
	EXPECT_ERR(advise(fd, vec, 1, MADV_COLD, 0), EINVAL);
	vec[0] = (struct iovec){ p + 1, PAGE };
	EXPECT_ERR(advise(fd, vec, 1, MADV_COLD, 0), EINVAL);
	CHECK_ALL(p, 1, 4 * PAGE);
}
