// SPDX-License-Identifier: MIT
/*
 * memfd_hugetlb.c: memfd_create(MFD_HUGETLB): a file of huge pages, also where none are set aside. Its
 * size is whole ones, it reads as zeros, cannot be written, has no space; a mapping wants pages reserved
 * (ENOMEM) but with MAP_NORESERVE, begins between two of them, and makes the file longer. ENODEV for a
 * size that the machine has not.
 */
#include "hugetlb.h"

#include <linux/falloc.h>
#include <linux/memfd.h>

#define SIZE(log) ((unsigned)(log) << MFD_HUGE_SHIFT)

TEST()
{
	int loose = MAP_SHARED | MAP_NORESERVE, fd;
	struct statfs fs;
	struct stat st;
	char zeros[10], *p;

	need_empty_pool();
	fd = memfd_create("a", MFD_HUGETLB | MFD_ALLOW_SEALING);
	if (fd < 0 && !on_vellum())
		skip("no huge pages: %s", strerror(errno));
	CHECK_OK(fstat(fd, &st));
	CHECK_OK(fstatfs(fd, &fs));
	EXPECT_EQ(st.st_blksize, HUGE);
	EXPECT_EQ(fs.f_bsize, HUGE);
	EXPECT_EQ(fs.f_type, 0x958458f6);
	EXPECT_ERR(ftruncate(fd, PAGE), EINVAL);
	CHECK_OK(ftruncate(fd, HUGE));
	memset(zeros, 1, sizeof(zeros));
	CHECK_EQ(pread(fd, zeros, 10, HUGE - 8), 8);
	CHECK_ALL(zeros, 0, 8);
	EXPECT_ERR(write(fd, "a", 1), EINVAL);
	EXPECT_ERR(fallocate(fd, 0, 0, HUGE), ENOSPC);
	EXPECT_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, HUGE), 0);

	EXPECT_ERR(mmap(NULL, HUGE, RW, MAP_SHARED, fd, 0), ENOMEM);
	EXPECT_ERR(mmap(NULL, HUGE, PROT_READ, MAP_PRIVATE, fd, 0), ENOMEM);
	EXPECT_ERR(mmap(NULL, HUGE, RW, loose, fd, PAGE), EINVAL);
	p = CHECK_OK(mmap(NULL, HUGE + 1, PROT_READ, loose, fd, 0));
	CHECK_FAULT(TOUCH_READ, p, SIGBUS, BUS_ADRERR);
	CHECK_EQ(lseek(fd, 0, SEEK_END), HUGE);
	CHECK_OK(mmap(NULL, PAGE, RW, loose | MAP_HUGETLB, fd, HUGE));
	CHECK_EQ(lseek(fd, 0, SEEK_END), 2 * HUGE);
	EXPECT_EQ(fcntl(fd, F_GET_SEALS), 0);
	EXPECT_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	EXPECT_ERR(ftruncate(fd, 0), EPERM);
	EXPECT_ERR(memfd_create("a", MFD_HUGETLB | SIZE(22)), ENODEV);
	EXPECT_ERR(memfd_create("a", SIZE(21)), EINVAL);
}
