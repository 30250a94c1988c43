/* SPDX-License-Identifier: MIT */
/* Inside mm/: MADV_COLLAPSE. */
#pragma once

#include "mm/mm.h"

/* For [start, end), a part of v (a copy): 0, -EINVAL, -ENOMEM as madvise(2) says, without huge pages.
 * No lock held. */
int collapse_part(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice);
