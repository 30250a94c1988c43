/* SPDX-License-Identifier: MIT */
/*
 * What a stream is carried out with: what all of its processes share, and what each of them has for
 * itself.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

#define CONTROL  (TOP + 0x1000000)
#define LOG_SIZE (4ul << 20)

/* Shared by all processes of a stream. */
struct shared {
	uint32_t turn; /* the operation that is due; STREAM_OPS + k: slot k's last look; a futex */
	uint32_t turn_after_exit;  /* who exits leaves it to the server to pass the turn on */
	int32_t process[NR_SLOTS]; /* that holds the slot; 0: nobody */
	uint8_t is_thread[NR_SLOTS];
	uint8_t passed_over[STREAM_OPS];
	uint64_t hash;
	uint32_t detail;
	uint32_t log_length;
	char log[LOG_SIZE];
};
#define control ((struct shared *)CONTROL)

extern const struct stream *stream; /* that is run */

/* Of each process; copied by fork. */
extern uint64_t results[NR_RESULTS]; /* registers */
extern int files[NR_FILES];          /* descriptors */
extern bool is_forked;               /* not the first process of the stream */
