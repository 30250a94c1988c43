// SPDX-License-Identifier: MIT
/*
 * table.c: number -> function. Every function takes up to six arguments in registers and returns an s64, so all of them are called
 * as if they took six (System V ABI: what a function does not name it does not look at).
 */
#include "syscall/syscall.h"

#include <asm/unistd.h>
#include "debug/printk.h"
#include "lib/bitmap.h"
#include "sched/thread.h"

typedef s64 (*syscall_fn)(u64, u64, u64, u64, u64, u64);

#define NR_SYSCALLS 451

/* Their real types are their own file's affair. */
#define SYSCALL(name) void sys_##name(void);
#include "syscall/table.h"
#undef SYSCALL

#define SYSCALL(name) [__NR_##name] = (syscall_fn)sys_##name,
static const syscall_fn table[NR_SYSCALLS] = {
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

/* Programs try calls that they can do without: one line each is enough. */
static s64 __noinline not_implemented(u64 number)
{
	static u64 told[BITMAP_WORDS(NR_SYSCALLS + 1)];
	u64 bit = min(number, (u64)NR_SYSCALLS), mask = 1UL << bit % 64;

	if (!(__atomic_fetch_or(&told[bit / 64], mask, __ATOMIC_RELAXED) & mask))
		pr_info("%s: system call %ld (%s) is not implemented", current_thread()->name, (s64)number,
			syscall_name(number));
	return -ENOSYS;
}

s64 syscall_dispatch(struct trapframe *tf, u64 number)
{
	syscall_fn fn;

	if (unlikely(number >= NR_SYSCALLS))
		return not_implemented(number);
	fn = table[number];
	if (unlikely(!fn))
		return not_implemented(number);
	return fn(tf->rdi, tf->rsi, tf->rdx, tf->r10, tf->r8, tf->r9);
}
