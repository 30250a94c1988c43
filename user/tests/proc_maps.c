// SPDX-License-Identifier: MIT
/*
 * proc_maps.c: /proc/self/maps: the program, [heap], [stack] and mappings of one's own, in order,
 * without overlaps, in Linux's columns.
 */
#include "test.h"

TEST_IN_DIR()
{
	static char text[1 << 16];
	char self[PATH_MAX], *save;
	uintptr_t last = 0;
	struct map_line line;
	int fd = make_file("mapped file", 2 * PAGE);
	char *p, wanted[200];

	snprintf(self, sizeof(self), "%s", test_self());
	CHECK_EQ(syscall(SYS_brk, syscall(SYS_brk, 0) + 4 * PAGE) != 0, 1);
	p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE));
	CHECK(map_of(p, &line));
	CHECK_EQ(line.end - line.start, PAGE);
	CHECK_EQ(line.offset, PAGE);
	CHECK_STR(line.perms, "r--s");
	CHECK(strstr(line.path, "/mapped file") != NULL);
	CHECK(map_of((char *)&test_body, &line));
	CHECK_STR(line.path, self);
	CHECK_STR(line.perms, "r-xp");
	CHECK(map_of(&line, &line));
	CHECK_STR(line.path, "[stack]");
	CHECK_STR(line.perms, "rw-p");

	read_text("/proc/self/maps", text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "%08lx-%08lx r--s 00001000 %02x:%02x %lu ", (uintptr_t)p,
		(uintptr_t)p + PAGE, major(stat_of(".").st_dev), minor(stat_of(".").st_dev),
		(unsigned long)stat_of("mapped file").st_ino);
	if (!strstr(text, wanted))
		CHECK_FAILED("/proc/self/maps has no line \"%s\":\n%s", wanted, text);
	CHECK(strstr(text, " [heap]\n") != NULL);
	for (char *at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		uintptr_t start, end;

		CHECK_EQ(sscanf(at, "%lx-%lx", &start, &end), 2);
		CHECK(start >= last && end > start);
		last = end;
	}
}
