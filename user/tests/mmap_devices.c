// SPDX-License-Identifier: MIT
/*
 * mmap_devices.c: Files that cannot be mapped: devices without memory, directories, pipes, sockets'
 * likes and files of /proc/PID give ENODEV, but only when all else is right; other files of /proc are
 * EIO. /dev/zero is checked as any file is; a private mapping, and one that may not be written, keeps
 * its name in /proc/self/maps.
 */
#include "test.h"

#define RW (PROT_READ | PROT_WRITE)

static void check_unmappable(const char *name, int fd)
{
	static const struct {
		int prot, flags, error;
	} cases[] = {
		{ PROT_READ, MAP_PRIVATE, ENODEV },
		{ PROT_READ, MAP_SHARED, ENODEV },
		{ PROT_READ, MAP_SHARED_VALIDATE, ENODEV },
		{ RW, MAP_PRIVATE, ENODEV },
		{ PROT_NONE, MAP_PRIVATE | MAP_GROWSDOWN, ENODEV },
		{ RW, MAP_SHARED, EACCES },
		{ PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, EOPNOTSUPP },
		{ PROT_READ, 0, EINVAL },
		{ PROT_READ, MAP_PRIVATE | MAP_HUGETLB, EINVAL },
	};

	for (size_t i = 0; i < NR_ITEMS(cases); i++) {
		errno = 0;
		if (mmap(NULL, PAGE, cases[i].prot, cases[i].flags, fd, 0) != MAP_FAILED ||
			errno != cases[i].error)
			EXPECT_FAILED("%s, case %zu: %s", name, i, strerror(errno));
	}
	EXPECT_ERR(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, -PAGE), EOVERFLOW);
	EXPECT_ERR(mmap((void *)1, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0), EINVAL);
}

/* What the other files of /proc say when all else is right. */
static void check_system_file(const char *name)
{
	int fd = CHECK_OK(open(name, O_RDONLY));

	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EIO);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), EIO);
	EXPECT_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	close(fd);
}

static void check_zero_rights(void)
{
	int rd = CHECK_OK(open("/dev/zero", O_RDONLY)), wr = CHECK_OK(open("/dev/zero", O_WRONLY));
	struct map_line line;
	char *p;

	EXPECT_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, rd, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, wr, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, wr, 0), EACCES);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, rd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, rd, 0), EOPNOTSUPP);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, 0, rd, 0), EINVAL);

	p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, rd, 0));
	CHECK_ALL(p, 0, 2 * PAGE);
	EXPECT_ERR(mprotect(p, PAGE, RW), EACCES);
	CHECK(map_of(p, &line));
	EXPECT_EQ(strcmp(line.path, "/dev/zero"), 0);
	EXPECT_EQ(strcmp(line.perms, "r--s"), 0);

	p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, rd, 5 * PAGE));
	CHECK_OK(mprotect(p, 2 * PAGE, RW));
	p[0] = 1;
	CHECK_EQ(p[0], 1);
	CHECK(map_of(p, &line));
	EXPECT_EQ(strcmp(line.path, "/dev/zero"), 0);
	EXPECT_EQ(strcmp(line.perms, "rw-p"), 0);
	EXPECT_EQ(line.offset, 5 * PAGE);
}

static void check_zero_shared(void)
{
	int fd = CHECK_OK(open("/dev/zero", O_RDWR));
	struct map_line line;
	char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 3 * PAGE));

	CHECK_OK(mprotect(p, PAGE, RW));
	CHECK(map_of(p, &line));
	EXPECT_EQ(strcmp(line.path, "/dev/zero (deleted)"), 0);
	EXPECT_EQ(strcmp(line.perms, "rw-s"), 0);
	/* Linux keeps the offset that was asked for, and the object reaches only to the length. */
	if (line.offset == 3 * PAGE)
		EXPECT_FAULT(TOUCH_WRITE, p, SIGBUS, BUS_ADRERR);
	p = CHECK_OK(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE, fd, 0));
	EXPECT_CAN(TOUCH_WRITE, p);
}

TEST()
{
	static const char *const names[] = { "/dev/null", "/dev/full", "/dev/random",
		"/dev/urandom", "/proc/self/maps", "/proc/sys/vm/overcommit_memory", "/", "/proc" };
	int fds[2];

	for (size_t i = 0; i < NR_ITEMS(names); i++) {
		int fd = CHECK_OK(open(names[i], O_RDONLY));

		check_unmappable(names[i], fd);
		close(fd);
	}
	CHECK_OK(pipe(fds));
	check_unmappable("pipe", fds[0]);
	check_system_file("/proc/meminfo");
	check_system_file("/proc/uptime");
	check_zero_rights();
	check_zero_shared();
}
