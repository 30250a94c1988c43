// SPDX-License-Identifier: MIT
/*
 * proc_maps_small_reads.c: /proc/self/maps read a few bytes at a time gives whole lines, as read in
 * one go.
 */
#include "test.h"

TEST()
{
	static char once[1 << 16], pieces[1 << 16];
	int fd;
	size_t length = 0;
	ssize_t got;

	for (int i = 0; i < 40; i++) {
		char *p = map_anon(3, PROT_READ);

		CHECK_OK(mprotect(p + PAGE, PAGE, PROT_NONE));
	}
	read_text("/proc/self/maps", once, sizeof(once));
	fd = CHECK_OK(open("/proc/self/maps", O_RDONLY));
	while ((got = CHECK_OK(read(fd, pieces + length, 100))) > 0)
		length += got;
	pieces[length] = '\0';
	CHECK_STR(pieces, once);
}
