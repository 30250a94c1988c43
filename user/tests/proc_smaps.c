// SPDX-License-Identifier: MIT
/*
 * proc_smaps.c: /proc/self/smaps byte for byte, for one mapping of each kind: every line is there,
 * in order and in its columns; the figures and the flags are those that the mapping must have.
 *
 * Newer kernels than 6.1 have a line more ("KSM:") and pad THPeligible; CPUs with protection keys
 * have "ProtectionKey:", kernels with soft-dirty bits the flag "sd": these are passed over.
 */
#include "test.h"

#define PAGES 4 /* of each mapping */
#define RW    (PROT_READ | PROT_WRITE)

/* In kB. */
struct figures {
	long rss, pss, pss_dirty, shared_clean, shared_dirty, private_clean, private_dirty,
		referenced, anonymous, locked;
};

static const struct {
	const char *label;
	long at; /* offset in struct figures; -1: 0 */
} lines[] = {
	{ "Rss:", offsetof(struct figures, rss) },
	{ "Pss:", offsetof(struct figures, pss) },
	{ "Pss_Dirty:", offsetof(struct figures, pss_dirty) },
	{ "Shared_Clean:", offsetof(struct figures, shared_clean) },
	{ "Shared_Dirty:", offsetof(struct figures, shared_dirty) },
	{ "Private_Clean:", offsetof(struct figures, private_clean) },
	{ "Private_Dirty:", offsetof(struct figures, private_dirty) },
	{ "Referenced:", offsetof(struct figures, referenced) },
	{ "Anonymous:", offsetof(struct figures, anonymous) },
	{ "LazyFree:", -1 },
	{ "AnonHugePages:", -1 },
	{ "ShmemPmdMapped:", -1 },
	{ "FilePmdMapped:", -1 },
	{ "Shared_Hugetlb:", -1 },
	{ "Private_Hugetlb:", -1 },
	{ "Swap:", -1 },
	{ "SwapPss:", -1 },
	{ "Locked:", offsetof(struct figures, locked) },
};

static char text[1 << 17], *at;

/* The next line of the text, without its newline. */
static const char *next_line(void)
{
	char *line = at, *end = strchr(at, '\n');

	CHECK(end != NULL);
	*end = '\0';
	at = end + 1;
	return line;
}

static void check_value(const char *label, long kb)
{
	const char *line = next_line();
	char wanted[80];

	if (strncmp(line, "KSM:", 4) == 0)
		line = next_line();
	snprintf(wanted, sizeof(wanted), "%-16s%8ld kB", label, kb);
	CHECK_STR(line, wanted);
}

static void check_flags(const char *wanted)
{
	char flags[200], *sd;
	const char *line = next_line();
	int thp;

	CHECK_EQ(sscanf(line, "THPeligible: %d", &thp), 1);
	line = next_line();
	if (strncmp(line, "ProtectionKey:", 14) == 0)
		line = next_line();
	snprintf(flags, sizeof(flags), "%s", line);
	sd = strstr(flags, " sd ");
	if (sd)
		memmove(sd + 1, sd + 4, strlen(sd + 4) + 1);
	CHECK_STR(flags, wanted);
}

/* The mapping at p is as told. */
static void check_map(const char *p, const struct figures *f, const char *flags)
{
	char start[40];

	read_text("/proc/self/smaps", text, sizeof(text));
	snprintf(start, sizeof(start), "\n%08lx-%08lx ", (long)p, (long)p + PAGES * PAGE);
	at = strstr(text, start);
	if (!at)
		CHECK_FAILED("no mapping%s", start);
	at++;
	next_line();
	check_value("Size:", PAGES * 4);
	check_value("KernelPageSize:", 4);
	check_value("MMUPageSize:", 4);
	for (size_t i = 0; i < NR_ITEMS(lines); i++)
		check_value(lines[i].label,
			lines[i].at < 0 ? 0 : *(const long *)((const char *)f + lines[i].at));
	check_flags(flags);
}

/* A mapping of its own, away from all others. */
static char *map_alone(int prot, int flags, int fd)
{
	char *area = map_anon(PAGES + 2, PROT_NONE), *p = area + PAGE;

	CHECK_OK(munmap(area, (PAGES + 2) * PAGE));
	return CHECK_OK(mmap(p, PAGES * PAGE, prot, flags | MAP_FIXED, fd, 0));
}

static void read_all(const char *p)
{
	for (int i = 0; i < PAGES; i++)
		(void)*(const volatile char *)(p + i * PAGE);
}

