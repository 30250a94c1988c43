// SPDX-License-Identifier: MIT
/*
 * exec_static_pie.c: A position independent program without an interpreter (static-PIE) is loaded
 * at an address of the kernel's choice, page aligned: it runs, and exits with the low bits of where
 * it is.
 */
#include "tiny_elf.h"

/*
 * lea -7(%rip), %rdi (this very instruction); and $0xfff, %edi; shr $4, %edi; mov $60, %eax;
 * syscall
 */
static const unsigned char code[] = { 0x48, 0x8d, 0x3d, 0xf9, 0xff, 0xff, 0xff, 0x81, 0xe7, 0xff,
	0x0f, 0, 0, 0xc1, 0xef, 4, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 };

TEST_IN_DIR()
{
	pid_t pid;

	make_tiny_elf(ET_DYN, 0, code, sizeof(code));
	pid = fork_child();
	if (pid == 0) {
		execl("program", "program", NULL);
		_exit(200);
	}
	CHECK_EXITS(pid, TINY_CODE >> 4);
}
