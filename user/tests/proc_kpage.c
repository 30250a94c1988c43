// SPDX-License-Identifier: MIT
/*
 * proc_kpage.c: /proc/kpagecount and /proc/kpageflags tell of each frame how often it is mapped and
 * what it is; pagemap leads there. For root only, in whole entries.
 */
#include "test.h"

#define PFN ((1UL << 55) - 1)

/* <linux/kernel-page-flags.h> */
enum {
	KPF_LOCKED,
	KPF_ERROR,
	KPF_REFERENCED,
	KPF_UPTODATE,
	KPF_DIRTY,
	KPF_LRU,
	KPF_ACTIVE,
	KPF_SLAB,
	KPF_WRITEBACK,
	KPF_RECLAIM,
	KPF_BUDDY,
	KPF_MMAP,
	KPF_ANON,
	KPF_SWAPCACHE,
	KPF_SWAPBACKED,
	KPF_NOPAGE = 20,
	KPF_ZERO_PAGE = 24,
	KPF_PGTABLE = 26,
	KPF_MLOCKED = 33, /* page-types(1) */
};
#define BIT(n) (1UL << (n))

static int pagemap, counts, flags;

static uint64_t entry_in(int fd, uint64_t index)
{
	uint64_t entry;

	CHECK_EQ(pread(fd, &entry, 8, index * 8), 8);
	return entry;
}

static uint64_t frame_of(const volatile char *p)
{
	uint64_t entry = entry_in(pagemap, (uintptr_t)p / PAGE);

	CHECK(entry >> 63);
	return entry & PFN;
}

#define CHECK_FRAME(p, count, set, clear)                                                          \
	do {                                                                                       \
		uint64_t pfn_ = frame_of(p), flags_ = entry_in(flags, pfn_);                       \
		CHECK_EQ(entry_in(counts, pfn_), count);                                           \
		CHECK_EQ(flags_ &((set) | (clear)), set);                                          \
	} while (0)

static void test_frames(void)
{
	uint64_t anon = BIT(KPF_ANON) | BIT(KPF_MMAP) | BIT(KPF_SWAPBACKED) | BIT(KPF_UPTODATE);
	uint64_t never = BIT(KPF_SLAB) | BIT(KPF_BUDDY) | BIT(KPF_NOPAGE) | BIT(KPF_PGTABLE);
	volatile char *p = map_anon(2, PROT_READ | PROT_WRITE), *shared = map_shared(1), *file;
	int data = make_file("a", PAGE);
	pid_t pid;

	p[0] = 1;
	CHECK_FRAME(p, 1, anon, never);
	CHECK_OK(mlock((char *)p, PAGE));
	CHECK_FRAME(p, 1, anon | BIT(KPF_MLOCKED), never);
	CHECK_OK(munlock((char *)p, PAGE));
	CHECK_FRAME(p, 1, anon, never | BIT(KPF_MLOCKED));
	(void)p[PAGE];
	CHECK_EQ(entry_in(flags, frame_of(p + PAGE)) & BIT(KPF_ZERO_PAGE), BIT(KPF_ZERO_PAGE));
	shared[0] = 1;
	CHECK_FRAME(shared, 1, BIT(KPF_MMAP) | BIT(KPF_SWAPBACKED) | BIT(KPF_UPTODATE),
		never | BIT(KPF_ANON));
	CHECK_OK(fsync(data));
	file = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, data, 0));
	(void)file[0];
	CHECK_FRAME(file, 1, BIT(KPF_MMAP) | BIT(KPF_UPTODATE),
		never | BIT(KPF_ANON) | BIT(KPF_WRITEBACK));
	file[0] = 1;
	CHECK_FRAME(
		file, 1, BIT(KPF_MMAP) | BIT(KPF_UPTODATE) | BIT(KPF_DIRTY), never | BIT(KPF_ANON));

	pid = fork_child();
	if (pid == 0) {
		(void)file[0];
		(void)shared[0];
		CHECK_FRAME(p, 2, anon, never);
		CHECK_FRAME(shared, 2, BIT(KPF_MMAP), never);
		CHECK_FRAME(file, 2, BIT(KPF_MMAP), never);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_FRAME(p, 1, anon, never);
	CHECK_FRAME(file, 1, BIT(KPF_MMAP), never);
	CHECK_OK(munmap((char *)file, PAGE));
	CHECK_OK(munmap((char *)shared, PAGE));
	CHECK_OK(munmap((char *)p, 2 * PAGE));
	CHECK_OK(close(data));
}

/* All frames: some of each kind; and kinds exclude each other. */
static void test_all(void)
{
	static uint64_t of[8192];
	long nr = 0, slab = 0, free_ones = 0, got;
	off_t at = 0;

	while ((got = pread(flags, of, sizeof(of), at)) > 0) {
		for (long i = 0; i < got / 8; i++) {
			nr++;
			slab += (of[i] & BIT(KPF_SLAB)) != 0;
			free_ones += (of[i] & BIT(KPF_BUDDY)) != 0;
			CHECK(!(of[i] & BIT(KPF_BUDDY)) ||
				!(of[i] & (BIT(KPF_MMAP) | BIT(KPF_ANON) | BIT(KPF_SLAB))));
		}
		at += got;
	}
	CHECK(nr > 4000 && slab > 0 && free_ones > 0);
}

static void test_reads(int fd)
{
	uint64_t e[2];

	CHECK_ERR(pread(fd, e, 4, 0), EINVAL);
	CHECK_ERR(pread(fd, e, 8, 4), EINVAL);
	CHECK_EQ(pread(fd, e, 8, 1L << 45), 0);
	CHECK_EQ(pread(fd, e, 16, 0), 16);
	CHECK_ERR(pread(fd, (void *)8, 8, 0), EFAULT);
}

static void test_not_root(const char *path)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		become_other();
		CHECK_ERR(open(path, O_RDONLY), EACCES);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

TEST_IN_DIR()
{
	need_root("frame numbers");
	pagemap = CHECK_OK(open("/proc/self/pagemap", O_RDONLY));
	counts = CHECK_OK(open("/proc/kpagecount", O_RDONLY));
	flags = CHECK_OK(open("/proc/kpageflags", O_RDONLY));
	test_frames();
	test_all();
	test_reads(counts);
	test_reads(flags);
	test_not_root("/proc/kpagecount");
	test_not_root("/proc/kpageflags");
}
