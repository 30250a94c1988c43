// SPDX-License-Identifier: MIT
/*
 * mmap_error_order.c: When several things are wrong with a call of mmap, the error is the one that
 * Linux finds first: descriptor, length, overflow, address, what is in the place already, the right
 * to lock, flags, open mode, whether the file can be mapped at all.
 */
#include "test.h"

#define RW        (PROT_READ | PROT_WRITE)
#define FIXED     MAP_FIXED
#define NOREPLACE MAP_FIXED_NOREPLACE

static long map(const void *addr, size_t len, int prot, unsigned flags, int fd, unsigned long off)
{
	return syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

TEST_IN_DIR()
{
	char *taken = map_anon(2, PROT_READ);
	const char *odd = taken + 1, *high = (char *)0x7ffffffff000;
	int wr, rd, null = CHECK_OK(open("/dev/null", O_RDONLY));

	CHECK_OK(close(make_file("a", PAGE)));
	wr = CHECK_OK(open("a", O_WRONLY));
	rd = CHECK_OK(open("a", O_RDONLY));

	EXPECT_ERR(map(odd, 0, RW, MAP_PRIVATE | FIXED, -1, 1), EINVAL);
	EXPECT_ERR(map(odd, 0, RW, MAP_PRIVATE | FIXED, -1, 0), EBADF);
	EXPECT_ERR(map(odd, 0, RW, MAP_PRIVATE | FIXED, wr, 0), EINVAL);
	EXPECT_ERR(map(odd, -1UL, RW, MAP_PRIVATE | FIXED, wr, 0), ENOMEM);
	EXPECT_ERR(map(high, PAGE, RW, FIXED, wr, 0), ENOMEM);
	EXPECT_ERR(map(high + 1, PAGE, RW, FIXED, wr, 0), ENOMEM);
	EXPECT_ERR(map(odd, PAGE, RW, NOREPLACE, wr, 0), EINVAL);
	EXPECT_ERR(map(taken, PAGE, RW, NOREPLACE, wr, 0), EEXIST);
	EXPECT_ERR(map(taken, PAGE, RW, MAP_SHARED_VALIDATE | NOREPLACE, wr, 0), EEXIST);
	EXPECT_ERR(map(taken, PAGE, RW, MAP_ANONYMOUS | NOREPLACE, -1, 0), EEXIST);
	EXPECT_ERR(map(NULL, 1UL << 60, RW, 0, wr, 0), ENOMEM);
	/* The offset of the last byte must be one that files can have. */
	EXPECT_ERR(map(NULL, PAGE, RW, 0, wr, 1UL << 63), EOVERFLOW);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_SHARED_VALIDATE | 0x800000, rd, 0), EOPNOTSUPP);
	EXPECT_ERR(map(NULL, PAGE, RW, 0, wr, 0), EINVAL);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_SHARED, rd, 0), EACCES);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_SHARED | MAP_GROWSDOWN, rd, 0), EACCES);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, wr, 0), EACCES);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_SHARED, null, 0), EACCES);
	EXPECT_ERR(map(NULL, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, null, 0), ENODEV);
	EXPECT_ERR(map(NULL, 1UL << 46, RW, MAP_ANONYMOUS, -1, 0), EINVAL);

	if (geteuid() == 0) {
		pid_t pid = fork_child();

		if (pid == 0) {
			struct rlimit none = { 0, 0 };

			CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &none));
			become_other();
			EXPECT_ERR(map(taken, PAGE, RW, MAP_LOCKED | NOREPLACE, wr, 0), EEXIST);
			EXPECT_ERR(map(NULL, PAGE, RW, MAP_LOCKED, wr, 0), EPERM);
			EXPECT_ERR(map(NULL, PAGE, RW, MAP_LOCKED | FIXED, wr, 0), EPERM);
			child_done();
		}
		CHECK_EXITS(pid, 0);
	}
	CHECK_MAPS(taken, 2, "2r--");
}
