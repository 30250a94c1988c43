// SPDX-License-Identifier: MIT
/*
 * fault_ucontext.c: What a handler finds in the ucontext: trap number, error code and cr2 tell how
 * memory was touched, and rip stands at the instruction that touched it (at the address itself, if
 * it was jumped to). A general protection fault has no address and leaves cr2 as it was.
 */
#include "test.h"

#include <ucontext.h>

#define NOT_PRESENT 0
#define PRESENT     1
#define WRITE       2
#define USER        4
#define FETCH       16

static sigjmp_buf back;
static volatile struct {
	int signo, code;
	greg_t trapno, err, cr2, rip;
	uintptr_t addr;
} seen;

static void handler(int signo, siginfo_t *info, void *context)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;

	seen.signo = signo;
	seen.code = info->si_code;
	seen.addr = (uintptr_t)info->si_addr;
	seen.trapno = reg[REG_TRAPNO];
	seen.err = reg[REG_ERR];
	seen.cr2 = reg[REG_CR2];
	seen.rip = reg[REG_RIP];
	siglongjmp(back, 1);
}

extern const char reads[], writes[];

static __attribute__((noinline)) void access_by(enum touch_how how, uintptr_t at)
{
	seen.signo = 0;
	if (sigsetjmp(back, 1) != 0)
		return;
	if (how == TOUCH_READ)
		__asm__ volatile(".globl reads; reads: movb (%0), %%al" : : "r"(at) : "rax");
	else if (how == TOUCH_WRITE)
		__asm__ volatile(".globl writes; writes: movb $0, (%0)" : : "r"(at) : "memory");
	else
		((void (*)(void))at)();
}

static void expect(
	const char *what, enum touch_how how, const void *p, int signo, int code, greg_t err)
{
	uintptr_t at = (uintptr_t)p, rip = how == TOUCH_EXEC ? at : (uintptr_t)reads;

	if (how == TOUCH_WRITE)
		rip = (uintptr_t)writes;
	access_by(how, at);
	if (seen.signo != signo || seen.code != code || seen.trapno != 14 || seen.err != err)
		EXPECT_FAILED(
			"%s: signal %d code %d trap %lld error %#llx, expected %d %d 14 %#llx",
			what, seen.signo, seen.code, seen.trapno, seen.err, signo, code, err);
	EXPECT_EQ(seen.addr, at);
	EXPECT_EQ(seen.cr2, (greg_t)at);
	EXPECT_EQ(seen.rip, (greg_t)rip);
}

static void protection_fault(uintptr_t not_canonical)
{
	greg_t cr2 = seen.cr2;

	access_by(TOUCH_READ, not_canonical);
	EXPECT_EQ(seen.signo, SIGSEGV);
	EXPECT_EQ(seen.code, SI_KERNEL);
	EXPECT_EQ(seen.trapno, 13);
	EXPECT_EQ(seen.err, 0);
	EXPECT_EQ(seen.addr, 0);
	EXPECT_EQ(seen.cr2, cr2);
	EXPECT_EQ(seen.rip, (greg_t)(uintptr_t)reads);
}

TEST_IN_DIR()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	int fd = make_file("a", 100);
	char *p = map_anon(8, PROT_READ | PROT_WRITE);
	char *file = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *kernel = (char *)0xffff888000001234;

	CHECK(file != MAP_FAILED);
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	CHECK_OK(sigaction(SIGBUS, &action, NULL));
	CHECK_OK(munmap(p, PAGE));
	p[2 * PAGE] = p[3 * PAGE] = 1;
	CHECK_OK(mprotect(p + PAGE, 2 * PAGE, PROT_READ)); /* one touched, one not */
	CHECK_OK(mprotect(p + 3 * PAGE, PAGE, PROT_NONE));

	expect("read unmapped", TOUCH_READ, p + 5, SIGSEGV, SEGV_MAPERR, USER);
	expect("write unmapped", TOUCH_WRITE, p + 6, SIGSEGV, SEGV_MAPERR, USER | WRITE);
	expect("run unmapped", TOUCH_EXEC, p + 7, SIGSEGV, SEGV_MAPERR, USER | FETCH);
	expect("write read-only", TOUCH_WRITE, p + PAGE + 9, SIGSEGV, SEGV_ACCERR, USER | WRITE);
	expect("write read-only memory that is there", TOUCH_WRITE, p + 2 * PAGE + 9, SIGSEGV,
		SEGV_ACCERR, USER | WRITE | PRESENT);
	expect("run data", TOUCH_EXEC, p + 2 * PAGE, SIGSEGV, SEGV_ACCERR, USER | FETCH | PRESENT);
	expect("read PROT_NONE", TOUCH_READ, p + 4 * PAGE - 1, SIGSEGV, SEGV_ACCERR, USER);
	expect("write PROT_NONE", TOUCH_WRITE, p + 3 * PAGE, SIGSEGV, SEGV_ACCERR, USER | WRITE);
	expect("run PROT_NONE", TOUCH_EXEC, p + 3 * PAGE, SIGSEGV, SEGV_ACCERR, USER | FETCH);
	expect("read behind the file", TOUCH_READ, file + PAGE, SIGBUS, BUS_ADRERR, USER);
	expect("write behind the file", TOUCH_WRITE, file + PAGE + 77, SIGBUS, BUS_ADRERR,
		USER | WRITE);
	/* Whether the kernel has something there is not told. */
	expect("read the kernel", TOUCH_READ, kernel, SIGSEGV, SEGV_MAPERR, USER | PRESENT);
	expect("write the kernel", TOUCH_WRITE, kernel, SIGSEGV, SEGV_MAPERR,
		USER | WRITE | PRESENT);
	expect("run the kernel", TOUCH_EXEC, kernel, SIGSEGV, SEGV_MAPERR, USER | FETCH | PRESENT);
	expect("read the last page", TOUCH_READ, (char *)-PAGE, SIGSEGV, SEGV_MAPERR,
		USER | PRESENT);
	protection_fault(0x800000000000);
	protection_fault(0xffff7fffffffffff);
	expect("read NULL", TOUCH_READ, NULL, SIGSEGV, SEGV_MAPERR, USER);
}
