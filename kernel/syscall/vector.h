/* SPDX-License-Identifier: MIT */
/* Vectors of user memory: struct iovec of readv(2), process_madvise(2). */
#pragma once

#include <linux/uio.h>
#include "lib/types.h"

#define FAST_IOVECS 8

struct vector {
	struct iovec fast[FAST_IOVECS];
	struct iovec *iov;
	u32 count;
	size_t total;
};

/* Copies them in; the pieces may be anywhere and of any size up to SSIZE_MAX each, and v->total is not
 * known. 0, -EINVAL, -EFAULT, -ENOMEM. */
int vector_copy(struct vector *v, vaddr_t uiov, u64 count);
/* The same, and bounds all pieces; what is behind MAX_RW_COUNT is cut off. 0, -EINVAL, -EFAULT,
 * -ENOMEM. */
int vector_get(struct vector *v, vaddr_t uiov, u64 count);
void vector_free(struct vector *v);
