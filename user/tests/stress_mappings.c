// SPDX-License-Identifier: MIT
/*
 * stress_mappings.c: several processes work on mappings of every kind, each of which must at all
 * times hold exactly what a model in the process says.
 *
 *	stress_mappings [-s SEED] [-n STEPS] [-w WORKERS] [-d DIRECTORY] [-H MIB] [-D]
 *
 * A worker has three mappings, each with its model:
 *
 *	shared   a file of its own, MAP_SHARED: changed through the mapping, by pwrite and by ftruncate
 *	anon     private anonymous pages
 *	private  MAP_PRIVATE of a file that all workers read and nobody changes
 *
 * and a companion, a process in the same address space (CLONE_VM), which all the time changes the
 * rights, advises, forks, syncs and maps: whatever changes entries but no contents. What the kernel
 * must not lose in between are a store, the zeros behind the end of a file, and the flush of a TLB
 * that still knows an old page.
 *
 * Without -d it runs for a moment in a directory of its own on each filesystem. With -d it runs in
 * that directory, as long as it takes, and also where every allocation may fail (allocfail=N): a
 * call may be refused with ENOMEM or EAGAIN at any time, but then it changed nothing. -H keeps
 * another process filling and freeing that many MiB, -D one that drops the caches and syncs.
 *
 * A failure names the seed, the worker and its step. The seed repeats what the worker does but not
 * how it is interleaved with its companion. Defaults: seed 1, 2000 steps, 3 workers.
 */
#include "test.h"

#define FILE_PAGES  24
#define FILE_BYTES  (FILE_PAGES * PAGE)
#define ANON_PAGES  48
#define PAGE_WORDS  (PAGE / sizeof(uint32_t))
#define MAX_WORKERS 64
#define PLACE_LEN   64
#define TMPFS_MAGIC 0x01021994

/* Mappings move between NR_SLOTS places from these addresses on, where nothing else is mapped. */
#define SHARED_SLOTS 0x500000000000UL
#define ANON_SLOTS   0x600000000000UL
#define NR_SLOTS     64
#define SLOT_BYTES   0x100000UL

struct operation {
	unsigned weight; /* how often, compared with the others */
	const char *name;
	void (*run)(void);
};

/* The maps are volatile because the companion looks where they are now. */
static struct shared_model {
	int fd;
	bool is_in_memory;
	char *volatile map;
	size_t size;
	unsigned char bytes[FILE_BYTES]; /* from size on: what it will grow with */
} shared;

static struct anon_model {
	char *volatile map;
	uint32_t word[ANON_PAGES]; /* the page is full of it */
} anon;

static struct private_model {
	char *volatile map;
	uint32_t word[FILE_PAGES]; /* the page is full of it; 0: it is as in the file */
} private;

static int pattern_fd; /* the file of the private mappings: word i is i + 1 */

/* What all processes see. */
struct common {
	volatile bool failed; /* a worker did; the others stop */
	char place[MAX_WORKERS][PLACE_LEN];
};

static struct common *common;

static unsigned long seed = 1, worker_random, companion_random;
static long nr_steps = 2000;
static int nr_workers = 3, hog_mib;
static bool drop_caches;
static pid_t storm_pid, worker_pid;
static volatile bool companion_stops;
static unsigned char block[FILE_BYTES];

/* ---- Chance ---------------------------------------------------------------------------------- */

static unsigned draw(unsigned long *state, unsigned below)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return (*state >> 33) % below;
}

static unsigned pick(unsigned below)
{
	return draw(&worker_random, below);
}

static unsigned companion_pick(unsigned below)
{
	return draw(&companion_random, below);
}

static uint32_t pick_word(void)
{
	return 1 + pick(1 << 30);
}

/* A range below limit, short more often than not; empty if limit is 0. */
static void pick_range(size_t limit, size_t *at, size_t *len)
{
	*at = limit ? pick(limit) : 0;
	*len = 1 + pick(pick(3) ? 200 : 3 * PAGE);
	if (*len > limit - *at)
		*len = limit - *at;
}

