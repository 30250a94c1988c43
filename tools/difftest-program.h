/* SPDX-License-Identifier: MIT */
/* Prints a stream of operations as a C program that does the same and needs nothing else. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ops.h"

struct program {
	uint64_t seed;
	const struct op *ops; /* STREAM_OPS of them */
	const bool *keep;     /* which of them count */
	const char *head;     /* of the comment it begins with: lines, each with its newline */
	/* What Linux and Vellum said, with a line for each operation: what was not carried out is
	 * left out, and where mappings or sums differ, they are shown. */
	const char *answers[2];
	bool shows_all; /* mappings after each operation, and everybody's memory at the end */
};

/* Helpers: the path of difftest-helpers.c. False: it cannot be read. */
bool print_program(FILE *out, const char *helpers, const struct program *program);
