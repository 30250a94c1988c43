// SPDX-License-Identifier: MIT
/*
 * mlock_errors.c: The errors of mlock, mlock2, munlock and mlockall. ENOMEM: a hole (what lies
 * before it is locked then), pages that cannot be had (PROT_NONE, behind the end of a file: the
 * range is locked all the same). EINVAL: unknown flags, a range that wraps. A length that wraps
 * when it is rounded is 0, as on Linux.
 */
#include "test.h"

#define LOCKED(p) is_locked(p)

static bool is_locked(const void *p)
{
	char text[4096], *at;
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long start, end;
	bool here = false;

	CHECK(f != NULL);
	while (fgets(text, sizeof(text), f)) {
		if (sscanf(text, "%lx-%lx ", &start, &end) == 2)
			here = (unsigned long)p >= start && (unsigned long)p < end;
		at = strstr(text, "VmFlags:");
		if (at && here) {
			fclose(f);
			return strstr(at, " lo") != NULL;
		}
	}
	fclose(f);
	return false;
}

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	char *p = map_anon(8, PROT_READ | PROT_WRITE), *none = map_anon(2, PROT_NONE);
	char *file = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0));

	CHECK_OK(munmap(p + 4 * PAGE, PAGE));
	EXPECT_ERR(mlock(p + 2 * PAGE, 4 * PAGE), ENOMEM);
	EXPECT_EQ(LOCKED(p), 0);
	EXPECT_EQ(LOCKED(p + 2 * PAGE), 1);
	EXPECT_EQ(LOCKED(p + 3 * PAGE), 1);
	EXPECT_EQ(LOCKED(p + 5 * PAGE), 0);
	EXPECT_ERR(mlock(p + 4 * PAGE, PAGE), ENOMEM);
	CHECK_OK(mlock(p + 5 * PAGE, PAGE));
	EXPECT_ERR(munlock(p + 3 * PAGE, 3 * PAGE), ENOMEM);
	EXPECT_EQ(LOCKED(p + 2 * PAGE), 1);
	EXPECT_EQ(LOCKED(p + 3 * PAGE), 0);
	EXPECT_EQ(LOCKED(p + 5 * PAGE), 1);
	EXPECT_ERR(munlock(p + 4 * PAGE, PAGE), ENOMEM);
	EXPECT_EQ(munlock(p, PAGE), 0); /* not locked: nothing to do */

	EXPECT_ERR(mlock(none, PAGE), ENOMEM);
	EXPECT_EQ(LOCKED(none), 1);
	EXPECT_ERR(mlock(file, 4 * PAGE), ENOMEM);
	EXPECT_EQ(LOCKED(file), 1);
	EXPECT_EQ(syscall(SYS_mlock2, none, PAGE, MLOCK_ONFAULT), 0); /* touches nothing */

	EXPECT_ERR(syscall(SYS_mlock2, p, PAGE, 2), EINVAL);
	EXPECT_ERR(syscall(SYS_mlock2, p, PAGE, -1), EINVAL);
	EXPECT_ERR(mlockall(0), EINVAL);
	EXPECT_ERR(mlockall(MCL_ONFAULT), EINVAL);
	EXPECT_ERR(mlockall(8), EINVAL);
	EXPECT_ERR(mlockall(MCL_CURRENT | 8), EINVAL);
	EXPECT_ERR(munlock(p, -PAGE), EINVAL);
	if (geteuid() == 0) /* others meet their limit first */
		EXPECT_ERR(mlock(p, -PAGE), EINVAL);
	EXPECT_EQ(syscall(SYS_mlock, p, -1UL), 0);
	EXPECT_EQ(munlock(p, -1UL), 0);
	EXPECT_EQ(mlock((void *)PAGE, 0), 0);
	EXPECT_EQ(munlock((void *)PAGE, 0), 0);
}
