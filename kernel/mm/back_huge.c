// SPDX-License-Identifier: MIT
/*
 * VMAs of huge pages (MAP_HUGETLB, MFD_HUGETLB). None are set aside for them, so only a mapping that
 * reserves nothing (MAP_NORESERVE) can be made, and each touch of it is SIGBUS, as on Linux with an
 * empty pool. The other rules of such memory are kept: it is placed and cut only between huge pages.
 */
#include "mm/fault.h"

static enum fault_step huge_fault(struct fault *f)
{
	(void)f;
	return FAULT_SIGBUS;
}

const struct vma_ops back_huge = { .name = "huge", .fault = huge_fault };
