// SPDX-License-Identifier: MIT
/*
 * exec_initial_stack.c: At the first instruction the stack pointer is a multiple of 16 and points
 * at argc; a program without a C library checks it.
 */
#include "test.h"

/*
 * A whole ELF file of one page: exit(rsp & 15 ? 1 : argc). The header and one program header, then
 * code: mov (%rsp),%rdi; mov %rsp,%rax; and $15,%eax; jz 1f; mov $99,%edi; 1: mov $60,%eax; syscall
 */
static const unsigned char code[] = { 0x48, 0x8b, 0x3c, 0x24, 0x48, 0x89, 0xe0, 0x83, 0xe0, 0x0f,
	0x74, 0x05, 0xbf, 99, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 };

#include <elf.h>

TEST_IN_DIR()
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		unsigned char code[sizeof(code)];
	} file = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = 0x400000 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = 0x400000,
			.p_filesz = sizeof(file),
			.p_memsz = sizeof(file),
			.p_align = PAGE },
	};
	int fd;

	memcpy(file.code, code, sizeof(code));
	fd = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	CHECK_EQ(write(fd, &file, sizeof(file)), sizeof(file));
	CHECK_OK(close(fd));
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
