// SPDX-License-Identifier: MIT
/*
 * exec_static_pie.c: A position independent program without an interpreter (static-PIE) is loaded
 * at an address of the kernel's choice, page aligned: it runs, and exits with the low bits of where
 * it is.
 */
#include "test.h"

#include <elf.h>

/*
 * lea -7(%rip), %rdi (this very instruction); and $0xfff, %edi; shr $4, %edi; mov $60, %eax;
 * syscall
 */
static const unsigned char code[] = { 0x48, 0x8d, 0x3d, 0xf9, 0xff, 0xff, 0xff, 0x81, 0xe7, 0xff,
	0x0f, 0, 0, 0xc1, 0xef, 4, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 };

TEST_IN_DIR()
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		unsigned char room[0x200 - sizeof(Elf64_Ehdr) - sizeof(Elf64_Phdr)];
		unsigned char code[sizeof(code)];
	} file = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = 0x200,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = 0,
			.p_filesz = sizeof(file),
			.p_memsz = sizeof(file),
			.p_align = PAGE },
	};
	pid_t pid;
	int fd;

	memcpy(file.code, code, sizeof(code));
	fd = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	CHECK_EQ(write(fd, &file, sizeof(file)), sizeof(file));
	CHECK_OK(close(fd));
	pid = fork_child();
	if (pid == 0) {
		execl("program", "program", NULL);
		_exit(200);
	}
	CHECK_EXITS(pid, 0x200 >> 4);
}
