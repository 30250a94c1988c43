// SPDX-License-Identifier: MIT
/* turns.c: processes and threads of a stream, and whose turn it is. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "log.h"
#include "maps.h"
#include "run_op.h"
#include "state.h"
#include "syscalls.h"
#include "turns.h"

#define THREAD_STACK 65536

static uint32_t thread_ids[NR_SLOTS]; /* cleared by the kernel when the thread is gone; futexes */
static char thread_stacks[NR_SLOTS][THREAD_STACK] __attribute__((aligned(16)));

static void wait_while(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		SYS(futex, word, FUTEX_WAIT, value, 0);
}

static void set_and_wake(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	SYS(futex, word, FUTEX_WAKE, 1 << 30);
}

void pass_turn(uint32_t turn)
{
	set_and_wake(&control->turn, turn);
}

/* Whoever holds a slot has its stack; so a process never runs on that of a thread to come. */
__attribute__((used)) static void thread_main(unsigned slot)
{
	serve(slot);
	SYS(exit, 0);
}

/* The threads of the parent are not here. */
__attribute__((used)) static void process_main(unsigned slot)
{
	is_forked = true;
	memset(thread_ids, 0, sizeof(thread_ids));
	reopen_maps();
	drop_line();
	serve(slot);
	SYS(exit_group, 0);
}

/* clone(2) with the slot's stack; who begins there calls entry(slot). */
static long start(unsigned slot, uint64_t flags, void (*entry)(unsigned slot))
{
	uint64_t *top = (uint64_t *)thread_stacks[slot + 1] - 2;
	register uint32_t *r10 __asm__("r10") = &thread_ids[slot];
	long result = __NR_clone;

	/* An earlier thread may be on its way out, on the same stack. */
	for (uint32_t id; (id = __atomic_load_n(&thread_ids[slot], __ATOMIC_ACQUIRE)) != 0;)
		wait_while(&thread_ids[slot], id);
	top[0] = slot;
	top[1] = (uint64_t)entry;
	__asm__ volatile("syscall\n"
			 "testq %%rax, %%rax\n"
			 "jnz 1f\n"
			 "popq %%rdi\n"
			 "popq %%rax\n"
			 "xorl %%ebp, %%ebp\n"
			 "call *%%rax\n"
			 "hlt\n"
			 "1:"
			 : "+a"(result)
			 : "D"(flags), "S"(top), "d"(&thread_ids[slot]), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

long run_fork(unsigned slot)
{
	/* A child of the server, as all of us are: it waits for them. */
	long child = start(slot, CLONE_PARENT | SIGCHLD, process_main);

	if (child < 0)
		return child;
	control->is_thread[slot] = false;
	control->process[slot] = child;
	return 0;
}

long run_thread(unsigned slot, unsigned creator)
{
	uint64_t flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			 CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	long result = start(slot, flags, thread_main);

	if (result < 0)
		return result;
	control->is_thread[slot] = true;
	control->process[slot] = control->process[creator];
	return 0;
}

uint32_t next_turn(uint32_t turn)
{
	for (turn++; turn < STREAM_OPS + NR_SLOTS; turn++) {
		if (turn >= STREAM_OPS) {
			if (control->process[turn - STREAM_OPS])
				break;
		} else if (control->process[stream->ops[turn].slot] && stream->keep[turn]) {
			break;
		}
	}
	return turn;
}

void run_exit(unsigned slot, uint32_t turn)
{
	int process = control->process[slot];

	if (control->is_thread[slot]) {
		control->process[slot] = 0;
		pass_turn(next_turn(turn));
		SYS(exit, 0);
	}
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (control->process[i] == process)
			control->process[i] = 0;
	control->turn_after_exit = next_turn(turn);
	SYS(exit_group, 0);
}

void serve(unsigned slot)
{
	for (;;) {
		uint32_t turn = __atomic_load_n(&control->turn, __ATOMIC_ACQUIRE);

		if (turn >= STREAM_OPS + NR_SLOTS)
			return;
		if (turn >= STREAM_OPS ? turn - STREAM_OPS != slot
				       : stream->ops[turn].slot != slot) {
			wait_while(&control->turn, turn);
			continue;
		}
		if (turn >= STREAM_OPS)
			run_last_look(slot);
		else
			run_op(&stream->ops[turn], turn);
		pass_turn(next_turn(turn));
	}
}
