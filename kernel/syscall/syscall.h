/* SPDX-License-Identifier: MIT */
/*
 * System calls. Each is a function with its natural arguments,
 *
 *	s64 sys_read(int fd, vaddr_t buf, size_t len);
 *
 * in the sys_*.c file of its topic, and one line SYSCALL(read) in table.h; the number comes from <asm/unistd.h>. It validates, then
 * calls down. The machine's calling convention lets the table call all of them with six registers (System V ABI: an int argument is
 * the low half of its register).
 */
#pragma once

#include "arch/trap.h"
#include "lib/err.h"
#include "lib/types.h"

/* The result of system call `number` with the arguments of tf; -ENOSYS, logged once by name, if there is none. */
s64 syscall_dispatch(struct trapframe *tf, u64 number);
/* "read", or "?" */
const char *syscall_name(u64 number);
