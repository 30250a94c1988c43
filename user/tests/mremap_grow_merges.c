// SPDX-License-Identifier: MIT
/*
 * mremap_grow_merges.c: A mapping that mremap(2) lets grow where it is becomes one with what it then
 * touches, if that is its continuation; it does not with what lies below it (stacks that grew up to
 * each other stay two), nor with what shows other pages.
 */
#include "test.h"

#define RW (PROT_READ | PROT_WRITE)

static void *map_at(char *p, size_t nr_pages, int fd, size_t page)
{
	return CHECK_OK(
		mmap(p, nr_pages * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, (off_t)(page * PAGE)));
}

TEST_IN_DIR()
{
	int fd = make_file("a", 12 * PAGE);
	char *p = map_anon(14, PROT_NONE) + PAGE;
	int down = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;

	map_at(p, 2, fd, 0);
	map_at(p + 4 * PAGE, 2, fd, 4);
	map_at(p + 8 * PAGE, 2, fd, 9);
	CHECK_OK(munmap(p + 2 * PAGE, 2 * PAGE));
	CHECK_OK(munmap(p + 6 * PAGE, 2 * PAGE));
	CHECK_MAPS(p, 10, "2rw- 2rw- 2rw-");
	CHECK_EQ(mremap(p, 2 * PAGE, 4 * PAGE, 0) == p, true);
	CHECK_MAPS(p, 10, "6rw- 2rw-");
	CHECK_EQ(mremap(p, 6 * PAGE, 8 * PAGE, 0) == p, true);
	CHECK_MAPS(p, 10, "8rw- 2rw-");
	CHECK_EQ(p[9 * PAGE], (char)pattern_byte(10 * PAGE));

	/* The upper one grows down to the lower one. */
	CHECK_OK(mmap(p, 12 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	CHECK_OK(munmap(p, 12 * PAGE));
	CHECK_OK(mmap(p, 2 * PAGE, RW, down, -1, 0));
	CHECK_OK(mmap(p + 4 * PAGE, 2 * PAGE, RW, down, -1, 0));
	p[2 * PAGE] = 1;
	CHECK_MAPS(p, 10, "2rw- 4rw-");
	CHECK_EQ(mremap(p + 2 * PAGE, 4 * PAGE, 6 * PAGE, 0) == p + 2 * PAGE, true);
	CHECK_MAPS(p, 10, "2rw- 6rw-");
}
