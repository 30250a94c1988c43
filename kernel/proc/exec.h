/* SPDX-License-Identifier: MIT */
/* Running a program: execve(2), execveat(2). */
#pragma once

#include "fs/context.h"
#include "fs/vfs.h"
#include "lib/types.h"
#include "proc/exec_args.h"

/* execve(2): 0, and the registers at the top of the kernel stack are the new program's; or -errno,
 * and nothing has changed. */
s64 exec_user(int dirfd, vaddr_t path, vaddr_t argv, vaddr_t envp, int flags);
/* The same for the first program, which a kernel thread becomes: its registers go to *regs. */
struct trapframe;
s64 exec_kernel(
	const char *path, const char *const *argv, const char *const *envp, struct trapframe *regs);

/* What is known of a program that is being started. */
struct exec_image {
	struct file *file;        /* the ELF file; counted as running (ETXTBSY) */
	struct file *interpreter; /* its PT_INTERP, or NULL */
	struct mm *mm;            /* the new address space */
	u32 personality;          /* as it will be */
	bool randomize;
	bool executable_stack;
	bool shares_fs;          /* another process has the same directories */
	bool unreadable;         /* by the user who runs it: not dumpable */
	bool secure;             /* AT_SECURE */
	const struct cred *cred; /* after set-user-ID; with a reference until it is the thread's */
	/* filled by elf_load() */
	vaddr_t load_bias;
	vaddr_t entry; /* of the program; AT_ENTRY */
	vaddr_t start; /* where to start: the interpreter's entry, or the program's */
	vaddr_t phdr;  /* AT_PHDR */
	u32 phnum;
	vaddr_t interp_base; /* AT_BASE */
	vaddr_t vdso;        /* AT_SYSINFO_EHDR */
	vaddr_t stack;       /* initial stack pointer */
};

/* exec_stack.c: strings, vectors and auxv on the new stack, below `top`; sets image->stack and mm's
 * fields. */
int exec_setup_stack(struct exec_image *image, const struct exec_args *args, vaddr_t top);

u64 exec_random(void);
/* A random number of pages below 2^bits, or 0 if addresses are not to be random. */
u64 exec_random_pages(bool randomize, u32 bits);
/* /proc/sys/kernel/randomize_va_space: 0 off, 1 all but brk, 2 all */
extern u32 exec_randomize_va_space;
