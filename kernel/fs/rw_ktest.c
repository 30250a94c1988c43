/* SPDX-License-Identifier: MIT */
#include <asm/signal.h>

#include "fs/fs_ktest.h"
#include "fs/rw.h"
#include "fs/signal_hook.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"

#define SPAN 40000u

/* Random writes, truncations and reads of one file against a plain array. */
KTEST(rw_against_model)
{
	char *model = kzalloc(SPAN), *data = kmalloc(SPAN);
	u64 size = 0, seed = 1;
	struct fs_ktest t;
	struct file *f;

	if (!model || !data || !fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_open(AT, "f", O_CREAT | O_RDWR, 0644, &f));
	for (u32 i = 0; i < 600; i++) {
		u64 r = hash_u64(seed++), at = r % (SPAN - 1),
		    n = 1 + (r >> 20) % min((u64)9000, SPAN - at);

		switch (r >> 50 & 3) {
		case 0:
		case 1:
			for (u64 k = 0; k < n; k++)
				data[k] = (char)(hash_u64(r + k) | 1);
			KCHECK(file_write_kernel(f, data, n, (loff_t)at) == (ssize_t)n);
			memcpy(model + at, data, n);
			size = max(size, at + n);
			break;
		case 2:
			mutex_lock(&f->inode->lock);
			KCHECK(!inode_set_size(f->inode, at));
			mutex_unlock(&f->inode->lock);
			if (at < size)
				memset(model + at, 0, size - at);
			size = at;
			break;
		default: {
			s64 want = at >= size ? 0 : (s64)min(n, size - at);

			KCHECK(file_read_kernel(f, data, n, (loff_t)at) == want);
			KCHECK(!memcmp(data, model + at, (size_t)want));
		}
		}
		KCHECK(mapping_size(&f->inode->mapping) == size);
	}
	file_put(f);
	kfree(model);
	kfree(data);
	fs_ktest_end(&t);
}

static int last_signal;

static void catch_signal(int sig)
{
	last_signal = sig;
}

KTEST(rw_file_size_limit)
{
	void (*old_hook)(int sig) = fs_send_signal;
	struct rlimit64 limits[RLIM_NLIMITS];
	struct fs_ktest t;
	struct file *f;
	char data[200];

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_open(AT, "f", O_CREAT | O_RDWR, 0644, &f));
	fs_send_signal = catch_signal;
	memcpy(limits, current_thread()->limits, sizeof(limits));
	limits[RLIMIT_FSIZE].rlim_cur = 100;
	current_thread()->limits = limits;
	last_signal = 0;
	memset(data, 'x', sizeof(data));
	KCHECK(file_write_kernel(f, data, 200, 0) == 100); /* up to the limit, without a signal */
	KCHECK(!last_signal);
	KCHECK(file_write_kernel(f, data, 1, 100) == -EFBIG);
	KCHECK(last_signal == SIGXFSZ);
	current_thread()->limits = thread_no_limits;
	fs_send_signal = old_hook;
	file_put(f);
	fs_ktest_end(&t);
}

KTEST(rw_append_and_seek)
{
	struct fs_ktest t;
	struct file *f;
	loff_t pos = 0;
	char data[8];
	struct iobuf buf = iobuf_kernel("end", 3);

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_open(AT, "f", O_CREAT | O_RDWR | O_APPEND, 0644, &f));
	KCHECK(file_write_kernel(f, "abc", 3, 0) == 3);
	KCHECK(file_write(f, &buf, &pos) == 3); /* wherever pos is */
	KCHECK(pos == 6 && mapping_size(&f->inode->mapping) == 6);
	KCHECK(file_read_kernel(f, data, 8, 0) == 6 && !memcmp(data, "abcend", 6));
	KCHECK(file_seek(f, -2, SEEK_END) == 4);
	KCHECK(file_seek(f, -5, SEEK_CUR) == -EINVAL);
	KCHECK(file_seek(f, 1, SEEK_CUR) == 5);
	KCHECK(file_seek(f, 2, SEEK_DATA) == 2);
	KCHECK(file_seek(f, 2, SEEK_HOLE) == 6);
	KCHECK(file_seek(f, 6, SEEK_DATA) == -ENXIO);
	KCHECK(file_seek(f, 0, 99) == -EINVAL);
	KCHECK(file_seek(f, 1000, SEEK_SET) == 1000);
	KCHECK(file_read_kernel(f, data, 8, 1000) == 0);
	file_put(f);
	fs_ktest_end(&t);
}
