/* SPDX-License-Identifier: MIT */
/* Touches memory, and catches the signals that come of it. */
#pragma once

#include <stdint.h>

/* Give the byte (0 for the others), or -1 after a signal. */
long touch_read(uint64_t address);
long touch_write(uint64_t address, unsigned char byte);

/* The signal that the last touch ended with that gave -1. */
int touch_signal(void);

/* Once, in the first process of a stream, before anything is touched. */
void catch_faults(void);

/* Carries out OP_touch (how: enum op_touch) and puts what came of it. */
void run_touch(uint64_t address, uint64_t how, unsigned char byte);

/* Writes some bytes of each page; gives how many pages could be written. */
long run_fill(uint64_t address, uint64_t nr_pages, unsigned char byte);
