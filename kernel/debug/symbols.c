/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses, and the walk up the stack. The table is made from the linked kernel
 * (tools/mksyms, section .ksyms) and linked in by a second pass; in the first pass it is not there,
 * hence the weak symbols.
 *
 * The kernel is compiled with frame pointers: rbp points to { caller's rbp, return address }.
 */
#include "arch/mmu.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "lib/format.h"

#define WEAK __attribute__((weak))
extern const u32 ksyms_count WEAK;
extern const u32 ksyms_offsets[] WEAK;      /* address - KERNEL_BASE, sorted */
extern const u32 ksyms_name_offsets[] WEAK; /* in ksyms_names */
extern const char ksyms_names[] WEAK;
extern const char text_start[], text_end[];

#define MAX_FRAMES 40

static bool is_text(u64 addr)
{
	return addr >= (u64)text_start && addr < (u64)text_end;
}

/* The last symbol at or below addr; false if there is none. */
static bool symbol_find(u64 addr, const char **name, u64 *offset)
{
	u32 lo = 0, hi = &ksyms_count ? ksyms_count : 0;
	u32 want = (u32)(addr - KERNEL_BASE);

	if (!is_text(addr) || !hi || ksyms_offsets[0] > want)
		return false;
	while (hi - lo > 1) {
		u32 mid = lo + (hi - lo) / 2;

		if (ksyms_offsets[mid] <= want)
			lo = mid;
		else
			hi = mid;
	}
	*name = ksyms_names + ksyms_name_offsets[lo];
	*offset = want - ksyms_offsets[lo];
	return true;
}

void symbol_format(u64 addr, char *buf, size_t size)
{
	const char *name;
	u64 offset;

	if (symbol_find(addr, &name, &offset))
		snprintf(buf, size, "%s+0x%lx", name, offset);
	else
		snprintf(buf, size, "%s", is_text(addr) ? "(no symbol)" : "(not kernel text)");
}

static void print_frame(u64 rip)
{
	char where[80];

	symbol_format(rip, where, sizeof(where));
	pr_err("  %016lx %s", rip, where);
}

/* After a call through a bad pointer the caller's address lies on top of the stack, and in no
 * frame. */
static void print_caller(u64 rsp)
{
	if (IS_ALIGNED(rsp, 8) && pt_kernel_mapped(rsp) && is_text(*(const u64 *)rsp))
		print_frame(*(const u64 *)rsp - 1);
}

void backtrace_print(u64 rbp, u64 rip, u64 rsp)
{
	if (!rbp)
		rbp = (u64)__builtin_frame_address(0);
	pr_err("backtrace:");
	if (rip)
		print_frame(rip);
	if (rip && !is_text(rip))
		print_caller(rsp);
	for (u32 i = 0; i < MAX_FRAMES; i++) {
		const u64 *frame = (const u64 *)rbp;

		if (!IS_ALIGNED(rbp, 8) || !pt_kernel_mapped(rbp) || !pt_kernel_mapped(rbp + 8))
			return;
		if (!is_text(frame[1]))
			return;
		/* A return address may be the first byte behind a function that never returns. */
		print_frame(frame[1] - 1);
		if (frame[0] <= rbp)
			return; /* stacks grow down, so callers are above */
		rbp = frame[0];
	}
}
