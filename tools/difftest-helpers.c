// SPDX-License-Identifier: MIT
/*
 * difftest-helpers.c: what a printed program may need besides its system calls.
 *
 * Not compiled as it stands: difftest-program.c copies pieces of it. A piece begins with a line
 * that names what it offers, and goes into a program that uses one of these names: in the text of
 * its own, or in a piece that stands behind this one.
 */

/*@ main @*/
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/*@ PAGE @*/
#define PAGE 4096ul

/*@ ARENA @*/
#define ARENA 0x10000000000ul

/*@ STACKS @*/
#define STACKS 0x20000000000ul

/*@ TOP @*/
#define TOP 0x7ffff6000000ul

/*@ SYS @*/
/* Past the C library, which checks arguments by itself, and whose brk tells less. */
#define SYS_(nr, a, b, c, d, e, f, ...)                                                            \
	syscall(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define SYS(name, ...) SYS_(SYS_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/*@ say @*/
/* Written at once, and by nothing that asks for memory; errno stays. */
static void say(const char *format, ...)
{
	static char text[1024];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	SYS(write, STDOUT_FILENO, text, length);
}

/*@ say_result SHOW KEEP @*/
static void say_result(long result)
{
	if (result == -1)
		say("errno %d (%s)\n", errno, strerror(errno));
	else
		say("%#lx\n", result);
}

/*@ SHOW KEEP @*/
/* Makes a call, and says what it was and what came of it. */
#define SHOW(call) show(#call, call)

static void show(const char *call, long result)
{
	say("%s = ", call);
	say_result(result);
}

/*@ KEEP @*/
/* The same with a call that gives an address, which is kept for later. */
#define KEEP(variable, call)                                                                       \
	do {                                                                                       \
		long result = call;                                                                \
		show(#variable " = " #call, result);                                               \
		variable = result == -1 ? variable : (unsigned long)result;                        \
	} while (0)

/*@ HEAP prepare_heap @*/
/* What brk may move begins here, behind the program's own. */
#define HEAP 0x600000ul

/*@ prepare_heap @*/
static void prepare_heap(void)
{
	if (SYS(brk, HEAP) != HEAP)
		say("The program's own heap does not end before %#lx\n", HEAP);
}

/*@ prepare_addresses @*/
/* The next addresses that a kernel chooses are right below TOP, and the same ones on all kernels:
 * nothing is random, and what is free above is filled. */
static void prepare_addresses(char **argv)
{
	unsigned long end;

	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
	}
	end = SYS(mmap, 0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + PAGE;
	if (end < TOP || SYS(mmap, TOP, end - TOP, PROT_NONE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == -1)
		say("The kernel does not place memory above %#lx: see ulimit -s\n", TOP);
}

/*@ make_file @*/
static int make_file(const char *name, unsigned seed)
{
	static unsigned char block[5 * PAGE + 123];
	int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0666);

	for (unsigned i = 0; i < sizeof(block); i++)
		block[i] = i * 7 + (i >> 8) * 13 + seed;
	if (SYS(write, file, block, sizeof(block)) != sizeof(block))
		say("%s: %s\n", name, strerror(errno));
	return file;
}

/*@ make_pipe @*/
/* Its reading end; nobody can write to it. */
static int make_pipe(void)
{
	int ends[2];

	if (pipe(ends) < 0)
		say("pipe: %s\n", strerror(errno));
	close(ends[1]);
	return ends[0];
}

/*@ drop_privilege @*/
static void drop_privilege(void)
{
	struct rlimit limit = { 24 * PAGE, 24 * PAGE };

	setrlimit(RLIMIT_MEMLOCK, &limit);
	SYS(setresuid, 1000, 1000, 1000);
}

/*@ limit_room @*/
/* A line of /proc/self/status with a number of kB, in bytes. */
static unsigned long status_bytes(const char *name)
{
	static char text[4096];
	int file = open("/proc/self/status", O_RDONLY);
	unsigned long kb = 0;
	const char *line;

	SYS(read, file, text, sizeof(text) - 1);
	close(file);
	line = strstr(text, name);
	if (line)
		sscanf(line + strlen(name), "%lu", &kb);
	return kb << 10;
}

static void limit(int resource, unsigned long bytes)
{
	struct rlimit limit = { bytes, bytes };

	setrlimit(resource, &limit);
}

static void limit_room(void)
{
	limit(RLIMIT_AS, status_bytes("VmSize:") + 640 * PAGE);
	limit(RLIMIT_DATA, status_bytes("VmData:") + 160 * PAGE);
	limit(RLIMIT_STACK, 40 * PAGE);
}

/*@ zero_tail @*/
/* Clears what a mapping wrote behind the end of a file on a disk: newer kernels do so when the file
 * grows, Linux 6.1 only when its size is set. */
static void zero_tail(int file)
{
	struct stat st;

	if (SYS(fstat, file, &st) == 0)
		SYS(ftruncate, file, st.st_size);
}

/*@ touch catch_faults peek poke execute fill show_memory show_mincore @*/
static volatile sig_atomic_t is_touching;
static sigjmp_buf after_fault;
static struct {
	int signal, code;
	unsigned long address, trap, error;
} fault;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	if (!is_touching) {
		say("the program itself faulted: signal %d address %p\n", signo, info->si_addr);
		_exit(1);
	}
	fault.signal = signo;
	fault.code = info->si_code;
	fault.address = (unsigned long)info->si_addr;
	fault.trap = regs[REG_TRAPNO];
	/* Bit 0 tells if a page was present: kernels may map more than is asked for. */
	fault.error = regs[REG_ERR] & ~1ul;
	siglongjmp(after_fault, 1);
}

static void catch_faults(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

enum access {
	READ,
	WRITE,
	EXECUTE
};

/* The byte that was read; 0; or -1 after a signal. */
static int touch(enum access how, unsigned long address, unsigned char byte)
{
	volatile int result = -1;

	is_touching = 1;
	if (sigsetjmp(after_fault, 0) == 0) {
		if (how == READ)
			result = *(volatile unsigned char *)address;
		else if (how == WRITE)
			*(volatile unsigned char *)address = byte;
		else
			((void (*)(void))address)();
		if (how != READ)
			result = 0;
	}
	is_touching = 0;
	return result;
}

/*@ say_touch peek poke execute @*/
static const char *code_name(void)
{
	if (fault.signal == SIGSEGV)
		return fault.code == SEGV_MAPERR   ? ", SEGV_MAPERR"
		       : fault.code == SEGV_ACCERR ? ", SEGV_ACCERR"
						   : "";
	return fault.signal == SIGBUS && fault.code == BUS_ADRERR ? ", BUS_ADRERR" : "";
}

static void say_touch(int result)
{
	if (result >= 0)
		say("%#x", result);
	else
		say("signal %d code %d address %#lx trap %ld error %#lx (%s%s)", fault.signal,
			fault.code, fault.address, fault.trap, fault.error,
			fault.signal == SIGSEGV  ? "SIGSEGV"
			: fault.signal == SIGBUS ? "SIGBUS"
						 : strsignal(fault.signal),
			code_name());
}

/*@ peek @*/
static void peek(unsigned long address)
{
	say("peek(%#lx) = ", address);
	say_touch(touch(READ, address, 0));
	say("\n");
}

/*@ poke @*/
static void poke(unsigned long address, unsigned char byte)
{
	say("poke(%#lx, %#x) = ", address, byte);
	say_touch(touch(WRITE, address, byte));
	say("\n");
}

/*@ execute @*/
/* Writes a return instruction, if that can be, reads it, and calls it unless something else is
 * seen to stand there. */
static void execute(unsigned long address)
{
	const unsigned char ret = 0xc3;
	int found;

	say("execute(%#lx) = ", address);
	say_touch(touch(WRITE, address, ret));
	say(", ");
	found = touch(READ, address, 0);
	say_touch(found);
	if (found < 0 || found == ret) {
		say(", ");
		say_touch(touch(EXECUTE, address, 0));
	}
	say("\n");
}

/*@ fill @*/
/* Eight bytes of each page; says how many pages could be written. */
static void fill(unsigned long address, unsigned nr_pages, unsigned char byte)
{
	unsigned page = 0, at = 0;

	while (page < nr_pages && touch(WRITE, address + page * PAGE + (page & 7) + at * PAGE / 8,
					  byte + page) == 0) {
		at = (at + 1) % 8;
		page += at == 0;
	}
	say("fill(%#lx, %u, %#x) = %u\n", address, nr_pages, byte, page);
}

/*@ next_mapping read_maps show_maps show_memory show_mincore @*/
struct mapping {
	unsigned long start, end, offset;
	char perms[5], path[256];
};

static const char *read_maps(void)
{
	static char text[65536];
	int file = open("/proc/self/maps", O_RDONLY);
	long length = 0, got;

	while ((got = SYS(read, file, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	close(file);
	text[length] = '\0';
	return text;
}

/* The line behind it; NULL: there is none. */
static const char *parse_mapping(const char *line, struct mapping *m)
{
	m->path[0] = '\0';
	if (sscanf(line, "%lx-%lx %4s %lx %*s %*s%*[ ]%255[^\n]", &m->start, &m->end, m->perms,
		    &m->offset, m->path) < 4)
		return NULL;
	return strchr(line, '\n') + 1;
}

/* Of what may be one mapping, only the part up to the end of the heap is called so. */
static int has_same_name(const struct mapping *m, const struct mapping *next)
{
	return strcmp(next->path, m->path) == 0 ||
	       (!next->path[0] && strcmp(m->path, "[heap]") == 0);
}

static int is_alike(const struct mapping *m, const struct mapping *next)
{
	return next->start == m->end && strcmp(next->perms, m->perms) == 0 &&
	       has_same_name(m, next) &&
	       (m->path[0] != '/' || next->offset - m->offset == next->start - m->start);
}

/* The next one that is not the program's own. Of private ones that are alike, Linux may see one or
 * several, by when they were first written to: here they are one. */
static const char *next_mapping(const char *line, struct mapping *m)
{
	struct mapping next;
	const char *behind;

	do
		line = parse_mapping(line, m);
	while (line && m->end <= HEAP);
	if (!line || m->start >= TOP)
		return NULL;
	if (m->start < HEAP)
		m->start = HEAP;
	while (m->perms[3] == 'p' && (behind = parse_mapping(line, &next)) != NULL &&
		is_alike(m, &next)) {
		m->end = next.end;
		line = behind;
	}
	return line;
}

/*@ show_maps @*/
static void show_maps(void)
{
	const char *line = read_maps();
	struct mapping m;

	while ((line = next_mapping(line, &m)) != NULL)
		say("    %lx-%lx %s %lx %s\n", m.start, m.end, m.perms, m.offset, m.path);
}

/*@ sum_page show_memory show_file @*/
static unsigned long sum_page(const unsigned long *words, unsigned long sum)
{
	for (unsigned i = 0; i < PAGE / sizeof(*words); i += 4)
		sum = (sum ^ words[i] ^ words[i + 1] << 1 ^ words[i + 2] << 2 ^ words[i + 3] << 3) *
		      0x9e3779b97f4a7c15ul;
	return sum;
}

/*@ show_memory @*/
/* All that can be read, as a sum of each page. */
static void show_memory(void)
{
	const char *line = read_maps();
	struct mapping m;

	say("memory\n");
	while ((line = next_mapping(line, &m)) != NULL)
		for (unsigned long page = m.start; page < m.end && page < m.start + 64 * PAGE;
			page += PAGE)
			if (m.perms[0] == 'r' && touch(READ, page, 0) >= 0)
				say("    page %lx sum %lx\n", page,
					sum_page((const unsigned long *)page, 0));
			else if (m.perms[0] == 'r')
				say("    page %lx signal %d\n", page, fault.signal);
}

/*@ show_file @*/
static void show_file(const char *name, int file)
{
	static unsigned long page[PAGE / sizeof(unsigned long)];
	unsigned long sum = 0;
	long got, at = 0;
	struct stat st;

	SYS(fstat, file, &st);
	do {
		memset(page, 0, sizeof(page));
		got = SYS(pread64, file, page, sizeof(page), at);
		if (got > 0)
			sum = sum_page(page, sum);
		at += got;
	} while (got > 0);
	say("    %s size %lx sum %lx\n", name, (unsigned long)st.st_size, sum);
}

/*@ is_forked @*/
static int is_forked; /* not the first process */

/*@ show_mincore @*/
/* Which pages of a file are in memory, and which of those that it shares with its parent a child
 * finds in its page table, is for the kernel to choose. So these are read before. */
static int is_residency_defined(unsigned long page)
{
	const char *line = read_maps();
	struct mapping m;

	while ((line = next_mapping(line, &m)) != NULL)
		if (page >= m.start && page < m.end)
			return (!is_forked && !m.path[0] && m.perms[3] == 'p') ||
			       touch(READ, page, 0) >= 0;
	return 0;
}

/* answers: where the kernel shall put them; 0: where there is room. */
static void show_mincore(unsigned long address, unsigned long length, unsigned long answers)
{
	static unsigned char vec[1024], is_defined[1024];
	unsigned long nr_pages;
	long result;

	if (length < 1ul << 46 && length > sizeof(vec) * PAGE)
		length = sizeof(vec) * PAGE;
	nr_pages = (length + PAGE - 1) / PAGE;
	for (unsigned long i = 0; i < nr_pages && i < sizeof(vec); i++)
		is_defined[i] = is_residency_defined(address + i * PAGE);
	result = SYS(mincore, address, length, answers ? answers : (unsigned long)vec);
	say("mincore(%#lx, %#lx, %#lx) = ", address, length, answers);
	for (unsigned long i = 0; result == 0 && i < nr_pages && i < 64; i++)
		say(!is_defined[i] ? "-" : vec[i] & 1 ? "1" : "0");
	say(" ");
	say_result(result);
}

/*@ TURN @*/
/*
 * Several processes and threads, each of which has a number. They all go through the same steps, in
 * turns: a step is carried out by the one whose it is, and the others wait meanwhile.
 */
#define NR_SLOTS 5
static volatile struct {
	int step;              /* that is due */
	int process[NR_SLOTS]; /* the number's; 0: nobody has it, and its steps are left out */
	int is_thread[NR_SLOTS];
} * shared;

/* The steps themselves, from one of them on; `me` is the caller's number. */
static void take_steps(int me, int from);

#define TURN(step, whose)                                                                          \
	for (int mine = begin_turn(step, whose, me, from); mine; mine = end_turn())

static int begin_turn(int step, int whose, int me, int from)
{
	static const struct timespec moment = { 0, 100000 };

	while (step >= from && shared->step <= step) {
		if (shared->step == step && shared->process[whose] == 0) {
			__sync_val_compare_and_swap(&shared->step, step, step + 1);
		} else if (shared->step == step && whose == me) {
			say("slot %d: ", me);
			return 1;
		} else {
			SYS(nanosleep, &moment, NULL);
		}
	}
	return 0;
}

static int end_turn(void)
{
	shared->step++;
	return 0;
}

/* Before all else. */
static void prepare_turns(void)
{
	shared = (void *)SYS(mmap, 0, sizeof(*shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* The first process; this one waits until all are gone. What hangs is killed. */
static void start_first_process(void)
{
	int process, status;

	if (fork() == 0) {
		alarm(60);
		shared->process[0] = getpid();
		take_steps(0, 0);
		_exit(0);
	}
	while ((process = waitpid(-1, &status, 0)) > 0)
		for (int slot = 0; slot < NR_SLOTS; slot++) {
			if (shared->process[slot] != process)
				continue;
			if (status != 0)
				say("slot %d ended with status %#x\n", slot, status);
			shared->process[slot] = 0;
		}
}

/*@ start_process @*/
/* Past the C library, too: it would ask for the thread's own data, which our threads have not. */
static long start_process(int slot)
{
	int next_step = shared->step + 1;
	long process = SYS(clone, CLONE_PARENT | SIGCHLD);

	if (process < 0)
		return process;
	if (process == 0) {
		alarm(60);
		is_forked = 1;
		take_steps(slot, next_step);
		SYS(exit_group, 0);
	}
	shared->is_thread[slot] = 0;
	shared->process[slot] = process;
	return 0;
}

/*@ start_thread @*/
__attribute__((used)) static void thread_main(int slot, int next_step)
{
	take_steps(slot, next_step);
	SYS(exit, 0);
}

/* Not by pthread_create, which asks for memory of its own. */
static long start_thread(int slot)
{
	static long stacks[NR_THREADS][4096] __attribute__((aligned(16)));
	static int nr_threads;
	long flags =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	long *stack = stacks[nr_threads++ + 1] - 2;
	long result = SYS_clone;

	stack[0] = slot;
	stack[1] = shared->step + 1;
	__asm__ volatile("syscall\n"
			 "testq %%rax, %%rax\n"
			 "jnz 1f\n"
			 "popq %%rdi\n"
			 "popq %%rsi\n"
			 "xorl %%ebp, %%ebp\n"
			 "call thread_main\n"
			 "1:"
			 : "+a"(result)
			 : "D"(flags), "S"(stack)
			 : "rcx", "r11", "memory");
	if (result < 0) {
		errno = -result;
		return -1;
	}
	shared->is_thread[slot] = 1;
	shared->process[slot] = getpid();
	return 0;
}

/*@ leave @*/
/* The end of a thread, or of a process with all of its threads. */
static void leave(int me)
{
	say("leave()\n");
	if (!shared->is_thread[me])
		SYS(exit_group, 0);
	shared->process[me] = 0;
	SYS(exit, 0);
}