static void pick_anon_pages(size_t *first, size_t *nr)
{
	*first = pick(ANON_PAGES);
	*nr = 1 + pick(8);
	if (*nr > ANON_PAGES - *first)
		*nr = ANON_PAGES - *first;
}

static const struct operation *choose(
	const struct operation *table, size_t nr, unsigned (*random)(unsigned below))
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < nr; i++)
		sum += table[i].weight;
	at = random(sum);
	while (at >= table->weight)
		at -= table++->weight;
	return table;
}

/* ---- Calls that may be refused --------------------------------------------------------------- */

static bool out_of_memory(int error)
{
	return error == ENOMEM || error == EAGAIN || error == EINTR;
}

/* A step's call failed, which is all right only if there was no memory for it. */
static void check_refusal(const char *call)
{
	if (!out_of_memory(errno))
		CHECK_FAILED("%s: %s", call, strerror(errno));
}

/* A call that is refused must have left the size as it was. */
static void check_file_refusal(const char *call)
{
	int error = errno;
	struct stat st;

	CHECK_OK(fstat(shared.fd, &st));
	if ((size_t)st.st_size != shared.size)
		CHECK_FAILED("%s: %s, but the size was %zu and is %ld", call, strerror(error),
			shared.size, (long)st.st_size);
	errno = error;
	check_refusal(call);
}

/* A move is also refused when the mapping is there already, or in pieces of different rights. */
static void check_move_refusal(void)
{
	if (errno != EINVAL && errno != EFAULT)
		check_refusal("mremap");
}

