/* SPDX-License-Identifier: MIT */
/*
 * What is said of a stream: lines, their hash, and the log that lies at CONTROL. A line is put
 * together piece by piece; the processes take turns, so each has a line of its own.
 */
#pragma once

#include <stdint.h>

/* Append to the line; what is too much for it is dropped. */
void put(const char *text);
void put_hex(uint64_t number);
void put_decimal(uint64_t number);
void put_result(long result); /* of a system call */

/* The line becomes part of the hash, and of the log if lines are asked for; the next one begins. */
void end_line(void);

/* Details, which are no part of the hash: what was put since `begun` goes to the log, and the line
 * is as it was then. */
unsigned line_mark(void);
void log_since(unsigned begun);

/* Gives the line to `print`, past hash and log, and begins the next one. */
void print_line(void (*print)(const char *text, unsigned length));

void drop_line(void);

uint64_t hash_bytes(uint64_t hash, const char *bytes, unsigned length);
