/* SPDX-License-Identifier: MIT */
/* Random bytes: getrandom(2), /dev/random, AT_RANDOM, the places of mappings. */
#pragma once

#include "fs/iobuf.h"
#include "lib/types.h"

/* n unpredictable bytes. Any context but interrupts; does not sleep. */
void random_bytes(void *buf, size_t n);
/* The same into a user's buffer: bytes (fewer: bad address or a signal after the first page), or
 * -EFAULT. May sleep. */
ssize_t random_read(struct iobuf *buf);
/* Mixes bytes in: writing to /dev/random, timings. */
void random_mix(const void *data, size_t n);
void random_init(void);
