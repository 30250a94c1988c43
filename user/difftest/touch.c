// SPDX-License-Identifier: MIT
/* touch.c: touches memory, and notes signals with code, address, trap number and error code. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

#include "log.h"
#include "ops.h"
#include "syscalls.h"
#include "touch.h"

/* Calls what stands there. 0, or -1 after a signal. */
long touch_exec(uint64_t address);
extern const char touch_begin[], touch_end[], touch_failed[];
__asm__(".globl touch_read, touch_write\n"
	"touch_begin:\n"
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

int touch_signal(void)
{
	return fault.signal;
}

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

void catch_faults(void)
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

void run_touch(uint64_t address, uint64_t how, unsigned char byte)
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

long run_fill(uint64_t address, uint64_t nr_pages, unsigned char byte)
{
	for (uint64_t page = 0; page < nr_pages; page++)
		for (uint64_t at = page & 7; at < OP_PAGE; at += OP_PAGE / 8)
			if (touch_write(address + page * OP_PAGE + at, byte + page) < 0)
				return page;
	return nr_pages;
}
