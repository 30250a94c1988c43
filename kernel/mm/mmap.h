/* SPDX-License-Identifier: MIT */
/* Inside of mmap.c that its neighbours need; what others call is in mm.h. */
#pragma once

#include "mm/edit.h"

/* A free place for len bytes: at the hint if it is free, else top down below mmap_base. The address
 * or -ENOMEM. => mm->lock held for writing */
s64 mmap_find_place(struct mm *mm, vaddr_t hint, u64 len);
/* As mm_map() of a file with MAP_FIXED, within an edit; populates nothing. 0 or -errno. */
int mmap_replace(struct edit *e, const struct map_request *rq);
