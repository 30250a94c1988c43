// SPDX-License-Identifier: MIT
/* vector.c: from a user's array of struct iovec to one that the kernel trusts. */
#include "syscall/vector.h"

#include "arch/user.h"
#include "fs/rw.h"
#include "lib/err.h"
#include "mm/slab.h"

void vector_free(struct vector *v)
{
	if (v->iov != v->fast)
		kfree(v->iov);
}

static int check_sizes(const struct vector *v)
{
	for (u32 i = 0; i < v->count; i++)
		if ((s64)v->iov[i].iov_len < 0)
			return -EINVAL;
	return 0;
}

int vector_copy(struct vector *v, vaddr_t uiov, u64 count)
{
	int err;

	if (count > UIO_MAXIOV)
		return -EINVAL;
	v->count = (u32)count;
	v->total = 0;
	v->iov = v->fast;
	if (count > FAST_IOVECS)
		v->iov = kmalloc(count * sizeof(struct iovec));
	if (!v->iov)
		return -ENOMEM;
	err = copy_from_user(v->iov, uiov, count * sizeof(struct iovec));
	if (!err)
		err = check_sizes(v);
	if (err)
		vector_free(v);
	return err;
}

static int bound(struct vector *v)
{
	for (u32 i = 0; i < v->count; i++) {
		size_t len = v->iov[i].iov_len;

		if (!user_range_ok((u64)v->iov[i].iov_base, len))
			return -EFAULT;
		len = min(len, MAX_RW_COUNT - v->total);
		v->iov[i].iov_len = len;
		v->total += len;
	}
	return 0;
}

int vector_get(struct vector *v, vaddr_t uiov, u64 count)
{
	int err = vector_copy(v, uiov, count);

	if (err)
		return err;
	err = bound(v);
	if (err)
		vector_free(v);
	return err;
}
