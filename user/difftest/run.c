// SPDX-License-Identifier: MIT
/*
 * run.c: runs a stream of operations in several processes and threads, and notes what came of each
 * of them.
 *
 * The processes and threads hold the slots of the stream. They take turns: control->turn is the
 * operation that is due, its slot's holder runs it and passes the turn on. So nothing happens at
 * the same time, and every result is defined.
 *
 * No C library is asked for anything while a stream runs: its errno would be shared by our threads,
 * and its memory would lie in the heap that the operations change. What we use ourselves is in the
 * program's own pages, on its stack, and above TOP, where no operation comes.
 *
 * What is compared of an operation is its line: result or errno, signal with code, address, trap
 * number and error code, the bytes read, and the mappings of its process (maps_note()). The hash
 * is that of all lines.
 */
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/futex.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "run.h"

#define CONTROL      (TOP + 0x1000000)
#define LOG_SIZE     (4ul << 20)
#define HEAP_SKIP    (16 * OP_PAGE) /* between the program and BASE_HEAP; inaccessible */
#define THREAD_STACK 65536
#define HANG_SECONDS 40
#define MAX_VEC      1024
#define SUM_PAGES    64 /* of one mapping, at most */

#define TMPFS_NAME "/dev/shm/difftest"
#define EXT2_NAME  "/var/tmp/difftest"

/* Shared by all processes of a stream. */
struct shared {
	uint32_t turn; /* the operation that is due; nr_ops + k: slot k's last look; a futex */
	uint32_t turn_after_exit;  /* who exits leaves it to the server to pass the turn on */
	int32_t process[NR_SLOTS]; /* that holds the slot; 0: nobody */
	uint8_t is_thread[NR_SLOTS];
	uint8_t passed_over[STREAM_OPS];
	uint64_t hash;
	uint32_t detail;
	uint32_t log_length;
	char log[LOG_SIZE];
};
#define control ((struct shared *)CONTROL)

static const struct stream *stream;

/* ---- Of each process; copied by fork --------------------------------------------------------- */

static uint64_t results[NR_RESULTS];
static uint64_t heap;
static int files[NR_FILES];
static int maps_file;
static bool is_forked;
static uint32_t thread_ids[NR_SLOTS]; /* cleared by the kernel when the thread is gone; futexes */
static char thread_stacks[NR_SLOTS][THREAD_STACK] __attribute__((aligned(16)));

/* ---- System calls ---------------------------------------------------------------------------- */

