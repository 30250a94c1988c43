// SPDX-License-Identifier: MIT
/*
 * proc_maps_names.c: the names in /proc/self/maps: a newline is told as an escape, a blank is not;
 * a file that was removed is "(deleted)"; names follow a rename; shared memory is a removed
 * /dev/zero. The line is Linux's to the byte.
 */
#include "test.h"

static char text[1 << 17];

/* The line of the mapping that begins at p, up to its newline. */
static const char *line_at(const char *p)
{
	static char start[40];
	char *at, *end;

	read_text("/proc/self/maps", text, sizeof(text));
	snprintf(start, sizeof(start), "%08lx-", (long)p);
	at = strstr(text, start);
	if (!at)
		CHECK_FAILED("no mapping at %s", start);
	end = strchr(at, '\n');
	CHECK(end != NULL);
	*end = '\0';
	return at;
}

static void check_line(const char *p, long pages, const char *perms, long offset,
	const struct stat *st, const char *name)
{
	char wanted[PATH_MAX + 200];
	int n = snprintf(wanted, sizeof(wanted), "%08lx-%08lx %s %08lx %02x:%02x %lu ", (long)p,
		(long)p + pages * (long)PAGE, perms, offset, st ? major(st->st_dev) : 0,
		st ? minor(st->st_dev) : 0, st ? (long)st->st_ino : 0);

	if (name[0])
		snprintf(wanted + n, sizeof(wanted) - n, "%*s%s", 73 - n, "", name);
	CHECK_STR(line_at(p), wanted);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE);
	char cwd[PATH_MAX], name[PATH_MAX + 100];
	struct stat st = stat_of("a");
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, PAGE)), *q;

	CHECK(getcwd(cwd, sizeof(cwd)));
	snprintf(name, sizeof(name), "%s/a", cwd);
	check_line(p, 3, "r--s", PAGE, &st, name);
	CHECK_OK(rename("a", "b \n\\c"));
	snprintf(name, sizeof(name), "%s/b \\012\\c", cwd);
	check_line(p, 3, "r--s", PAGE, &st, name);
	CHECK_OK(unlink("b \n\\c"));
	snprintf(name, sizeof(name), "%s/b \\012\\c (deleted)", cwd);
	check_line(p, 3, "r--s", PAGE, &st, name);
	CHECK_OK(munmap(p, 3 * PAGE));

	p = map_anon(5, PROT_NONE);
	q = CHECK_OK(mmap(p + PAGE, 2 * PAGE, PROT_READ | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	check_line(q, 2, "r-xp", 0, NULL, "");
	CHECK_OK(munmap(p, 5 * PAGE));

	p = CHECK_OK(
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	CHECK_EQ(strcmp(line_at(p) + 73, "/dev/zero (deleted)"), 0);
	CHECK_EQ(strncmp(line_at(p) + 25, " rw-s 00000000 00:", 18), 0);
	CHECK_OK(munmap(p, 2 * PAGE));
}
