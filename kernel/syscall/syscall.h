/* SPDX-License-Identifier: MIT */
/*
 * System calls. Each is a function with its natural arguments,
 *
 *	s64 sys_read(int fd, vaddr_t buf, size_t len);
 *
 * in the sys_*.c file of its topic, and one line SYSCALL(read) in table.h; the number comes from
 * <asm/unistd.h>. It validates, then calls down. The machine's calling convention lets entry.asm
 * call all of them with six registers (System V ABI: an int argument is the low half of its
 * register).
 */
#pragma once

#include "arch/trap.h"
#include "lib/err.h"
#include "lib/types.h"

/* "read", or "?" */
const char *syscall_name(u64 number);
