// SPDX-License-Identifier: MIT
/*
 * memfd_seal_future_write.c: F_SEAL_FUTURE_WRITE lets the mappings that exist write on, and forbids
 * write(2), holes and new shared mappings that write. Of several errors of mmap, this is the last.
 */
#include "seals.h"

TEST()
{
	int fd = make_memfd(2), rw = PROT_READ | PROT_WRITE;
	char *old = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0)), *p;

	seal(fd, F_SEAL_FUTURE_WRITE);
	EXPECT_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_FUTURE_WRITE);
	EXPECT_ERR(pwrite(fd, "x", 1, 0), EPERM);
	EXPECT_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), EPERM);
	EXPECT_ERR(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0), EPERM);
	EXPECT_ERR(mmap(old, PAGE, rw, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0), EEXIST);
	EXPECT_ERR(mmap(NULL, PAGE, rw, MAP_SHARED | MAP_GROWSDOWN, fd, 0), EINVAL);
	p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_ERR(mprotect(p, PAGE, rw), EACCES);
	old[0] = 'o';
	EXPECT_EQ(p[0], 'o');
	EXPECT_ERR(madvise(old, PAGE, MADV_REMOVE), EPERM);
	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	CHECK_OK(munmap(old, PAGE));
	seal(fd, F_SEAL_WRITE);
}
