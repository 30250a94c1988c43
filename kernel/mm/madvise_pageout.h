/* SPDX-License-Identifier: MIT */
/* Inside mm/: the advice that acts on pages without unmapping them. */
#pragma once

#include "mm/gather.h"

/* MADV_COLD: the pages of [start, end), a part of v, that nobody else maps count as unused. =>
 * mm->lock held */
void pageout_cold(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end);
/* MADV_PAGEOUT of [start, end): lazy private pages are freed, pages of files that nobody else maps
 * are written if they are dirty, and leave memory. 0, or -EINVAL (locked, a device), -ENOMEM (there
 * was a hole). May sleep; no lock held. */
int pageout_range(struct mm *mm, vaddr_t start, vaddr_t end);