/* For preparations: again until there is memory. */
#define PATIENTLY(call)                                                                            \
	({                                                                                         \
		__typeof__(call) done_ = (call);                                                   \
		for (int i_ = 0; i_ < 1000 && (long)done_ == -1 && out_of_memory(errno); i_++) {   \
			sched_yield();                                                             \
			done_ = (call);                                                            \
		}                                                                                  \
		if ((long)done_ == -1)                                                             \
			CHECK_FAILED("%s: %s", #call, strerror(errno));                            \
		done_;                                                                             \
	})

/* ---- The file mapped shared ------------------------------------------------------------------ */

/* The bytes, a copy that nobody changes any more, were found at this offset of the file. */
static void check_bytes(const char *how, const unsigned char *got, size_t offset, size_t len)
{
	const unsigned char *wanted = shared.bytes + offset;
	size_t first = test_first_difference(got, wanted, len), nr = 0, nr_zero = 0;

	for (size_t i = first; i < len; i++)
		if (got[i] != wanted[i]) {
			nr++;
			nr_zero += got[i] == 0;
		}
	if (nr > 0)
		CHECK_FAILED("%s: offset %#zx: got %#x, wanted %#x; file size %#zx, "
			     "%zu bytes differ, %zu of them zero",
			how, offset + first, got[first], wanted[first], shared.size, nr, nr_zero);
}

static void check_mapped(const char *how, const char *map, size_t offset, size_t len)
{
	memcpy(block, map + offset, len);
	check_bytes(how, block, offset, len);
}

static void fill_block(size_t len)
{
	unsigned char first = 1 + pick(255);

	for (size_t i = 0; i < len; i++)
		block[i] = first + (i & 7);
}

static void grow_model(size_t end)
{
	if (end > shared.size)
		shared.size = end;
}

static void store_shared(void)
{
	size_t at, len;

	pick_range(shared.size, &at, &len);
	fill_block(len);
	memcpy(shared.map + at, block, len);
	memcpy(shared.bytes + at, block, len);
}

static bool is_in_memory(int fd)
{
	struct statfs fs;

	PATIENTLY(fstatfs(fd, &fs));
	return fs.f_type == TMPFS_MAGIC;
}

/* Stores behind the end, in the last page, are no part of a file on a disk: it grows by zeros. One in
 * memory shows them when it grows, unless its size was set to what it is, or less. */
static void store_behind_end(void)
{
	size_t behind = -shared.size % PAGE;

	memset(shared.map + shared.size, 0xee, behind);
	if (shared.is_in_memory)
		memset(shared.bytes + shared.size, 0xee, behind);
}

static void check_shared(void)
{
	size_t at, len;

	pick_range(shared.size, &at, &len);
	check_mapped("shared mapping", shared.map, at, len);
}

static void write_file(void)
{
	size_t at, len;
	ssize_t written;

	pick_range(FILE_BYTES, &at, &len);
	fill_block(len);
	written = pwrite(shared.fd, block, len, at);
	if (written < 0) {
		check_file_refusal("pwrite");
		return;
	}
	memcpy(shared.bytes + at, block, written);
	grow_model(at + written);
}

/* The model takes over what the file holds. */
static void learn_file(void)
{
	int tries = 0;

	while (pread(shared.fd, block, shared.size, 0) != (ssize_t)shared.size)
		if (++tries > 1000)
			CHECK_FAILED("the file of %zu bytes cannot be read", shared.size);
	memcpy(shared.bytes, block, shared.size);
}

/* Overlapping ranges may be copied in any order, also twice in part: the file itself knows. */
static void write_file_from_mapping(void)
{
	size_t from, to, len;
	ssize_t written;

	pick_range(shared.size, &from, &len);
	to = pick(FILE_BYTES - len + 1);
	written = pwrite(shared.fd, shared.map + from, len, to);
	if (written < 0) {
		check_file_refusal("pwrite from the mapping");
		return;
	}
	if (written == 0)
		return;
	grow_model(to + written);
	if (to + written <= from || from + written <= to)
		memcpy(shared.bytes + to, shared.bytes + from, written);
	else
		learn_file();
}

static void read_file(void)
{
	size_t at, len;
	ssize_t got;

	pick_range(shared.size, &at, &len);
	got = pread(shared.fd, block, len, at);
	if (got < 0)
		check_refusal("pread");
	else
		check_bytes("pread", block, at, got);
}

static void truncate_file(void)
{
	size_t size = pick(3) ? pick(FILE_BYTES) : pick(FILE_PAGES + 1) * PAGE;

	if (ftruncate(shared.fd, size) < 0) {
		check_file_refusal("ftruncate");
		return;
	}
	memset(shared.bytes + size, 0, FILE_BYTES - size);
	shared.size = size;
}

static void sync_file(void)
{
	switch (pick(4)) {
	case 0:
		fsync(shared.fd);
		break;
	case 1:
		fdatasync(shared.fd);
		break;
	case 2:
		msync(shared.map, FILE_BYTES, MS_SYNC);
		break;
	default:
		msync(shared.map, FILE_BYTES, MS_ASYNC);
	}
}

static void advise_shared(void)
{
	switch (pick(4)) {
	case 0:
		madvise(shared.map, FILE_BYTES, MADV_DONTNEED);
		break;
	case 1:
		madvise(shared.map, FILE_BYTES, MADV_WILLNEED);
		break;
	case 2:
		madvise(shared.map + pick(FILE_PAGES) * PAGE, PAGE, MADV_PAGEOUT);
		break;
	default: /* clean pages can be dropped */
		fsync(shared.fd);
		posix_fadvise(shared.fd, 0, 0, POSIX_FADV_DONTNEED);
	}
}

/* The file through a new private mapping; what is stored there stays there. */
static void look_privately(void)
{
	char *map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, shared.fd, 0);

	if (map == MAP_FAILED) {
		check_refusal("mmap private");
		return;
	}
	check_mapped("private mapping of the shared file", map, 0, shared.size);
	if (shared.size > 0) {
		map[pick(shared.size)] = 7;
		map[0]++;
	}
	CHECK_OK(munmap(map, FILE_BYTES));
}

static void map_shared_over(void)
{
	size_t first = pick(FILE_PAGES), nr = 1 + pick(FILE_PAGES - first);
	int flags = MAP_SHARED | MAP_FIXED | (pick(2) ? MAP_POPULATE : 0);

	if (mmap(shared.map + first * PAGE, nr * PAGE, PROT_READ | PROT_WRITE, flags, shared.fd,
		    first * PAGE) == MAP_FAILED)
		check_refusal("mmap shared");
}

