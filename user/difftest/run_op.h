/* SPDX-License-Identifier: MIT */
/* Carries out one operation of a stream, and makes its line. */
#pragma once

#include <stdint.h>

#include "ops.h"

/* In the process or thread whose turn it is. OP_exit does not return. */
void run_op(const struct op *op, uint32_t turn);

/* After the last operation: what the slot's holder has in memory. */
void run_last_look(unsigned slot);
