/* SPDX-License-Identifier: MIT */
/* Files of huge pages: what is behind MAP_HUGETLB and memfd_create(MFD_HUGETLB). */
#pragma once

#include "fs/vfs.h"

/* The bytes of a huge page, by its logarithm in MAP_HUGE_* or MFD_HUGE_* (0: the usual size); 0: this
 * machine has none of that size. */
u64 hugetlbfs_page_size(u32 shift);
/* An unnamed file of pages of this size, `size` bytes long. name: as path_format() shows it; sealable:
 * seals can be added (seal.h). ERR_PTR. */
struct file *hugetlbfs_unnamed_file(
	const char *name, u64 page_size, u64 size, u32 flags, bool sealable);
bool hugetlbfs_is_file(const struct file *f);
/* Such a file was mapped, as rq asked: if it may be written there it becomes as long as that, whatever
 * its open mode, its seals and RLIMIT_FSIZE say (so does Linux). May sleep; no lock held. */
void hugetlbfs_mapped(struct file *f, const struct map_request *rq);
void hugetlbfs_init(void);