static char *move_to_slot(char *map, size_t len, uintptr_t slots)
{
	void *slot = (void *)(slots + pick(NR_SLOTS) * SLOT_BYTES);
	char *moved = mremap(map, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, slot);

	if (moved != MAP_FAILED)
		return moved;
	check_move_refusal();
	return map;
}

static void move_shared(void)
{
	shared.map = move_to_slot(shared.map, FILE_BYTES, SHARED_SLOTS);
}

/* ---- Private pages --------------------------------------------------------------------------- */

/* The word'th word of a page, as it is in memory now. */
static uint32_t load(const char *map, size_t page, size_t word)
{
	return ((const volatile uint32_t *)(map + page * PAGE))[word];
}

static void check_word(const char *how, const char *map, size_t page, size_t word, uint32_t wanted)
{
	uint32_t got = load(map, page, word);

	if (got != wanted)
		CHECK_FAILED("%s: offset %#zx: got %#x, wanted %#x", how,
			page * PAGE + word * sizeof(got), got, wanted);
}

static void fill_page(char *map, size_t page, uint32_t value)
{
	uint32_t *words = (uint32_t *)(map + page * PAGE);

	for (size_t i = 0; i < PAGE_WORDS; i++)
		words[i] = value;
}

static void store_anon(void)
{
	size_t page = pick(ANON_PAGES);

	anon.word[page] = pick_word();
	fill_page(anon.map, page, anon.word[page]);
}

static void check_anon(void)
{
	size_t page = pick(ANON_PAGES);

	for (size_t i = 0; i < PAGE_WORDS; i += pick(2) ? 1 : 37)
		check_word("anonymous page", anon.map, page, i, anon.word[page]);
}

static void check_anon_everywhere(const char *how)
{
	for (size_t i = 0; i < ANON_PAGES; i++)
		check_word(how, anon.map, i, pick(PAGE_WORDS), anon.word[i]);
}

static void forget_anon(size_t first, size_t nr)
{
	for (size_t i = first; i < first + nr; i++)
		anon.word[i] = 0;
}

static void drop_anon(void)
{
	size_t first, nr;

	pick_anon_pages(&first, &nr);
	if (madvise(anon.map + first * PAGE, nr * PAGE, MADV_DONTNEED) < 0)
		check_refusal("madvise");
	else
		forget_anon(first, nr);
}

