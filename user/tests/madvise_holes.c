// SPDX-License-Identifier: MIT
/*
 * madvise_holes.c: Each advice for a range that begins in a hole, has another in its middle and ends in
 * a third one: what is mapped is advised all the same, and then the holes are said (ENOMEM). But
 * MADV_POPULATE_READ and _WRITE stop at the first one.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

/* The advice, and what it sets or clears in VmFlags. */
static const struct {
	int advice;
	const char *flag;
	bool sets;
} recorded[] = {
	{ MADV_RANDOM, "rr", true },
	{ MADV_NORMAL, "rr", false },
	{ MADV_SEQUENTIAL, "sr", true },
	{ MADV_NORMAL, "sr", false },
	{ MADV_DONTFORK, "dc", true },
	{ MADV_DOFORK, "dc", false },
	{ MADV_WIPEONFORK, "wf", true },
	{ MADV_KEEPONFORK, "wf", false },
	{ MADV_DONTDUMP, "dd", true },
	{ MADV_DODUMP, "dd", false },
	{ MADV_MERGEABLE, "mg", true },
	{ MADV_UNMERGEABLE, "mg", false },
	{ MADV_HUGEPAGE, "hg", true },
	{ MADV_NOHUGEPAGE, "hg", false },
	{ MADV_NOHUGEPAGE, "nh", true },
};

/* Pages 1, 2 and 4, 5 of the seven at p are there; 0, 3 and 6 are holes. */
static char *with_holes(int flags, int fd)
{
	char *p = map_anon(9, PROT_NONE) + PAGE;

	CHECK_OK(mmap(p, 7 * PAGE, RW, flags | MAP_FIXED, fd, 0));
	memset(p, 1, 7 * PAGE);
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_OK(munmap(p + 6 * PAGE, PAGE));
	return p;
}

static char *anonymous(void)
{
	return with_holes(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

#define ADVISE(p, advice) EXPECT_ERR(madvise(p, 7 * PAGE, advice), ENOMEM)

static void what_is_recorded(void)
{
	char *p = anonymous();

	for (size_t i = 0; i < NR_ITEMS(recorded); i++) {
		/* What is not built in is EINVAL. */
		if (madvise(p + PAGE, 0, recorded[i].advice) < 0 && !on_vellum())
			continue;
		ADVISE(p, recorded[i].advice);
		EXPECT_EQ(smaps_flag(p + PAGE, recorded[i].flag), recorded[i].sets);
		EXPECT_EQ(smaps_flag(p + 4 * PAGE, recorded[i].flag), recorded[i].sets);
	}
	CHECK_ALL(p + PAGE, 1, 2 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 1, 2 * PAGE);
}

static void what_goes(int advice)
{
	char *p = anonymous();

	ADVISE(p, advice);
	CHECK_ALL(p + PAGE, 0, 2 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 0, 2 * PAGE);
}

static void what_may_go(void)
{
	char *p = anonymous();

	EXPECT_EQ(smaps_kb(p + PAGE, "Private_Dirty:"), 8);
	ADVISE(p, MADV_FREE); /* LazyFree: Linux counts them a little later */
	EXPECT_EQ(smaps_kb(p + PAGE, "Private_Dirty:"), 0);
	EXPECT_EQ(smaps_kb(p + 4 * PAGE, "Private_Dirty:"), 0);
	p = anonymous();
	ADVISE(p, MADV_WILLNEED);
	ADVISE(p, MADV_PAGEOUT);
	ADVISE(p, MADV_COLD);
	EXPECT_EQ(smaps_kb(p + PAGE, "Referenced:"), 0);
	EXPECT_EQ(smaps_kb(p + 4 * PAGE, "Referenced:"), 0);
	CHECK_ALL(p + PAGE, 1, 2 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 1, 2 * PAGE);
}

static void holes_in_files(void)
{
	int fd = CHECK_OK(memfd_create("file", 0));
	struct stat st;
	char *p;

	CHECK_OK(ftruncate(fd, 7 * PAGE));
	p = with_holes(MAP_SHARED, fd);
	ADVISE(p, MADV_REMOVE);
	CHECK_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_blocks, 3 * PAGE / 512); /* what stood at the holes */
	CHECK_ALL(p + PAGE, 0, 2 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 0, 2 * PAGE);
}

static void what_is_read(void)
{
	int fd = make_file("a", 7 * PAGE);
	char *p;

	if (!drop_cache(fd, 7))
		return;
	p = CHECK_OK(mmap(NULL, 7 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	EXPECT_ERR(madvise(p, 7 * PAGE, MADV_WILLNEED), ENOMEM);
	WAIT_UNTIL(resident(p, 3) == 3);
	WAIT_UNTIL(resident(p + 4 * PAGE, 3) == 3);
}

static void what_is_populated(int advice)
{
	char *p = anonymous();

	CHECK_OK(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED));
	CHECK_OK(madvise(p + 4 * PAGE, 2 * PAGE, MADV_DONTNEED));
	EXPECT_ERR(madvise(p + PAGE, 6 * PAGE, advice), ENOMEM);
	EXPECT_EQ(resident(p + PAGE, 2), 2);
	ADVISE(p, advice); /* at once: it begins with a hole */
}

TEST_IN_DIR()
{
	what_is_recorded();
	what_goes(MADV_DONTNEED);
	what_goes(MADV_DONTNEED_LOCKED);
	what_may_go();
	holes_in_files();
	what_is_read();
	what_is_populated(MADV_POPULATE_READ);
	what_is_populated(MADV_POPULATE_WRITE);
}
