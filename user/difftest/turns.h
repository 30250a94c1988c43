/* SPDX-License-Identifier: MIT */
/*
 * The processes and threads that hold the slots of a stream. They take turns: control->turn is the
 * operation that is due, its slot's holder runs it and passes the turn on. So nothing happens at
 * the same time, and every result is defined.
 */
#pragma once

#include <stdint.h>

/* The turn after this one: the next operation whose slot is held. */
uint32_t next_turn(uint32_t turn);

/* Wakes whoever has it. */
void pass_turn(uint32_t turn);

/* Runs what comes to this slot, until all is done. */
void serve(unsigned slot);

/* Carry out OP_fork and OP_thread for a slot that nobody holds; 0 or a negative errno. */
long run_fork(unsigned slot);
long run_thread(unsigned slot, unsigned creator);

/* Carries out OP_exit: a thread ends, or a process with all of its threads. Does not return. */
void run_exit(unsigned slot, uint32_t turn);