static void map_anon_over(void)
{
	size_t first, nr;

	pick_anon_pages(&first, &nr);
	if (mmap(anon.map + first * PAGE, nr * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		check_refusal("mmap anonymous");
	else
		forget_anon(first, nr);
}

static void move_anon(void)
{
	anon.map = move_to_slot(anon.map, ANON_PAGES * PAGE, ANON_SLOTS);
}

static void store_private(void)
{
	size_t page = pick(FILE_PAGES);

	private.word[page] = pick_word();
	fill_page(private.map, page, private.word[page]);
}

static void drop_private(void)
{
	size_t page = pick(FILE_PAGES);

	if (madvise(private.map + page * PAGE, PAGE, MADV_DONTNEED) < 0)
		check_refusal("madvise");
	else
	private.word[page] = 0;
}

static void check_private_everywhere(const char *how)
{
	for (size_t i = 0; i < FILE_PAGES; i++) {
		size_t word = pick(PAGE_WORDS);
		uint32_t in_file = i * PAGE_WORDS + word + 1;

		check_word(how, private.map, i, word, private.word[i] ? private.word[i] : in_file);
	}
}

static void check_private(void)
{
	check_private_everywhere("private file page");
}

/* The child sees all as it was at the fork; what it stores, the parent does not see. */
static __attribute__((noreturn)) void run_child(void)
{
	for (size_t i = 0; i < ANON_PAGES; i++) {
		check_word(
			"anonymous page of a child", anon.map, i, pick(PAGE_WORDS), anon.word[i]);
		if (pick(2))
			memset(anon.map + i * PAGE, 0x77, PAGE);
	}
	check_mapped("shared mapping of a child", shared.map, 0, shared.size);
	check_private_everywhere("private file page of a child");
	child_done();
}

static void fork_and_store(void)
{
	pid_t pid = fork();

	if (pid < 0) {
		check_refusal("fork");
		return;
	}
	if (pid == 0)
		run_child();
	for (int i = 0; i < 8; i++) /* while the child looks */
		store_anon();
	CHECK_EXITS(pid, 0);
}

static const struct operation worker_operations[] = {
	{ 12, "store_shared", store_shared },
	{ 6, "store_behind_end", store_behind_end },
	{ 12, "check_shared", check_shared },
	{ 12, "write_file", write_file },
	{ 6, "write_from_mapping", write_file_from_mapping },
	{ 12, "read_file", read_file },
	{ 6, "truncate_file", truncate_file },
	{ 6, "sync_file", sync_file },
	{ 6, "advise_shared", advise_shared },
	{ 6, "look_privately", look_privately },
	{ 6, "map_shared_over", map_shared_over },
	{ 1, "move_shared", move_shared },
	{ 24, "store_anon", store_anon },
	{ 32, "check_anon", check_anon },
	{ 8, "drop_anon", drop_anon },
	{ 8, "map_anon_over", map_anon_over },
	{ 1, "move_anon", move_anon },
	{ 4, "store_private", store_private },
	{ 2, "drop_private", drop_private },
	{ 8, "check_private", check_private },
	{ 2, "fork_and_store", fork_and_store },
};

/* ---- The companion --------------------------------------------------------------------------- */

/*
 * A system call that leaves errno alone, which belongs to the worker. Refusals are all right here:
 * the worker may have moved the mapping.
 */
static long call4(long nr, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = -1; /* mmap: no file */
	register long sixth __asm__("r9") = 0;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return nr;
}

static long call(long nr, long a, long b, long c)
{
	return call4(nr, a, b, c, 0);
}

/* One of mprotect and madvise on some pages of a mapping. */
static void call_on_some(long nr, char *map, size_t nr_pages, long argument)
{
	size_t first = companion_pick(nr_pages), count = 1 + companion_pick(nr_pages - first);

	call(nr, (long)(map + first * PAGE), count * PAGE, argument);
}

/* All of these permit what the worker does. */
static long companion_pick_rights(void)
{
	return PROT_READ | PROT_WRITE | (companion_pick(2) ? PROT_EXEC : 0);
}

static void protect_shared(void)
{
	call_on_some(SYS_mprotect, shared.map, FILE_PAGES, companion_pick_rights());
}

static void protect_anon(void)
{
	call_on_some(SYS_mprotect, anon.map, ANON_PAGES, companion_pick_rights());
}

static void protect_private(void)
{
	call_on_some(SYS_mprotect, private.map, FILE_PAGES, companion_pick_rights());
}

static void split_shared(void)
{
	long advice = companion_pick(2) ? MADV_RANDOM : MADV_NORMAL;

	call_on_some(SYS_madvise, shared.map, FILE_PAGES, advice);
}

static void split_anon(void)
{
	long advice = companion_pick(2) ? MADV_DONTDUMP : MADV_DODUMP;

	call_on_some(SYS_madvise, anon.map, ANON_PAGES, advice);
}

/* One mapping again, so that it can be moved as a whole. */
static void unite_shared(void)
{
	char *map = shared.map;

	call(SYS_mprotect, (long)map, FILE_BYTES, PROT_READ | PROT_WRITE);
	call(SYS_madvise, (long)map, FILE_BYTES, MADV_NORMAL);
}

static void unmap_entries_of_shared(void)
{
	call_on_some(SYS_madvise, shared.map, FILE_PAGES, MADV_DONTNEED);
}

static void page_out_private(void)
{
	call_on_some(SYS_madvise, private.map, FILE_PAGES, MADV_PAGEOUT);
}

static void map_or_unmap_junk(void)
{
	static char *junk;
	const size_t nr_pages = 8;
	long map;

	if (junk) {
		call(SYS_munmap, (long)junk, nr_pages * PAGE, 0);
		junk = NULL;
		return;
	}
	map = call4(
		SYS_mmap, 0, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
	if (map > 0) {
		junk = (char *)map;
		junk[companion_pick(nr_pages) * PAGE] = 1;
	}
}

static void fork_idly(void)
{
	long pid = call(SYS_fork, 0, 0, 0);

	if (pid == 0)
		for (;;)
			call(SYS_exit_group, 0, 0, 0);
	while (pid > 0 && call(SYS_wait4, pid, 0, 0) == -EINTR)
		;
}

static void sync_by_file(void)
{
	call(SYS_fsync, shared.fd, 0, 0);
}

static void sync_by_mapping(void)
{
	call(SYS_msync, (long)shared.map, FILE_BYTES, MS_SYNC);
}

static const struct operation companion_operations[] = {
	{ 8, "protect_shared", protect_shared },
	{ 8, "protect_anon", protect_anon },
	{ 8, "protect_private", protect_private },
	{ 8, "split_shared", split_shared },
	{ 8, "split_anon", split_anon },
	{ 8, "unite_shared", unite_shared },
	{ 8, "unmap_entries_of_shared", unmap_entries_of_shared },
	{ 8, "page_out_private", page_out_private },
	{ 8, "map_or_unmap_junk", map_or_unmap_junk },
	{ 1, "fork_idly", fork_idly },
	{ 8, "sync_by_file", sync_by_file },
	{ 8, "sync_by_mapping", sync_by_mapping },
};

/* Until the worker says so, or is no more. */
static int run_companion(void *unused)
{
	(void)unused;
	while (!companion_stops && call(SYS_getppid, 0, 0, 0) == worker_pid)
		choose(companion_operations, NR_ITEMS(companion_operations), companion_pick)->run();
	return 0;
}

static pid_t start_companion(void)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));

	worker_pid = getpid();
	return PATIENTLY(clone(run_companion, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
}

static void stop_companion(pid_t pid)
{
	companion_stops = true;
	CHECK_EXITS(pid, 0);
}

/* ---- A worker -------------------------------------------------------------------------------- */

static void worker_file(int worker, char *name, size_t size)
{
	snprintf(name, size, "worker-%d.%d", storm_pid, worker);
}

static void map_all(int worker)
{
	const int rights = PROT_READ | PROT_WRITE;
	char name[40];

	worker_file(worker, name, sizeof(name));
	shared.fd = PATIENTLY(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
	shared.is_in_memory = is_in_memory(shared.fd);
	shared.map = PATIENTLY(mmap(NULL, FILE_BYTES, rights, MAP_SHARED, shared.fd, 0));
	anon.map = PATIENTLY(
		mmap(NULL, ANON_PAGES * PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	private.map = PATIENTLY(mmap(NULL, FILE_BYTES, rights, MAP_PRIVATE, pattern_fd, 0));
}

static void run_steps(int worker)
{
	const struct operation *op;

	for (long step = 0; step < nr_steps && !common->failed && getppid() == storm_pid; step++) {
		op = choose(worker_operations, NR_ITEMS(worker_operations), pick);
		snprintf(common->place[worker], PLACE_LEN, "-s %lu worker %d step %ld %s", seed,
			worker, step, op->name);
		op->run();
	}
}

static void check_end(void)
{
	check_mapped("shared mapping in the end", shared.map, 0, shared.size);
	learn_file();
	check_mapped("shared mapping against the file", shared.map, 0, shared.size);
	check_anon_everywhere("anonymous page in the end");
	check_private_everywhere("private file page in the end");
}

static __attribute__((noreturn)) void run_worker(int worker)
{
	pid_t companion;

	test_place = common->place[worker];
	worker_random = seed * 1000003 + worker * 7919;
	companion_random = worker * 77 + 5;
	map_all(worker);
	companion = start_companion();
	run_steps(worker);
	check_end();
	stop_companion(companion);
	child_done();
}

/* ---- The storm ------------------------------------------------------------------------------- */

static void make_pattern(const char *name)
{
	uint32_t *words = (uint32_t *)block;

	for (size_t i = 0; i < FILE_PAGES * PAGE_WORDS; i++)
		words[i] = i + 1;
	pattern_fd = PATIENTLY(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
	for (size_t at = 0; at < FILE_BYTES;)
		at += PATIENTLY(pwrite(pattern_fd, block + at, FILE_BYTES - at, at));
	PATIENTLY(fsync(pattern_fd));
}

/* Takes memory and gives it back until the storm is over. */
static void hog_memory(void)
{
	size_t len = (size_t)hog_mib << 20;

	while (getppid() == storm_pid) {
		char *p =
			mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			continue;
		for (size_t i = 0; i < len; i += PAGE)
			p[i] = 1;
		sleep_ms(2);
		munmap(p, len);
	}
}

static void drop_and_sync(void)
{
	while (getppid() == storm_pid) {
		int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

		if (fd >= 0 && write(fd, "3", 1) < 0)
			check_refusal("drop_caches");
		close(fd);
		sync();
		sleep_ms(3);
	}
}

static pid_t start_helper(bool wanted, void (*run)(void))
{
	pid_t pid = wanted ? PATIENTLY(fork()) : -1;

	if (pid == 0) {
		run();
		child_done();
	}
	return pid;
}

static void stop_helper(pid_t pid)
{
	if (pid > 0) {
		kill(pid, SIGKILL);
		wait_child(pid);
	}
}

/* A worker that died said nothing: its place tells where it was. */
static void await_workers(const pid_t *workers)
{
	for (int left = nr_workers, status; left > 0;) {
		pid_t pid = wait(&status);
		char text[80];

		for (int i = 0; i < nr_workers; i++) {
			if (pid != workers[i])
				continue;
			left--;
			if (status == 0)
				continue;
			EXPECT_FAILED("%s: %s", common->place[i],
				test_status_text(status, text, sizeof(text)));
			common->failed = true;
		}
	}
}

static void remove_files(const char *pattern)
{
	char name[40];

	close(pattern_fd);
	PATIENTLY(unlink(pattern));
	for (int i = 0; i < nr_workers; i++) {
		worker_file(i, name, sizeof(name));
		if (exists(name))
			PATIENTLY(unlink(name));
	}
}

/* Interrupted by hand: the workers end, then the files are removed as always. */
static void stop(int signo)
{
	(void)signo;
	test_failures++;
	if (common)
		common->failed = true;
}

/* In the current directory. */
static void storm(void)
{
	pid_t workers[MAX_WORKERS], hog, dropper;
	char pattern[40];

	storm_pid = getpid();
	snprintf(pattern, sizeof(pattern), "pattern-%d", storm_pid);
	make_pattern(pattern);
	common = PATIENTLY(mmap(
		NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	for (int i = 0; i < nr_workers; i++) {
		workers[i] = PATIENTLY(fork());
		if (workers[i] == 0)
			run_worker(i);
	}
	hog = start_helper(hog_mib > 0, hog_memory);
	dropper = start_helper(drop_caches, drop_and_sync);
	await_workers(workers);
	stop_helper(hog);
	stop_helper(dropper);
	remove_files(pattern);
	CHECK_OK(munmap(common, sizeof(*common)));
}

/* False: an option that is none. */
static bool read_options(int argc, char **argv, const char **dir)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:w:d:H:D")) != -1) {
		if (option == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			nr_steps = atol(optarg);
		else if (option == 'w')
			nr_workers = atoi(optarg);
		else if (option == 'd')
			*dir = optarg;
		else if (option == 'H')
			hog_mib = atoi(optarg);
		else if (option == 'D')
			drop_caches = true;
		else
			return false;
	}
	return nr_workers >= 1 && nr_workers <= MAX_WORKERS;
}

int main(int argc, char **argv)
{
	const char *dir = NULL;

	if (!read_options(argc, argv, &dir))
		return 2;
	if (!dir)
		return test_main(1, argv, true, storm);
	PATIENTLY(chdir(dir));
	storm();
	printf(test_failures ? "FAILED\n" : "passed\n");
	return test_failures ? 1 : 0;
}
