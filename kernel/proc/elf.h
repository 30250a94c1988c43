/* SPDX-License-Identifier: MIT */
/* ELF programs: reading headers and mapping segments. System V ABI, chapter 5; AMD64 supplement. */
#pragma once

#include <linux/elf.h>
#include "proc/exec.h"

#define ELF_MAX_PHDRS (65536 / sizeof(Elf64_Phdr)) /* Linux's bound: 64 KiB of them */

struct elf_headers {
	Elf64_Ehdr ehdr;
	Elf64_Phdr *phdrs; /* ehdr.e_phnum of them; elf_free_headers() */
};

/* Reads and checks the headers. 0, -ENOEXEC (not an ELF program for this machine, or damaged),
 * -EIO, -ENOMEM. */
int elf_read_headers(struct file *f, struct elf_headers *h);
void elf_free_headers(struct elf_headers *h);
/* The path in PT_INTERP, kmalloc'd; NULL: there is none; ERR_PTR(-ENOEXEC, -ENOMEM, -EIO). */
char *elf_interpreter_path(struct file *f, const struct elf_headers *h);
/* PT_GNU_STACK: may the stack hold code? */
bool elf_wants_executable_stack(const struct elf_headers *h);

/* Maps the program (and its interpreter) into image->mm and fills the image. Pages come lazily from
 * the page cache. 0 or -errno. */
int elf_load(struct exec_image *image, const struct elf_headers *program,
	const struct elf_headers *interpreter);
