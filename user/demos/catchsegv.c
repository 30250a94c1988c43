// SPDX-License-Identifier: MIT
/*
 * catchsegv.c: catch a SIGSEGV, mend what was wrong, and go on.
 *
 * What to look at: the page is mapped PROT_NONE, so the store faults. The kernel finds no right to
 * do it and sends SIGSEGV; siginfo says where (si_addr) and why (si_code: SEGV_ACCERR, the page is
 * there but not so; SEGV_MAPERR would be: nothing is there). The handler gives the page its rights
 * by mprotect and returns. The processor then repeats the same instruction, which works now: the
 * program never knew. That is how garbage collectors, checkpointers and user-level paging are
 * built.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static char *page;

/* Signal handlers may not use printf; this one formats a little by hand. */
static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(1);
}

static void say_hex(unsigned long value)
{
	char text[] = "0x0000000000000000";

	for (int i = 17; i > 1; i--, value >>= 4)
		text[i] = "0123456789abcdef"[value & 15];
	say(text);
}

static void mend(int signo, siginfo_t *info, void *context)
{
	char *addr = info->si_addr;

	(void)context;
	say("  handler: signal ");
	say(signo == SIGSEGV ? "SIGSEGV" : "?");
	say(info->si_code == SEGV_ACCERR ? ", SEGV_ACCERR" : ", SEGV_MAPERR");
	say(" at ");
	say_hex((unsigned long)addr);
	if (addr < page || addr >= page + PAGE) {
		say(": not our page, giving up\n");
		_exit(1);
	}
	say(": mprotect, and back\n");
	if (mprotect(page, PAGE, PROT_READ | PROT_WRITE) < 0)
		_exit(1);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = mend, .sa_flags = SA_SIGINFO };

	page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	sigaction(SIGSEGV, &action, NULL);
	printf("a page without rights at %p\n", (void *)page);
	fflush(stdout);

	say("storing to byte 100 of it...\n");
	((volatile char *)page)[100] = 42;
	say("stored, as if nothing had been\n");

	printf("byte 100 is %d, byte 101 is %d\n", page[100], page[101]);
	return page[100] == 42 ? 0 : 1;
}
