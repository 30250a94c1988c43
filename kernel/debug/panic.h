/* SPDX-License-Identifier: MIT */
/*
 * The end: a broken invariant of the kernel itself. Prints the message, this CPU's registers, a
 * backtrace with symbols, the current thread; stops the other CPUs; then halts, or leaves QEMU
 * with status 125 (`panic=exit` and the isa-debug-exit device).
 */
#pragma once

#include "lib/types.h"

struct trapframe;

void panic(const char *fmt, ...) __noreturn __printf(1, 2);
/* The same with the registers of a trap that happened in the kernel. */
void panic_trap(struct trapframe *tf, const char *fmt, ...) __noreturn __printf(2, 3);

/* The same, and prints the page walk of the address that it faulted on. */
void panic_fault(struct trapframe *tf, u64 addr, const char *fmt, ...) __noreturn __printf(3, 4);
/* True on all CPUs once one has begun to panic. */
bool panic_in_progress(void);

/* Called by panic to describe what runs; set by proc once it exists (arrows run down). */
void panic_set_describe(void (*describe_current)(void));
void panic_set_exit_qemu(bool on);

/* Prints "name+0xoff" of a kernel address into buf. */
void symbol_format(u64 addr, char *buf, size_t size);
/* rip (0: none), and the frames above rbp (0: the caller's own), with symbols, to the log. rsp: the
 * stack's top at rip. */
void backtrace_print(u64 rbp, u64 rip, u64 rsp);
