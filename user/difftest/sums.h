/* SPDX-License-Identifier: MIT */
/* Sums of what is in memory and in files. */
#pragma once

/* Puts the sum of all memory that the process can read, and those of the stream's files. */
void run_sum(void);
