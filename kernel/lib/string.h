/* SPDX-License-Identifier: MIT */
/* Memory and string functions, as in C's <string.h>; plus bounded copies that always terminate. */
#pragma once

#include "lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
size_t strcspn(const char *s, const char *reject);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);

/* Copies at most size - 1 bytes and always terminates. Returns strlen(src): >= size means cut. */
size_t strlcpy(char *dst, const char *src, size_t size);

/* Parses an unsigned number (base 0: 0x, 0 and decimal). Returns 0 or -EINVAL/-ERANGE. */
int parse_u64(const char *s, int base, u64 *out);
