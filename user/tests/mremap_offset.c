// SPDX-License-Identifier: MIT
/*
 * mremap_offset.c: the offset that /proc/self/maps shows of private zero pages which were moved. It
 * is that of a new mapping there if the mapping never had a page of its own, and stays what it was
 * if any of its pages was written, moved or not, by itself or by the part that it was split from;
 * a fork inherits that.
 */
#include "test.h"

#define RW (PROT_READ | PROT_WRITE)

static unsigned long offset_of(const char *p)
{
	struct map_line line;

	CHECK(map_of(p, &line));
	return line.offset;
}

/* Moves page nr of p to where there is room. */
static char *move_page(char *p, int nr)
{
	char *room = map_anon(3, PROT_NONE);

	return CHECK_OK(
		mremap(p + nr * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + PAGE));
}

static char *map_zero(int fd)
{
	return CHECK_OK(mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE, fd, 0));
}

static char *zeros;

static void move_last(void)
{
	CHECK_EQ(offset_of(move_page(zeros, 7)), 7 * PAGE);
}

TEST()
{
	int fd = CHECK_OK(open("/dev/zero", O_RDWR));
	char *p, *moved;

	/* Never written, though read. */
	p = map_zero(fd);
	CHECK_EQ(p[3 * PAGE], 0);
	moved = move_page(p, 3);
	CHECK_EQ(offset_of(moved), (unsigned long)moved);

	/* One page was written, another one is moved. */
	p = map_zero(fd);
	p[0] = 1;
	CHECK_EQ(offset_of(move_page(p, 3)), 3 * PAGE);

	/* Even when the page that was written is gone, and what is left was split. */
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(mprotect(p + 5 * PAGE, PAGE, PROT_READ));
	CHECK_EQ(offset_of(move_page(p, 5)), 5 * PAGE);

	/* What moved keeps it: to the next place, too. */
	moved = move_page(p, 6);
	CHECK_EQ(offset_of(move_page(moved, 0)), 6 * PAGE);

	/* In a child as well. */
	zeros = p;
	in_child(move_last);
}
