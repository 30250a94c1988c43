// SPDX-License-Identifier: MIT
/*
 * madvise_readahead.c: A fault on a file that is not in memory reads what lies around it as well;
 * after MADV_RANDOM only the page itself; MADV_WILLNEED reads without a fault.
 */
#include "residence.h"

#define NR 128

static char *map_cold(int fd, int advice)
{
	char *p;

	if (!drop_cache(fd, NR))
		return NULL;
	p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	CHECK_OK(madvise(p, NR * PAGE, advice));
	return p;
}

static int after_a_fault(int fd, int advice)
{
	char *p = map_cold(fd, advice);
	int nr;

	CHECK(p != NULL);
	CHECK_CAN(TOUCH_READ, p + NR / 2 * PAGE);
	nr = resident(p, NR);
	CHECK_OK(munmap(p, NR * PAGE));
	return nr;
}

TEST_IN_DIR()
{
	int fd = make_file("a", NR * PAGE);
	char *p = map_cold(fd, MADV_NORMAL);

	if (!p)
		return; /* in memory only: nothing is ever read */
	CHECK_EQ(resident(p, NR), 0);
	CHECK_OK(madvise(p + 8 * PAGE, 16 * PAGE, MADV_WILLNEED));
	WAIT_UNTIL(resident(p + 8 * PAGE, 16) == 16);
	CHECK_OK(munmap(p, NR * PAGE));

	CHECK(after_a_fault(fd, MADV_NORMAL) > 1);
	CHECK(after_a_fault(fd, MADV_SEQUENTIAL) > 1);
	CHECK_EQ(after_a_fault(fd, MADV_RANDOM), 1);
}
