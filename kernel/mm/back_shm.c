// SPDX-License-Identifier: MIT
/*
 * Shared memory without a file's name: MAP_SHARED|MAP_ANONYMOUS, /dev/zero mapped shared. Each is
 * an unnamed tmpfs file which fs/ makes for us; its pages live in the page cache, and faults on
 * them are back_file.c's (back_shm).
 */
#include "lib/err.h"
#include "mm/shm.h"

static shm_create_fn *provider;

void shm_set_provider(shm_create_fn *create)
{
	provider = create;
}

int shm_create(const char *name, u64 size, u32 how, struct shm_object *out)
{
	return provider ? provider(name, size, how, out) : -ENODEV;
}
