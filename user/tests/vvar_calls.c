// SPDX-License-Identifier: MIT
/*
 * vvar_calls.c: What the calls on memory say to [vvar], which is the kernel's: it can be read, taken
 * away and moved; nobody writes or executes it (EACCES), it does not grow (EFAULT), there is no second
 * one (EINVAL), its pages cannot be given up, populated or be used by a file (EINVAL); locking it does
 * nothing. A call that would split it is not asked for: Linux refuses that.
 */
#include "residence.h"

static char *p;
static size_t len;

static void find_vvar(void)
{
	static struct map_line lines[200];
	int nr = maps_in(NULL, (void *)-1UL, lines, NR_ITEMS(lines));

	for (int i = 0; i < nr; i++) {
		if (strcmp(lines[i].path, "[vvar]") == 0) {
			p = (char *)lines[i].start;
			len = lines[i].end - lines[i].start;
		}
	}
	if (!p)
		skip("there is no [vvar]");
}

TEST()
{
	static const int fine[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTFORK, MADV_DONTDUMP, MADV_NORMAL };
	static const int refused[] = { MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DOFORK,
		MADV_DODUMP, MADV_COLD, MADV_PAGEOUT, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
		MADV_DONTNEED_LOCKED, MADV_COLLAPSE };
	char *place, byte;
	int zero = CHECK_OK(open("/dev/zero", O_RDONLY));

	find_vvar();
	for (size_t i = 0; i < NR_ITEMS(fine); i++)
		EXPECT_EQ(madvise(p, len, fine[i]), 0);
	for (size_t i = 0; i < NR_ITEMS(refused); i++)
		EXPECT_ERR(madvise(p, len, refused[i]), EINVAL);
	EXPECT_ERR(mprotect(p, len, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_ERR(mprotect(p, len, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_EQ(mprotect(p, len, PROT_NONE), 0);
	EXPECT_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_ACCERR);
	EXPECT_EQ(mprotect(p, len, PROT_READ), 0);
	EXPECT_CAN(TOUCH_READ, p);
	EXPECT_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	EXPECT_ERR(read(zero, p, 1), EFAULT);
	memcpy(&byte, p, 1);

	EXPECT_EQ(mlock(p, len), 0);
	EXPECT_EQ(smaps_flag(p, "lo"), false);
	EXPECT_EQ(munlock(p, len), 0);
	EXPECT_EQ(msync(p, len, MS_SYNC | MS_INVALIDATE), 0);
	EXPECT_ERR(mremap(p, len, len + PAGE, MREMAP_MAYMOVE), EFAULT);
	EXPECT_ERR(mremap(p, 0, len, MREMAP_MAYMOVE), EINVAL);
	EXPECT_ERR(mremap(p, len, len, MREMAP_MAYMOVE | MREMAP_DONTUNMAP), EINVAL);
	EXPECT_ERR(syscall(SYS_remap_file_pages, p, len, 0, 0, 0), EINVAL);

	place = map_anon(len / PAGE, PROT_NONE);
	CHECK(mremap(p, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
	EXPECT_CAN(TOUCH_READ, place);
	EXPECT_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
	CHECK_OK(munmap(place, len));
}
