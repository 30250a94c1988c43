/* SPDX-License-Identifier: MIT */
/* tiny_elf.h: programs of a few instructions, without a C library. */
#ifndef TINY_ELF_H
#define TINY_ELF_H

#include <elf.h>

#include "test.h"

#define TINY_CODE 0x200 /* where in the file the instructions stand */

/* A file "program" of one segment, which is at `base` and holds all of it. type: ET_*. */
TEST_HELPER_FN void make_tiny_elf(int type, uintptr_t base, const unsigned char *code, size_t size)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		unsigned char room[TINY_CODE - sizeof(Elf64_Ehdr) - sizeof(Elf64_Phdr)];
		unsigned char code[64];
	} file = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = type,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = base + TINY_CODE,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = base,
			.p_filesz = sizeof(file),
			.p_memsz = sizeof(file),
			.p_align = PAGE },
	};
	int fd;

	CHECK(size <= sizeof(file.code));
	memcpy(file.code, code, size);
	fd = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	CHECK_EQ(write(fd, &file, sizeof(file)), sizeof(file));
	CHECK_OK(close(fd));
}

#endif
