// SPDX-License-Identifier: MIT
/*
 * exec_initial_stack.c: At the first instruction the stack pointer is a multiple of 16 and points
 * at argc; a program without a C library checks it.
 */
#include "tiny_elf.h"

/*
 * exit(rsp & 15 ? 99 : argc): mov (%rsp),%rdi; mov %rsp,%rax; and $15,%eax; jz 1f; mov $99,%edi;
 * 1: mov $60,%eax; syscall
 */
static const unsigned char code[] = { 0x48, 0x8b, 0x3c, 0x24, 0x48, 0x89, 0xe0, 0x83, 0xe0, 0x0f,
	0x74, 0x05, 0xbf, 99, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 };

TEST_IN_DIR()
{
	make_tiny_elf(ET_EXEC, 0x400000, code, sizeof(code));
	for (int args = 1; args < 8; args++) {
		char *argv[9] = { "a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg" };
		char *envp[] = { "E=1", NULL };
		pid_t pid = fork_child();

		argv[args] = NULL;
		if (pid == 0) {
			execve("program", argv, envp);
			_exit(200);
		}
		CHECK_EXITS(pid, args);
	}
}
