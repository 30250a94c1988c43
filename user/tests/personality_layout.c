// SPDX-License-Identifier: MIT
/*
 * personality_layout.c: personality(2): the old value is returned, 0xffffffff only asks; a child
 * and a new program inherit it. ADDR_NO_RANDOMIZE: two runs of a program have the same places.
 * ADDR_COMPAT_LAYOUT: mmap goes from the bottom upwards. MMAP_PAGE_ZERO: page 0 is mapped (for
 * root). A set-user-ID program does without all of these.
 */
#include <sys/personality.h>

#include "test.h"

#define QUERY 0xffffffff

struct places {
	uintptr_t stack, heap, first, second; /* first, second: of two mappings */
	unsigned persona;
	bool zero_page;
};

/* Writes its places to descriptor 3. */
static int helper(int argc, char **argv)
{
	struct places p = { .stack = (uintptr_t)&argc, .heap = syscall(SYS_brk, 0) };
	struct map_line line;

	(void)argv;
	p.first = (uintptr_t)CHECK_OK(
		mmap(NULL, 512 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	p.second = (uintptr_t)CHECK_OK(
		mmap(NULL, 512 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	p.persona = personality(QUERY);
	p.zero_page = map_of(NULL, &line) && strncmp(line.perms, "r-xp", 4) == 0;
	CHECK_EQ(write(3, &p, sizeof(p)), sizeof(p));
	return 0;
}
TEST_HELPER(helper)

/* Runs it under another personality, as other user if so wished. */
static struct places run(const char *program, unsigned persona, bool as_other)
{
	struct places p;
	int fds[2];
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(dup2(fds[1], 3));
		if (as_other)
			become_other();
		CHECK_OK(personality(persona));
		execl(program, "test", "--helper", NULL);
		CHECK_FAILED("exec: %s", strerror(errno));
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(read(fds[0], &p, sizeof(p)), sizeof(p));
	close(fds[0]);
	close(fds[1]);
	return p;
}

static void check_set_user_id(void)
{
	static char copy[] = "program";
	char block[65536];
	int from = CHECK_OK(open(test_self(), O_RDONLY)), to;
	struct places p;
	ssize_t n;

	to = CHECK_OK(open(copy, O_WRONLY | O_CREAT, 0755));
	while ((n = read(from, block, sizeof(block))) > 0)
		CHECK_EQ(write(to, block, n), n);
	CHECK_OK(fchmod(to, 06755));
	CHECK_OK(close(to));
	CHECK_OK(chmod(".", 0755));
	p = run(copy, ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO | SHORT_INODE, true);
	CHECK_EQ(p.persona, SHORT_INODE);
	CHECK(p.second < p.first);
	CHECK(!p.zero_page);
	CHECK_OK(chmod(copy, 0755));
	p = run(copy, ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT, true);
	CHECK_EQ(p.persona, ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT);
	CHECK(p.second > p.first);
}

TEST_IN_DIR()
{
	struct places a, b;
	unsigned old = personality(QUERY);

	CHECK_EQ(personality(ADDR_NO_RANDOMIZE), (int)old);
	CHECK_EQ(personality(QUERY), ADDR_NO_RANDOMIZE);
	CHECK_EQ(personality(old), ADDR_NO_RANDOMIZE);

	a = run(test_self(), ADDR_NO_RANDOMIZE, false);
	b = run(test_self(), ADDR_NO_RANDOMIZE, false);
	CHECK_EQ(a.persona, ADDR_NO_RANDOMIZE);
	CHECK(a.stack == b.stack && a.heap == b.heap && a.first == b.first);
	CHECK(a.second < a.first);
	a = run(test_self(), ADDR_COMPAT_LAYOUT, false);
	CHECK(a.second > a.first);
	CHECK(a.first >= 0x7ffffffff000 / 3);
	a = run(test_self(), MMAP_PAGE_ZERO, false);
	CHECK_EQ(a.persona, MMAP_PAGE_ZERO);
	if (geteuid() == 0)
		CHECK(a.zero_page);
	if (geteuid() == 0)
		check_set_user_id();
}
