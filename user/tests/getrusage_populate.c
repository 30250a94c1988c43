// SPDX-License-Identifier: MIT
/*
 * getrusage_populate.c: Pages that are brought in before they are touched are minor faults of who asked
 * for them, one a page: MAP_POPULATE, MADV_POPULATE_READ and _WRITE, mlock, and a system call that stores
 * into untouched memory. What is there already is none.
 */
#include "residence.h"

#define NR 100

static char *fresh(void)
{
	char *p = map_anon(NR, PROT_READ | PROT_WRITE);

	if (madvise(p, NR * PAGE, MADV_NOHUGEPAGE) < 0)
		CHECK_EQ(errno, EINVAL); /* there are none */
	return p;
}

/* getrusage itself and the stack are good for a few. */
#define CHECK_FAULTS(call, nr)                                                                     \
	do {                                                                                       \
		long before_ = minor_faults(), got_;                                               \
		CHECK_OK(call);                                                                    \
		got_ = minor_faults() - before_;                                                   \
		if (got_ < (nr) || got_ > (nr) + 5)                                                \
			CHECK_FAILED("%s: %ld faults, expected %d", #call, got_, nr);              \
	} while (0)

TEST()
{
	int zero = CHECK_OK(open("/dev/zero", O_RDONLY));
	int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE;
	char *p = fresh();

	CHECK_FAULTS(madvise(p, NR * PAGE, MADV_POPULATE_READ), NR);
	CHECK_FAULTS(madvise(p, NR * PAGE, MADV_POPULATE_READ), 0);
	CHECK_FAULTS(madvise(p, NR * PAGE, MADV_POPULATE_WRITE), NR); /* of the page of zeros */
	CHECK_FAULTS(madvise(p, NR * PAGE, MADV_POPULATE_WRITE), 0);
	CHECK_FAULTS(mlock(p, 8 * PAGE), 0);
	p = fresh();
	CHECK_FAULTS(mlock(p, 8 * PAGE), 8);
	p = fresh();
	CHECK_FAULTS(read(zero, p, NR * PAGE), NR);
	CHECK_FAULTS(read(zero, p, NR * PAGE), 0);
	CHECK_FAULTS(mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0), NR);
}
