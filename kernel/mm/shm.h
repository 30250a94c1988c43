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

/* tmpfs: makes an unnamed file of this size. 0 or -errno. */
void shm_set_provider(int (*create)(const char *name, u64 size, struct shm_object *out));
int shm_create(const char *name, u64 size, struct shm_object *out);
