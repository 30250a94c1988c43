// SPDX-License-Identifier: MIT
/*
 * difftest-helpers.c: what a printed program may need besides its system calls.
 *
 * Not compiled as it stands: difftest-program.c copies pieces of it, and of the files of user/difftest
 * that it includes, which do the same in the guest. A piece begins with a line that names what it
 * offers, and goes into a program that uses one of these names: in the text of its own, or in a piece
 * that stands behind this one. What stands behind a line without names goes into none. The first piece
 * goes into all; behind it come those constants of user/difftest/ops.h that are used.
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
#include <stdbool.h>
#include <stdint.h>
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

/*@ prepare_heap @*/
static void prepare_heap(void)
{
	if (SYS(brk, HEAP) != HEAP)
		say("The program's own heap does not end before %#lx\n", HEAP);
}

#include "../user/difftest/run.c"

/*@ prepare_addresses @*/
/* The next addresses that a kernel chooses are right below TOP, and the same ones on all kernels:
 * nothing is random, and what is free above is filled. */
static void prepare_addresses(char **argv)
{
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
	}
	if (!fill_above_top())
		say("The kernel does not place memory above %#lx: see ulimit -s\n", TOP);
}

/*@ catch_faults touch_read touch_write run_touch_code @*/
/* What a touch that failed brought. */
static struct {
	int signal, code;
	uint64_t address, trap, error;
} fault;

static void own_fault(int signo, const void *address, uint64_t rip)
{
	say("the program itself faulted: signal %d address %p rip %#lx\n", signo, address, rip);
	_exit(1);
}

#include "../user/difftest/touch.c"

/*@ say_touch peek poke execute @*/
static const char *code_name(void)
{
	if (fault.signal == SIGSEGV)
		return fault.code == SEGV_MAPERR   ? ", SEGV_MAPERR"
		       : fault.code == SEGV_ACCERR ? ", SEGV_ACCERR"
						   : "";
	return fault.signal == SIGBUS && fault.code == BUS_ADRERR ? ", BUS_ADRERR" : "";
}

static void say_touch(long result)
{
	if (result >= 0)
		say("%#lx", result);
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
	say_touch(touch_read(address));
	say("\n");
}

/*@ poke @*/
static void poke(unsigned long address, unsigned char byte)
{
	say("poke(%#lx, %#x) = ", address, byte);
	say_touch(touch_write(address, byte));
	say("\n");
}

/*@ execute @*/
static void say_part(unsigned nr, long result)
{
	say(nr ? ", " : "");
	say_touch(result);
}

static void execute(unsigned long address)
{
	say("execute(%#lx) = ", address);
	run_touch_code(address, say_part);
	say("\n");
}

/*@ fill @*/
static void fill(unsigned long address, unsigned nr_pages, unsigned char byte)
{
	say("fill(%#lx, %u, %#x) = %ld\n", address, nr_pages, byte,
		run_fill(address, nr_pages, byte));
}

#include "../user/difftest/maps.h"

/*@ read_maps @*/
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

#include "../user/difftest/maps.c"

/*@ show_maps @*/
static void show_maps(void)
{
	const char *line = read_maps();
	struct mapping m;

	while ((line = next_mapping(line, &m)) != NULL)
		say("    %lx-%lx %s %lx %s\n", m.start, m.end, m.perms, m.offset, m.path);
}

#include "../user/difftest/sums.c"

/*@ show_memory @*/
/* All that can be read, as a sum of each page. */
static void show_memory(void)
{
	const char *line = read_maps();
	struct mapping m;

	say("memory\n");
	while ((line = next_mapping(line, &m)) != NULL)
		for (unsigned long page = m.start;
			page < m.end && page < m.start + SUM_PAGES * PAGE; page += PAGE)
			if (m.perms[0] == 'r' && touch_read(page) >= 0)
				say("    page %lx sum %lx\n", page,
					sum_page((const uint64_t *)page, 0));
			else if (m.perms[0] == 'r')
				say("    page %lx signal %d\n", page, fault.signal);
}

/*@ show_file @*/
static void show_file(const char *name, int file)
{
	struct stat st;
	uint64_t sum;

	SYS(fstat, file, &st);
	sum_file(file, &sum);
	say("    %s size %lx sum %lx\n", name, (unsigned long)st.st_size, sum);
}

/*@ is_forked @*/
static bool is_forked; /* not the first process */

#include "../user/difftest/run_op.c"

/*@ show_mincore @*/
static void show_mincore(unsigned long address, unsigned long length, unsigned long answers)
{
	char shown[MAX_SHOWN + 1];
	long result = ask_mincore(address, length, answers, shown);

	say("mincore(%#lx, %#lx, %#lx) = %s ", address, length, answers, shown);
	say_result(result);
}

/*@ TURN @*/
/*
 * Several processes and threads, each of which has a number. They all go through the same steps, in
 * turns: a step is carried out by the one whose it is, and the others wait meanwhile.
 */
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
		is_forked = true;
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
