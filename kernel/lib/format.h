/* SPDX-License-Identifier: MIT */
/* printf-like formatting: d i u x X o c s p %, flags - 0 + space #, width, precision, h hh l ll
 * z. */
#pragma once

#include "lib/types.h"

/* As C's: returns the length that the whole text has; writes at most size bytes, terminated. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
/* Returns the number of bytes really in buf (never size or more): for appending. */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