static long sys(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#define SYS_(nr, a, b, c, d, e, f, ...)                                                            \
	sys(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define SYS(name, ...) SYS_(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

static void wait_while(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		SYS(futex, word, FUTEX_WAIT, value, 0);
}

static void set_and_wake(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	SYS(futex, word, FUTEX_WAKE, 1 << 30);
}

/* ---- The log --------------------------------------------------------------------------------- */

static char line[16384];
static unsigned line_length;

static void put(const char *text)
{
	while (*text && line_length < sizeof(line) - 1)
		line[line_length++] = *text++;
}

static void put_hex(uint64_t number)
{
	char digits[17];
	int at = 16;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[number & 15];
		number >>= 4;
	} while (number);
	put(digits + at);
}

static void put_decimal(uint64_t number)
{
	char digits[21];
	int at = 20;

	digits[at] = '\0';
	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	put(digits + at);
}

static void put_result(long result)
{
	if (result < 0 && result >= -4095) {
		put("errno ");
		put_decimal(-result);
	} else {
		put_hex(result);
	}
}

static uint64_t hash_bytes(uint64_t hash, const char *bytes, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
	return hash;
}

static void log_text(const char *text, unsigned length)
{
	if (length > LOG_SIZE - control->log_length)
		length = LOG_SIZE - control->log_length;
	memcpy(control->log + control->log_length, text, length);
	control->log_length += length;
}

static void end_line(void)
{
	line[line_length++] = '\n';
	control->hash = hash_bytes(control->hash, line, line_length);
	if (control->detail >= DETAIL_LINES)
		log_text(line, line_length);
	line_length = 0;
}

/* ---- Touching memory ------------------------------------------------------------------------- */

/* Give the byte (0 for the others), or -1 after a signal. */
long touch_read(uint64_t address);
long touch_write(uint64_t address, unsigned char byte);
long touch_exec(uint64_t address);
extern const char touch_begin[], touch_end[], touch_failed[];
__asm__("touch_begin:\n"
	"touch_read:	movzbl (%rdi), %eax\n"
	"		ret\n"
	"touch_write:	movb %sil, (%rdi)\n"
	"		xorl %eax, %eax\n"
	"		ret\n"
	"touch_exec:	call *%rdi\n"
	"		xorl %eax, %eax\n"
	"		ret\n"
	"touch_end:\n"
	"touch_failed:	movq $-1, %rax\n"
	"		ret\n");

#define RET_INSTRUCTION 0xc3

static volatile struct {
	bool executing;
	uint64_t exec_target;
	int signal, code;
	uint64_t address, trap, error;
} fault;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint64_t rip = regs[REG_RIP];

	fault.signal = signo;
	fault.code = info->si_code;
	fault.address = (uint64_t)info->si_addr;
	fault.trap = regs[REG_TRAPNO];
	fault.error = regs[REG_ERR];
	if (fault.executing && rip == fault.exec_target) {
		regs[REG_RSP] += 8; /* the call's return address */
	} else if (rip < (uint64_t)touch_begin || rip >= (uint64_t)touch_end) {
		put(" the program itself faulted: signal ");
		put_decimal(signo);
		put(" address ");
		put_hex(fault.address);
		put(" rip ");
		put_hex(rip);
		end_line();
		SYS(exit_group, 1);
	}
	regs[REG_RIP] = (uint64_t)touch_failed;
}

static void catch_faults(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

/* Whether a page was there already depends on what the kernel chose to map beforehand. */
#define ERROR_PRESENT 1ul

static void put_touch(long result)
{
	if (result >= 0) {
		put_hex(result);
		return;
	}
	put("signal ");
	put_decimal(fault.signal);
	put(" code ");
	put_decimal(fault.code);
	put(" address ");
	put_hex(fault.address);
	put(" trap ");
	put_decimal(fault.trap);
	put(" error ");
	put_hex(fault.error & ~ERROR_PRESENT);
}

static void run_touch(uint64_t address, uint64_t how, unsigned char byte)
{
	long found;

	if (how == TOUCH_READ) {
		put_touch(touch_read(address));
	} else if (how == TOUCH_WRITE) {
		put_touch(touch_write(address, byte));
	} else {
		put_touch(touch_write(address, RET_INSTRUCTION));
		put(", ");
		found = touch_read(address);
		put_touch(found);
		/* What else stands there may do anything. */
		if (found >= 0 && found != RET_INSTRUCTION)
			return;
		put(", ");
		fault.executing = true;
		fault.exec_target = address;
		put_touch(touch_exec(address));
		fault.executing = false;
	}
}

/* Some bytes of each page; how many pages could be written. */
static long run_fill(uint64_t address, uint64_t nr_pages, unsigned char byte)
{
	for (uint64_t page = 0; page < nr_pages; page++)
		for (uint64_t at = page & 7; at < OP_PAGE; at += OP_PAGE / 8)
			if (touch_write(address + page * OP_PAGE + at, byte + page) < 0)
				return page;
	return nr_pages;
}

/* ---- The address space ----------------------------------------------------------------------- */

struct mapping {
	uint64_t start, end, offset;
	char perms[5];
	char path[80];
};

static char maps_text[65536];

static const char *read_hex(const char *at, uint64_t *number)
{
	uint64_t sum = 0;

	for (;; at++) {
		if (*at >= '0' && *at <= '9')
			sum = sum * 16 + *at - '0';
		else if (*at >= 'a' && *at <= 'f')
			sum = sum * 16 + *at - 'a' + 10;
		else
			break;
	}
	*number = sum;
	return at;
}

static const char *skip_word(const char *at)
{
	while (*at && *at != ' ' && *at != '\n')
		at++;
	while (*at == ' ')
		at++;
	return at;
}

/* A line of /proc/self/maps, but for the device and inode number, which are each kernel's own. */
static const char *parse_mapping(const char *at, struct mapping *m)
{
	unsigned length = 0;

	at = read_hex(at, &m->start) + 1;
	at = read_hex(at, &m->end) + 1;
	memcpy(m->perms, at, 4);
	m->perms[4] = '\0';
	at = read_hex(at + 5, &m->offset) + 1;
	at = skip_word(skip_word(at));
	while (*at && *at != '\n') {
		if (length < sizeof(m->path) - 1)
			m->path[length++] = *at;
		at++;
	}
	m->path[length] = '\0';
	return *at ? at + 1 : at;
}

static bool read_maps(void)
{
	long length = 0, got;

	do {
		got = SYS(pread64, maps_file, maps_text + length, sizeof(maps_text) - 1 - length,
			length);
		if (got > 0)
			length += got;
	} while (got > 0);
	maps_text[length] = '\0';
	return got == 0;
}

/*
 * The next mapping that operations made; NULL at the end. Private mappings that follow one upon the
 * other and are alike count as one: Linux keeps some apart that might be one, by the history of
 * their pages (anon_vma), which is its own affair.
 */
static const char *next_mapping(const char *at, struct mapping *m)
{
	struct mapping next;

	for (;;) {
		if (!*at)
			return NULL;
		at = parse_mapping(at, m);
		if (m->start >= TOP)
			return NULL;
		/* What we keep inaccessible below the heap may have become one with it. */
		if (m->start < heap && m->end > heap)
			m->start = heap;
		if (m->start >= heap)
			break;
	}
	while (*at && m->perms[3] == 'p') {
		const char *behind = parse_mapping(at, &next);

		if (next.start != m->end || strcmp(next.perms, m->perms) != 0 ||
			strcmp(next.path, m->path) != 0 || next.start >= TOP ||
			(next.path[0] == '/' && next.offset != m->offset + (next.start - m->start)))
			break;
		m->end = next.end;
		at = behind;
	}
	return at;
}

static void put_mapping(const struct mapping *m)
{
	put("    ");
	put_hex(m->start);
	put("-");
	put_hex(m->end);
	put(" ");
	put(m->perms);
	put(" ");
	put_hex(m->offset);
	put(" ");
	put(m->path);
}

/* Puts a hash of the mappings into the line. */
static void note_maps(void)
{
	uint64_t hash = 0;
	struct mapping m;
	const char *at = maps_text;

	if (!read_maps()) {
		put(" maps unreadable");
		return;
	}
	while ((at = next_mapping(at, &m)) != NULL) {
		hash = (hash ^ m.start) * 0x9e3779b97f4a7c15ull;
		hash = (hash ^ m.end ^ hash >> 29) * 0x9e3779b97f4a7c15ull;
		hash = (hash ^ m.offset ^ hash >> 31) * 0x9e3779b97f4a7c15ull;
		hash = hash_bytes(hash, m.perms, 4);
		hash = hash_bytes(hash, m.path, strlen(m.path));
	}
	put(" maps ");
	put_hex(hash);
}

static void show_maps(void)
{
	struct mapping m;
	const char *at = maps_text;

	while ((at = next_mapping(at, &m)) != NULL) {
		put_mapping(&m);
		line[line_length++] = '\n';
		log_text(line, line_length);
		line_length = 0;
	}
}

/* ---- Contents -------------------------------------------------------------------------------- */

static uint64_t sum_page(const uint64_t *words, uint64_t sum)
{
	for (unsigned i = 0; i < OP_PAGE / sizeof(*words); i += 4)
		sum = (sum ^ words[i] ^ words[i + 1] << 1 ^ words[i + 2] << 2 ^ words[i + 3] << 3) *
		      0x9e3779b97f4a7c15ull;
	return sum;
}

/* In the middle of a line: what it has so far waits. */
static void show_page(uint64_t page, uint64_t sum)
{
	unsigned begun = line_length;

	put("    page ");
	put_hex(page);
	put(" sum so far ");
	put_hex(sum);
	put("\n");
	log_text(line + begun, line_length - begun);
	line_length = begun;
}

/* All that the process can read. */
static void put_sum_of_memory(void)
{
	uint64_t sum = 0;
	struct mapping m;
	const char *at = maps_text;

	if (!read_maps())
		return;
	while ((at = next_mapping(at, &m)) != NULL) {
		if (m.perms[0] != 'r')
			continue;
		for (uint64_t page = m.start; page < m.end && page < m.start + SUM_PAGES * OP_PAGE;
			page += OP_PAGE) {
			if (touch_read(page) >= 0)
				sum = sum_page((const uint64_t *)page, sum);
			else
				sum = (sum ^ page ^ fault.signal) * 0x9e3779b97f4a7c15ull;
			if (control->detail >= DETAIL_MAPS)
				show_page(page, sum);
		}
	}
	put_hex(sum);
}

static void put_sum_of_file(enum op_file file)
{
	static uint64_t page[OP_PAGE / sizeof(uint64_t)];
	uint64_t sum = 0;
	struct stat st;
	long got, at = 0;

	put(" file ");
	put_decimal(file);
	put(" size ");
	SYS(fstat, files[file], &st);
	put_hex(st.st_size);
	do {
		memset(page, 0, sizeof(page));
		got = SYS(pread64, files[file], page, sizeof(page), at);
		if (got > 0)
			sum = sum_page(page, sum);
		at += got;
	} while (got > 0);
	put(" sum ");
	put_hex(sum);
	if (got < 0)
		put(" unreadable");
}

static void run_sum(void)
{
	put_sum_of_memory();
	put_sum_of_file(FILE_TMPFS);
	put_sum_of_file(FILE_EXT2);
	put_sum_of_file(FILE_MEMFD);
}

/* ---- Processes and threads ------------------------------------------------------------------- */

static void serve(unsigned slot);

static int open_maps(void)
{
	return SYS(open, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
}

/* Whoever holds a slot has its stack; so a process never runs on that of a thread to come. */
__attribute__((used)) static void thread_main(unsigned slot)
{
	serve(slot);
	SYS(exit, 0);
}

/* The threads of the parent are not here. */
__attribute__((used)) static void process_main(unsigned slot)
{
	is_forked = true;
	memset(thread_ids, 0, sizeof(thread_ids));
	SYS(close, maps_file);
	maps_file = open_maps();
	line_length = 0;
	serve(slot);
	SYS(exit_group, 0);
}

/* clone(2) with the slot's stack; who begins there calls entry(slot). */
static long start(unsigned slot, uint64_t flags, void (*entry)(unsigned slot))
{
	uint64_t *top = (uint64_t *)thread_stacks[slot + 1] - 2;
	register uint32_t *r10 __asm__("r10") = &thread_ids[slot];
	long result = __NR_clone;

	/* An earlier thread may be on its way out, on the same stack. */
	for (uint32_t id; (id = __atomic_load_n(&thread_ids[slot], __ATOMIC_ACQUIRE)) != 0;)
		wait_while(&thread_ids[slot], id);
	top[0] = slot;
	top[1] = (uint64_t)entry;
	__asm__ volatile("syscall\n"
			 "testq %%rax, %%rax\n"
			 "jnz 1f\n"
			 "popq %%rdi\n"
			 "popq %%rax\n"
			 "xorl %%ebp, %%ebp\n"
			 "call *%%rax\n"
			 "hlt\n"
			 "1:"
			 : "+a"(result)
			 : "D"(flags), "S"(top), "d"(&thread_ids[slot]), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

static long run_fork(unsigned slot)
{
	/* A child of the server, as all of us are: it waits for them. */
	long child = start(slot, CLONE_PARENT | SIGCHLD, process_main);

	if (child < 0)
		return child;
	control->is_thread[slot] = false;
	control->process[slot] = child;
	return 0;
}

static long run_thread(unsigned slot, unsigned creator)
{
	uint64_t flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			 CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	long result = start(slot, flags, thread_main);

	if (result < 0)
		return result;
	control->is_thread[slot] = true;
	control->process[slot] = control->process[creator];
	return 0;
}

/* The turn goes to the next operation whose slot is held. */
static uint32_t next_turn(uint32_t turn)
{
	for (turn++; turn < stream->nr_ops + NR_SLOTS; turn++) {
		if (turn >= stream->nr_ops) {
			if (control->process[turn - stream->nr_ops])
				break;
		} else if (control->process[stream->ops[turn].slot] &&
			   (!stream->keep || stream->keep[turn])) {
			break;
		}
	}
	return turn;
}

static void run_exit(unsigned slot, uint32_t turn)
{
	int process = control->process[slot];

	if (control->is_thread[slot]) {
		control->process[slot] = 0;
		set_and_wake(&control->turn, next_turn(turn));
		SYS(exit, 0);
	}
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (control->process[i] == process)
			control->process[i] = 0;
	control->turn_after_exit = next_turn(turn);
	SYS(exit_group, 0);
}

/* ---- One operation --------------------------------------------------------------------------- */

static uint64_t resolve_address(uint64_t argument)
{
	uint64_t base = argument >> OP_BASE_SHIFT, offset = argument & ((1ul << OP_BASE_SHIFT) - 1);

	switch (base) {
	case BASE_NONE:
	case 0xff:
		return argument;
	case BASE_ARENA:
		return ARENA + offset;
	case BASE_STACKS:
		return STACKS + offset;
	case BASE_HEAP:
		return heap + offset;
	default:
		return results[base - BASE_RESULT] + offset;
	}
}

/*
 * Which pages a child finds in its page table, and which pages of a file are in memory, is for the
 * kernel to choose; but what was just read is there.
 */
static bool is_residency_defined(uint64_t page)
{
	struct mapping m;
	const char *at = maps_text;

	while ((at = next_mapping(at, &m)) != NULL) {
		if (page < m.start || page >= m.end)
			continue;
		return (!is_forked && !m.path[0] && m.perms[3] == 'p') || touch_read(page) >= 0;
	}
	return false;
}

static long run_mincore(uint64_t address, uint64_t length)
{
	static unsigned char vec[MAX_VEC];
	static bool is_defined[MAX_VEC];
	uint64_t nr_pages;
	long result;

	if (length < 1ul << 46 && length > MAX_VEC * OP_PAGE)
		length = MAX_VEC * OP_PAGE;
	nr_pages = (length + OP_PAGE - 1) / OP_PAGE;
	read_maps();
	for (uint64_t i = 0; i < nr_pages && i < MAX_VEC; i++)
		is_defined[i] = is_residency_defined(address + i * OP_PAGE);
	result = SYS(mincore, address, length, vec);
	for (uint64_t i = 0; result == 0 && i < nr_pages && i < 64; i++)
		put(!is_defined[i] ? "-" : vec[i] & 1 ? "1" : "0");
	put(" ");
	return result;
}

/*
 * Before a file may grow: what a mapping wrote behind its end becomes part of it on Linux 6.1, and
 * is zeroed on newer ones as on Vellum. A change to the size that it has zeroes it on all of them.
 */
static void zero_tail(int file)
{
	struct stat st;

	if (SYS(fstat, file, &st) == 0 && S_ISREG(st.st_mode))
		SYS(ftruncate, file, st.st_size);
}

/* a: the arguments with addresses and descriptors resolved. */
static long run_call(const struct op *op, const uint64_t *a)
{
	switch (op->kind) {
	case OP_mmap:
		return SYS(mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
	case OP_munmap:
		return SYS(munmap, a[0], a[1]);
	case OP_mprotect:
		return SYS(mprotect, a[0], a[1], a[2]);
	case OP_mremap:
		return SYS(mremap, a[0], a[1], a[2], a[3], a[4]);
	case OP_madvise:
		return SYS(madvise, a[0], a[1], a[2]);
	case OP_msync:
		return SYS(msync, a[0], a[1], a[2]);
	case OP_mincore:
		return run_mincore(a[0], a[1]);
	case OP_mlock:
		return SYS(mlock, a[0], a[1]);
	case OP_mlock2:
		return SYS(mlock2, a[0], a[1], a[2]);
	case OP_munlock:
		return SYS(munlock, a[0], a[1]);
	case OP_mlockall:
		return SYS(mlockall, a[0]);
	case OP_munlockall:
		return SYS(munlockall);
	case OP_brk:
		return SYS(brk, a[0]);
	case OP_remap_file_pages:
		return SYS(remap_file_pages, a[0], a[1], a[2], a[3], a[4]);
	case OP_read:
		return SYS(read, a[0], a[1], a[2]);
	case OP_write:
		return SYS(write, a[0], a[1], a[2]);
	case OP_pread64:
		return SYS(pread64, a[0], a[1], a[2], a[3]);
	case OP_pwrite64:
		return SYS(pwrite64, a[0], a[1], a[2], a[3]);
	case OP_lseek:
		return SYS(lseek, a[0], a[1], a[2]);
	case OP_ftruncate:
		return SYS(ftruncate, a[0], a[1]);
	case OP_fallocate:
		return SYS(fallocate, a[0], a[1], a[2], a[3]);
	case OP_fsync:
		return SYS(fsync, a[0]);
	case OP_seal:
		return SYS(fcntl, a[0], F_ADD_SEALS, a[1]);
	case OP_get_seals:
		return SYS(fcntl, a[0], F_GET_SEALS);
	}
	return -ENOSYS;
}

/*
 * Linux moves memory of one VMA only, and what looks like one mapping may be several of them there
 * (see next_mapping()). Such an operation is passed over; the other kernel will not be asked for it.
 */
static bool is_split_by_history(const struct op *op)
{
	uint64_t start = resolve_address(op->args[0]), end = start + op->args[1];
	struct mapping m, whole;
	const char *at = maps_text, *raw = maps_text;

	if (op->kind != OP_mremap || end < start || !read_maps())
		return false;
	while (*raw) {
		raw = parse_mapping(raw, &m);
		if (start < m.start || start >= m.end || end <= m.end)
			continue;
		while ((at = next_mapping(at, &whole)) != NULL)
			if (start >= whole.start && start < whole.end)
				return end <= whole.end || whole.end > m.end;
	}
	return false;
}

static void run_op(const struct op *op, uint32_t turn)
{
	const struct op_info *info = &op_infos[op->kind];
	unsigned char byte = turn * 7 + 1;
	uint64_t a[OP_ARGS];
	long result;

	if (is_split_by_history(op)) {
		control->passed_over[turn] = true;
		return;
	}
	put_decimal(turn);
	put(" slot ");
	put_decimal(op->slot);
	put(" ");
	put(info->name);
	for (unsigned i = 0; info->types[i]; i++) {
		a[i] = op->args[i];
		if (info->types[i] == 'a')
			a[i] = resolve_address(a[i]);
		put(" ");
		put_hex(a[i]);
		if (info->types[i] == 'd')
			a[i] = files[a[i]];
	}
	put(" = ");
	switch (op->kind) {
	case OP_touch:
		run_touch(a[0], a[1], byte);
		break;
	case OP_fill:
		put_decimal(run_fill(a[0], a[1], byte));
		break;
	case OP_sum:
		run_sum();
		break;
	case OP_fork:
	case OP_thread:
		if (control->process[a[0]])
			put("busy");
		else
			put_result(
				op->kind == OP_fork ? run_fork(a[0]) : run_thread(a[0], op->slot));
		break;
	case OP_exit:
		end_line();
		run_exit(op->slot, turn);
		break;
	default:
		if (op->kind == OP_write || op->kind == OP_pwrite64 || op->kind == OP_ftruncate ||
			op->kind == OP_fallocate)
			zero_tail(a[0]);
		result = run_call(op, a);
		put_result(result);
		if (op->kind == OP_mmap && (uint64_t)result < -4095ul)
			results[a[6]] = result;
		if (op->kind == OP_mremap && (uint64_t)result < -4095ul)
			results[a[5]] = result;
	}
	note_maps();
	end_line();
	if (control->detail >= DETAIL_MAPS)
		show_maps();
}

/* What is in memory when all is over. */
static void run_last_look(unsigned slot)
{
	put("end slot ");
	put_decimal(slot);
	put(" = ");
	run_sum();
	note_maps();
	end_line();
	if (control->detail >= DETAIL_MAPS)
		show_maps();
}

/* Runs what comes to this slot, until all is done. */
static void serve(unsigned slot)
{
	for (;;) {
		uint32_t turn = __atomic_load_n(&control->turn, __ATOMIC_ACQUIRE);

		if (turn >= stream->nr_ops + NR_SLOTS)
			return;
		if (turn >= stream->nr_ops ? turn - stream->nr_ops != slot
					   : stream->ops[turn].slot != slot) {
			wait_while(&control->turn, turn);
			continue;
		}
		if (turn >= stream->nr_ops)
			run_last_look(slot);
		else
			run_op(&stream->ops[turn], turn);
		set_and_wake(&control->turn, next_turn(turn));
	}
}

/* ---- A stream -------------------------------------------------------------------------------- */

static int make_file(const char *name, unsigned seed)
{
	static unsigned char block[5 * OP_PAGE + 123];
	int fd = SYS(open, name, O_RDWR | O_CREAT | O_TRUNC, 0666);

	for (unsigned i = 0; i < sizeof(block); i++)
		block[i] = (i * 7 + (i >> 8) * 13 + seed) & 0xff;
	SYS(write, fd, block, sizeof(block));
	return fd;
}

static void open_files(void)
{
	int pipe_ends[2];

	files[FILE_NONE] = -1;
	files[FILE_TMPFS] = make_file(TMPFS_NAME, 1);
	files[FILE_EXT2] = make_file(EXT2_NAME, 2);
	files[FILE_MEMFD] = SYS(memfd_create, "sealed", MFD_ALLOW_SEALING);
	SYS(ftruncate, files[FILE_MEMFD], 4 * OP_PAGE);
	files[FILE_TMPFS_READ] = SYS(open, TMPFS_NAME, O_RDONLY);
	files[FILE_EXT2_READ] = SYS(open, EXT2_NAME, O_RDONLY);
	files[FILE_TMPFS_WRITE] = SYS(open, TMPFS_NAME, O_WRONLY);
	files[FILE_ZERO] = SYS(open, "/dev/zero", O_RDWR);
	SYS(pipe2, pipe_ends, 0);
	files[FILE_PIPE] = pipe_ends[0];
	SYS(close, pipe_ends[1]);
	files[FILE_FOLDER] = SYS(open, "/dev/shm", O_RDONLY | O_DIRECTORY);
	/* Unlinked while it is mapped. */
	SYS(unlink, EXT2_NAME);
	maps_file = open_maps();
}

static void drop_privilege(void)
{
	struct rlimit limit = { OP_MEMLOCK_BYTES, OP_MEMLOCK_BYTES };

	SYS(prlimit64, 0, RLIMIT_MEMLOCK, &limit, NULL);
	SYS(setresuid, OP_USER_ID, OP_USER_ID, OP_USER_ID);
}

/* The first process of the stream. */
static void run_first(void)
{
	SYS(setpgid, 0, 0);
	catch_faults();
	open_files();
	if (!stream_is_privileged(stream->seed))
		drop_privilege();
	for (unsigned i = 0; i < NR_RESULTS; i++)
		results[i] = ARENA + i * 8 * OP_PAGE;
	control->process[0] = SYS(getpid);
	serve(0);
	SYS(exit_group, 0);
}

static void note_death(int process, int status)
{
	put("process of slot ");
	for (unsigned i = 0; i < NR_SLOTS; i++) {
		if (control->process[i] != process)
			continue;
		put_decimal(i);
		put(" ");
		control->process[i] = 0;
	}
	put("ended with status ");
	put_hex(status);
	end_line();
}

static volatile sig_atomic_t out_of_time;

static void on_alarm(int signo)
{
	(void)signo;
	out_of_time = 1;
}

/* Waits for all processes of the stream; first is the leader of their group. */
static void wait_for_all(int first)
{
	struct sigaction action = { .sa_handler = on_alarm };
	long process;
	int status;

	out_of_time = 0;
	sigaction(SIGALRM, &action, NULL);
	SYS(alarm, HANG_SECONDS);
	while ((process = SYS(wait4, -1, &status, 0, NULL)) != -ECHILD) {
		if (process < 0 && out_of_time) {
			put("hangs in operation ");
			put_decimal(control->turn);
			end_line();
			SYS(kill, -first, SIGKILL);
			out_of_time = 0;
		}
		if (process <= 0)
			continue;
		if (status != 0) {
			note_death(process, status);
			set_and_wake(&control->turn, next_turn(control->turn));
		} else if (control->turn_after_exit) {
			uint32_t turn = control->turn_after_exit;

			control->turn_after_exit = 0;
			set_and_wake(&control->turn, turn);
		}
	}
	SYS(alarm, 0);
}

uint64_t run_stream(
	const struct stream *s, enum run_detail detail, void (*print)(const char *, unsigned))
{
	long first;

	stream = s;
	memset(control, 0, offsetof(struct shared, log));
	control->detail = detail;
	control->hash = 0xcbf29ce484222325ull;
	control->turn = -1u;
	control->process[0] = 1;
	control->turn = next_turn(-1u);
	first = SYS(clone, SIGCHLD);
	if (first == 0)
		run_first();
	wait_for_all(first);
	if (control->log_length)
		print(control->log, control->log_length);
	for (unsigned i = 0; i < stream->nr_ops; i++) {
		if (!control->passed_over[i])
			continue;
		put("passed over ");
		put_decimal(i);
		put("\n");
		print(line, line_length);
		line_length = 0;
	}
	return control->hash;
}

/* ---- Before the first stream ----------------------------------------------------------------- */

/*
 * Kernels differ in what they put below the stack. We fill all that is free above TOP, so that both
 * place the first mapping of a stream right below it. Shared memory never becomes one with a
 * neighbour.
 */
static bool fill_above_top(void)
{
	uint64_t free_end = SYS(mmap, 0, OP_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long filled;

	if (free_end > -4096ul || free_end < TOP)
		return false;
	free_end += OP_PAGE;
	filled = SYS(mmap, TOP, free_end - TOP, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	return filled == (long)TOP;
}

int run_prepare(void)
{
	heap = SYS(brk, 0);
	heap = (heap + OP_PAGE - 1) & -OP_PAGE;
	if ((uint64_t)SYS(brk, heap + HEAP_SKIP) != heap + HEAP_SKIP)
		return false;
	SYS(mprotect, heap, HEAP_SKIP, PROT_NONE);
	heap += HEAP_SKIP;
	return fill_above_top() &&
	       SYS(mmap, CONTROL, sizeof(struct shared), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (long)CONTROL;
}