static void test_anonymous(void)
{
	char *p = map_alone(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	pid_t pid;

	check_map(p, &(struct figures){ 0 }, "VmFlags: rd wr mr mw me ac ");
	(void)*(volatile char *)p; /* the page of zeros does not count */
	p[PAGE] = p[2 * PAGE] = 1;
	check_map(p,
		&(struct figures){ .rss = 8,
			.pss = 8,
			.pss_dirty = 8,
			.private_dirty = 8,
			.referenced = 8,
			.anonymous = 8 },
		"VmFlags: rd wr mr mw me ac ");
	pid = fork_child();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	check_map(p,
		&(struct figures){ .rss = 8,
			.pss = 4,
			.pss_dirty = 4,
			.shared_dirty = 8,
			.referenced = 8,
			.anonymous = 8 },
		"VmFlags: rd wr mr mw me ac ");
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
	CHECK_OK(munmap(p, PAGES * PAGE));

	p = map_alone(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	check_map(p, &(struct figures){ 0 }, "VmFlags: mr mw me nr ");
	CHECK_OK(munmap(p, PAGES * PAGE));
	p = map_alone(RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
	check_map(p, &(struct figures){ 0 }, "VmFlags: rd wr mr mw me gd ac ");
	CHECK_OK(munmap(p, PAGES * PAGE));
}

static void test_advice(void)
{
	static const struct {
		int advice;
		const char *flags;
	} cases[] = {
		{ MADV_SEQUENTIAL, "VmFlags: rd wr mr mw me sr ac " },
		{ MADV_RANDOM, "VmFlags: rd wr mr mw me rr ac " },
		{ MADV_DONTFORK, "VmFlags: rd wr mr mw me dc ac " },
		{ MADV_WIPEONFORK, "VmFlags: rd wr mr mw me ac wf " },
		{ MADV_DONTDUMP, "VmFlags: rd wr mr mw me ac dd " },
	};

	for (size_t i = 0; i < NR_ITEMS(cases); i++) {
		char *p = map_alone(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);

		CHECK_OK(madvise(p, PAGES * PAGE, cases[i].advice));
		check_map(p, &(struct figures){ 0 }, cases[i].flags);
		CHECK_OK(munmap(p, PAGES * PAGE));
	}
}

static void test_locked(void)
{
	char *p = map_alone(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	CHECK_OK(mlock(p, PAGES * PAGE));
	check_map(p,
		&(struct figures){ .rss = 16,
			.pss = 16,
			.pss_dirty = 16,
			.private_dirty = 16,
			.referenced = 16,
			.anonymous = 16,
			.locked = 16 },
		"VmFlags: rd wr mr mw me lo ac ");
	CHECK_OK(munlock(p, PAGES * PAGE));
	CHECK_OK(munmap(p, PAGES * PAGE));

	p = map_alone(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	CHECK_OK(syscall(SYS_mlock2, p, PAGES * PAGE, MLOCK_ONFAULT));
	/* Linux has a name for this since 6.2 only; before that it prints "??". */
	check_map(p, &(struct figures){ 0 }, "VmFlags: rd wr mr mw me lo lf ac ");
	CHECK_OK(munmap(p, PAGES * PAGE));
}

static void test_shared_anonymous(void)
{
	char *p = map_alone(RW, MAP_SHARED | MAP_ANONYMOUS, -1);

	p[0] = p[PAGE] = 1;
	check_map(p,
		&(struct figures){
			.rss = 8, .pss = 8, .pss_dirty = 8, .private_dirty = 8, .referenced = 8 },
		"VmFlags: rd wr sh mr mw me ms ");
	CHECK_OK(munmap(p, PAGES * PAGE));
}

/* Pages of a file that has no disk are always dirty, others clean after fsync. */
static void test_file(void)
{
	int fd = make_file("a", PAGES * PAGE), ro = CHECK_OK(open("a", O_RDONLY));
	struct statfs fs;
	long dirty;
	char *p;

	CHECK_OK(fsync(fd));
	CHECK_OK(statfs(".", &fs));
	dirty = fs.f_type == 0x01021994 ? 16 : 0;
	p = map_alone(PROT_READ, MAP_PRIVATE, ro);
	read_all(p);
	check_map(p,
		&(struct figures){ .rss = 16,
			.pss = 16,
			.pss_dirty = dirty,
			.private_clean = 16 - dirty,
			.private_dirty = dirty,
			.referenced = 16 },
		"VmFlags: rd mr mw me ");
	CHECK_OK(munmap(p, PAGES * PAGE));

	p = map_alone(RW, MAP_PRIVATE, ro);
	read_all(p);
	p[0] = 1;
	check_map(p,
		&(struct figures){ .rss = 16,
			.pss = 16,
			.pss_dirty = dirty ? 16 : 4,
			.private_clean = dirty ? 0 : 12,
			.private_dirty = dirty ? 16 : 4,
			.referenced = 16,
			.anonymous = 4 },
		"VmFlags: rd wr mr mw me ac ");
	CHECK_OK(munmap(p, PAGES * PAGE));

	p = map_alone(PROT_READ, MAP_SHARED, ro);
	check_map(p, &(struct figures){ 0 }, "VmFlags: rd mr me ms ");
	CHECK_OK(munmap(p, PAGES * PAGE));

	p = map_alone(RW, MAP_SHARED, fd);
	read_all(p);
	p[0] = 1;
	check_map(p,
		&(struct figures){ .rss = 16,
			.pss = 16,
			.pss_dirty = dirty ? 16 : 4,
			.private_clean = dirty ? 0 : 12,
			.private_dirty = dirty ? 16 : 4,
			.referenced = 16 },
		"VmFlags: rd wr sh mr mw me ms ");
	CHECK_OK(munmap(p, PAGES * PAGE));
}

TEST_IN_DIR()
{
	test_anonymous();
	test_advice();
	test_locked();
	test_shared_anonymous();
	test_file();
}
