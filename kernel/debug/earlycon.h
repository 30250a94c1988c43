/* SPDX-License-Identifier: MIT */
/* The first serial line, driven by polling: what can be said before there are drivers. printk.c's
 * first sink. */
#pragma once

#include "lib/types.h"

/* Programs COM1 for 115200 8N1; false if there is none. */
bool earlycon_init(void);
void earlycon_write(const char *text, size_t len);
