// SPDX-License-Identifier: MIT
/* state.c: what a stream is carried out with, but for what lies at CONTROL. */
#include "state.h"

const struct stream *stream;

uint64_t results[NR_RESULTS];
int files[NR_FILES];
bool is_forked;
