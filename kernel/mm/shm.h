/* SPDX-License-Identifier: MIT */
/*
 * Shared memory objects: MAP_SHARED|MAP_ANONYMOUS is an unnamed tmpfs file. fs/tmpfs registers how
 * such a file is made, so that mm/ need not know fs/.
 */
#pragma once

#include "mm/mm.h"

struct shm_object {
	struct mapping *mapping;
	void *file; /* with one reference, the caller's */
	const struct map_file_ops *file_ops;
};

#define SHM_NORESERVE 1u /* each page is charged when it is made, instead of all now */

typedef int shm_create_fn(const char *name, u64 size, u32 how, struct shm_object *out);
/* tmpfs: makes an unnamed file of this size. how: SHM_*. 0 or -errno. */
void shm_set_provider(shm_create_fn *create);
shm_create_fn shm_create;
