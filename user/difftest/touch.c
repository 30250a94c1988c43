// SPDX-License-Identifier: MIT
/* touch.c: touches memory, and notes signals with code, address, trap number and error code. Pieces of
 * it go into printed programs (tools/difftest-helpers.c). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

#include "log.h"
#include "ops.h"
#include "syscalls.h"
#include "touch.h"

/* A touch that failed: there is one at a time, for those of a stream take turns. */
static struct {
	int signal, code;
	uint64_t address, trap, error;
} fault;

int touch_signal(void)
{
	return fault.signal;
}

static void own_fault(int signo, const void *address, uint64_t rip)
{
	put(" the program itself faulted: signal ");
	put_decimal(signo);
	put(" address ");
	put_hex((uint64_t)address);
	put(" rip ");
	put_hex(rip);
	end_line();
	SYS(exit_group, 1);
}

/*@ touch_read touch_write run_touch_code catch_faults @*/
static volatile sig_atomic_t is_touching;
static sigjmp_buf after_fault;

/* Whether a page was there already depends on what the kernel chose to map beforehand. */
#define ERROR_PRESENT 1ul

static void on_fault(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	if (!is_touching)
		own_fault(signo, info->si_addr, regs[REG_RIP]);
	fault.signal = signo;
	fault.code = info->si_code;
	fault.address = (uint64_t)info->si_addr;
	fault.trap = regs[REG_TRAPNO];
	fault.error = regs[REG_ERR] & ~ERROR_PRESENT;
	siglongjmp(after_fault, 1);
}

void catch_faults(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

/* The byte that was read; 0; or -1 after a signal. */
static long touch(int how, uint64_t address, unsigned char byte)
{
	volatile long result = -1;

	is_touching = 1;
	if (sigsetjmp(after_fault, 0) == 0) {
		if (how == TOUCH_READ)
			result = *(volatile unsigned char *)address;
		else if (how == TOUCH_WRITE)
			*(volatile unsigned char *)address = byte;
		else
			((void (*)(void))address)();
		if (how != TOUCH_READ)
			result = 0;
	}
	is_touching = 0;
	return result;
}

long touch_read(uint64_t address)
{
	return touch(TOUCH_READ, address, 0);
}

long touch_write(uint64_t address, unsigned char byte)
{
	return touch(TOUCH_WRITE, address, byte);
}

/*@ run_touch_code @*/
#define RET_INSTRUCTION 0xc3

/* Writes a return instruction, if that can be, reads it, and calls it unless something else is seen to
 * stand there, which may do anything. told: what each of these touches gave. */
static void run_touch_code(uint64_t address, void (*told)(unsigned nr, long result))
{
	long found;

	told(0, touch_write(address, RET_INSTRUCTION));
	found = touch_read(address);
	told(1, found);
	if (found < 0 || found == RET_INSTRUCTION)
		told(2, touch(TOUCH_EXEC, address, 0));
}

/*@ run_fill @*/
/* Eight bytes of each page; gives how many pages could be written. */
long run_fill(uint64_t address, uint64_t nr_pages, unsigned char byte)
{
	for (uint64_t page = 0; page < nr_pages; page++)
		for (uint64_t at = page & 7; at < PAGE; at += PAGE / 8)
			if (touch_write(address + page * PAGE + at, byte + page) < 0)
				return page;
	return nr_pages;
}

/*@ @*/
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
	put_hex(fault.error);
}

static void put_part(unsigned nr, long result)
{
	put(nr ? ", " : "");
	put_touch(result);
}

void run_touch(uint64_t address, uint64_t how, unsigned char byte)
{
	if (how == TOUCH_READ)
		put_touch(touch_read(address));
	else if (how == TOUCH_WRITE)
		put_touch(touch_write(address, byte));
	else
		run_touch_code(address, put_part);
}
