// SPDX-License-Identifier: MIT
/*
 * mmap_locked.c: MAP_LOCKED and MAP_POPULATE make the pages at once, MAP_POPULATE|MAP_NONBLOCK does
 * nothing; what cannot be made (PROT_NONE, behind the end of a file) is no error of mmap. Locked
 * memory refuses MADV_DONTNEED and MS_INVALIDATE, and munlock makes it ordinary.
 */
#include "residence.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, ANON | MAP_LOCKED, -1, 0));

	CHECK_EQ(resident(p, 8), 8);
	CHECK_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERR(msync(p, PAGE, MS_INVALIDATE), EBUSY);
	CHECK_ERR(msync(p, PAGE, MS_INVALIDATE | MS_SYNC), EBUSY);
	CHECK_OK(munlock(p, 8 * PAGE));
	CHECK_OK(madvise(p, PAGE, MADV_DONTNEED));
	CHECK_OK(msync(p, PAGE, MS_INVALIDATE));
	CHECK_EQ(resident(p, 8), 7);

	p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, ANON | MAP_POPULATE, -1, 0));
	CHECK_EQ(resident(p, 8), 8);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, ANON | MAP_POPULATE | MAP_NONBLOCK, -1, 0));
	CHECK_EQ(resident(p, 8), 0);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, ANON | MAP_LOCKED | MAP_NONBLOCK, -1, 0));
	CHECK_EQ(resident(p, 8), 8);

	p = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_NONE, ANON | MAP_LOCKED, -1, 0));
	CHECK_EQ(resident(p, 8), 0);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE | MAP_LOCKED, fd, 0));
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGBUS, BUS_ADRERR);
	p[0]++;
	CHECK_OK(munlock(p, 8 * PAGE));
}
