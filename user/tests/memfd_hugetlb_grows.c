// SPDX-License-Identifier: MIT
/*
 * memfd_hugetlb_grows.c: A mapping that may be written makes a file of huge pages as long as it
 * reaches: private or shared, however the file was opened, and whatever F_SEAL_GROW or RLIMIT_FSIZE say.
 * One that may only be read does not, and one that fails leaves the file as it was.
 */
#include "hugetlb.h"

#include <linux/memfd.h>
#include <sys/resource.h>

#define LOOSE (MAP_SHARED | MAP_NORESERVE)

static int fd;

static unsigned long huge_pages(void)
{
	return (unsigned long)CHECK_OK(lseek(fd, 0, SEEK_END)) / HUGE;
}

static void new_file(void)
{
	if (fd)
		CHECK_OK(close(fd));
	fd = CHECK_OK(memfd_create("a", MFD_HUGETLB | MFD_ALLOW_SEALING));
}

static void check_failures(void)
{
	struct rlimit space = { 16 * HUGE, RLIM_INFINITY };
	char *p;

	new_file();
	p = CHECK_OK(mmap(NULL, HUGE, PROT_READ, LOOSE, fd, 0));
	EXPECT_ERR(mmap(p + PAGE, HUGE, RW, LOOSE | MAP_FIXED, fd, 0), EINVAL);
	EXPECT_ERR(mmap(p, HUGE, RW, LOOSE | MAP_FIXED_NOREPLACE, fd, 0), EEXIST);
	EXPECT_ERR(mmap(NULL, HUGE, RW, LOOSE, fd, PAGE), EINVAL);
	EXPECT_ERR(mmap(NULL, HUGE, RW, MAP_SHARED, fd, 0), ENOMEM);
	CHECK_OK(setrlimit(RLIMIT_AS, &space));
	EXPECT_ERR(mmap(NULL, 32 * HUGE, RW, LOOSE, fd, 0), ENOMEM);
	space.rlim_cur = RLIM_INFINITY;
	CHECK_OK(setrlimit(RLIMIT_AS, &space));
	CHECK_EQ(huge_pages(), 0);
}

static void check_growth(void)
{
	struct rlimit size = { HUGE, RLIM_INFINITY };
	char name[40];
	int read_only;

	CHECK_OK(mmap(NULL, 5 * HUGE, PROT_READ, LOOSE, fd, 0));
	CHECK_EQ(huge_pages(), 0);
	CHECK_OK(mmap(NULL, 1, RW, LOOSE, fd, HUGE));
	CHECK_EQ(huge_pages(), 2);
	CHECK_OK(mmap(NULL, HUGE, RW, LOOSE, fd, 0));
	CHECK_EQ(huge_pages(), 2);
	CHECK_OK(setrlimit(RLIMIT_FSIZE, &size));
	CHECK_OK(mmap(NULL, HUGE, RW, LOOSE, fd, 3 * HUGE));
	CHECK_EQ(huge_pages(), 4);
	CHECK_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	CHECK_OK(mmap(NULL, HUGE, RW, LOOSE, fd, 4 * HUGE));
	CHECK_EQ(huge_pages(), 5);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	read_only = CHECK_OK(open(name, O_RDONLY));
	CHECK_OK(mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_NORESERVE, read_only, 5 * HUGE));
	CHECK_EQ(huge_pages(), 6);
}

TEST()
{
	need_empty_pool();
	if (memfd_create("a", MFD_HUGETLB) < 0 && !on_vellum())
		skip("no huge pages: %s", strerror(errno));
	check_failures();
	check_growth();
}
