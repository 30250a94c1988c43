// SPDX-License-Identifier: MIT
/*
 * table.c: number -> function. Every function takes up to six arguments in registers and returns an
 * s64, so all of them are called as if they took six (System V ABI: what a function does not name
 * it does not look at).
 */
#include "syscall/syscall.h"

#include <asm/unistd.h>

_Static_assert(NR_SYSCALLS == 451, "NR_SYSCALLS in boot/layout.inc");

/* Their real types are their own file's affair. */
#define SYSCALL(name) void sys_##name(void);
#include "syscall/table.h"
#undef SYSCALL

#define SYSCALL(name) [__NR_##name] = (syscall_fn)sys_##name,
const syscall_fn syscall_table[NR_SYSCALLS] = {
#include "syscall/table.h"
};
#undef SYSCALL

#define NAME(name) [__NR_##name] = #name,
static const char *const names[NR_SYSCALLS] = {
#include "syscall/names.h"
};
#undef NAME

const char *syscall_name(u64 number)
{
	return number < NR_SYSCALLS && names[number] ? names[number] : "?";
}
