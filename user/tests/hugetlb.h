/* SPDX-License-Identifier: MIT */
/* hugetlb.h: huge pages where none are set aside. */
#ifndef HUGETLB_H
#define HUGETLB_H

#include "residence.h"
#include "settings.h"

#define RW   (PROT_READ | PROT_WRITE)
#define HUGE (2UL << 20)

/* Where there are some, the tests would see other results. */
TEST_HELPER_FN void need_empty_pool(void)
{
	if (meminfo_kb("HugePages_Total") != 0)
		skip("this machine has huge pages set aside");
}

TEST_HELPER_FN char *map_huge(size_t len, int flags)
{
	flags |= MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE;
	return CHECK_OK(mmap(NULL, len, RW, flags, -1, 0));
}

#endif
