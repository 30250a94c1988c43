// SPDX-License-Identifier: MIT
/*
 * mmap_shared_anonymous_name.c: Shared anonymous memory is an unnamed file, which /proc/self/maps
 * shows as a deleted /dev/zero; a private mapping has no name.
 */
#include "test.h"

TEST()
{
	const int rw = PROT_READ | PROT_WRITE;
	void *shared = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	void *private = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct map_line line;

	CHECK(map_of(shared, &line));
	CHECK(strcmp(line.path, "/dev/zero (deleted)") == 0);
	CHECK(map_of(private, &line));
	CHECK(line.path[0] != '/');
}
