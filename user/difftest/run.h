/* SPDX-License-Identifier: MIT */
/* Runs streams of operations (ops.h) and says what came of them. */
#pragma once

#include <stdint.h>

#include "ops.h"

/* How much is said: a hash of everything; a line for each operation, with a hash of the address
 * space; and the address space itself after each of them. The hash is the same one always. */
enum run_detail {
	DETAIL_HASH,
	DETAIL_LINES,
	DETAIL_MAPS,
};

/* STREAM_OPS operations that are those of a seed, and which of them are carried out. */
struct stream {
	uint64_t seed;
	const struct op *ops;
	const uint8_t *keep;
};

/* Once, before the first stream. False: the address space cannot be made ready. */
int run_prepare(void);

/* Runs it in processes of its own; puts lines out by `print` and gives the hash. */
uint64_t run_stream(const struct stream *stream, enum run_detail detail,
	void (*print)(const char *text, unsigned length));
