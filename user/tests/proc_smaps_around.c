// SPDX-License-Identifier: MIT
/*
 * proc_smaps_around.c: What a fault on a file maps besides the page that was asked for counts as
 * referenced in smaps, as on any x86 Linux.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 64 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 64 * PAGE, PROT_READ, MAP_SHARED, fd, 0));

	CHECK_EQ(p[20 * PAGE], (char)pattern_byte(20 * PAGE));
	CHECK(smaps_kb(p, "Rss:") >= 4);
	CHECK_EQ(smaps_kb(p, "Referenced:"), smaps_kb(p, "Rss:"));
}
