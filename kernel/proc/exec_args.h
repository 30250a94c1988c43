/* SPDX-License-Identifier: MIT */
/*
 * The arguments of execve on their way from the old address space to the new one: strings one
 * behind the other, in pages of the kernel, in the order in which they will lie on the stack.
 */
#pragma once

#include "lib/types.h"

#define EXEC_ARGS_MAX_PAGES 1536             /* 6 MiB: Linux's cap on arguments and environment */
#define EXEC_STRING_MAX     (32 * PAGE_SIZE) /* of one string: MAX_ARG_STRLEN */

struct exec_args {
	u8 *pages[EXEC_ARGS_MAX_PAGES];
	u64 len;   /* bytes in them */
	u64 limit; /* bytes of strings and pointers together that are allowed */
	u32 argc, envc;
};

/* limit: what RLIMIT_STACK leaves for arguments. NULL: no memory. */
struct exec_args *exec_args_create(u64 stack_limit);
void exec_args_free(struct exec_args *a);

/* Append one string. 0, -E2BIG, -EFAULT, -ENOMEM. May sleep. */
int exec_args_add(struct exec_args *a, const char *s);
int exec_args_add_user(struct exec_args *a, vaddr_t s);
/* All of a user's NULL-terminated array (0: an empty one) from element `skip` on; adds their number
 * to *count. */
int exec_args_add_user_array(struct exec_args *a, vaddr_t array, u32 skip, u32 *count);
int exec_args_add_array(struct exec_args *a, const char *const *array, u32 skip, u32 *count);

/* The length of the string at offset `at`, without its end. */
u64 exec_args_strlen(const struct exec_args *a, u64 at);
