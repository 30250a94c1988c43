/* SPDX-License-Identifier: MIT */
#include <linux/limits.h>
#include <asm/signal.h>

#include "fs/fs_ktest.h"
#include "fs/pipe.h"
#include "fs/signal_hook.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/threads_ktest.h"

static ssize_t put(struct file *f, const void *data, size_t n)
{
	return file_write_kernel(f, data, n, 0);
}

static ssize_t get(struct file *f, void *data, size_t n)
{
	return file_read_kernel(f, data, n, 0);
}

static int last_signal;

static void catch_signal(int sig)
{
	last_signal = sig;
}

KTEST(pipe_basic)
{
	void (*old_hook)(int sig) = fs_send_signal;
	char *data = kzalloc(KIB(70));
	struct file *p[2];

	if (!data)
		return;
	fs_send_signal = catch_signal;
	last_signal = 0;
	KCHECK(!pipe_create(p, O_NONBLOCK));
	KCHECK(get(p[0], data, 1) == -EAGAIN);
	KCHECK(put(p[1], "abc", 3) == 3);
	KCHECK(get(p[0], data, 2) == 2 && !memcmp(data, "ab", 2));
	KCHECK(get(p[0], data, 10) == 1 && data[0] == 'c');
	KCHECK(put(p[1], data, KIB(70)) == KIB(64)); /* fills up */
	KCHECK(put(p[1], data, 1) == -EAGAIN);
	KCHECK(get(p[0], data, 100) == 100);
	KCHECK(put(p[1], data, PIPE_BUF) == -EAGAIN); /* all or nothing */
	KCHECK(put(p[1], data, KIB(8)) == 100);       /* what is longer is split */
	KCHECK(pipe_get_size(p[0]) == KIB(64));
	KCHECK(pipe_set_size(p[0], KIB(4)) == -EBUSY);
	KCHECK(pipe_set_size(p[0], KIB(100)) == KIB(128));
	KCHECK(put(p[1], data, PIPE_BUF) == PIPE_BUF);
	KCHECK(get(p[0], data, KIB(70)) == KIB(68));
	KCHECK(pipe_set_size(p[0], 1) == PAGE_SIZE);
	KCHECK(get(p[1], data, 1) == -EBADF && put(p[0], data, 1) == -EBADF);
	file_put(p[0]);
	KCHECK(put(p[1], data, 1) == -EPIPE && last_signal == SIGPIPE);
	file_put(p[1]);
	KCHECK(!pipe_create(p, 0));
	file_put(p[1]);
	KCHECK(get(p[0], data, 1) == 0); /* end of file */
	file_put(p[0]);
	fs_send_signal = old_hook;
	kfree(data);
}

/* Two threads, one pipe: every byte arrives, in order. */
#define STREAM KIB(600)

static void stream(void *arg, u32 index)
{
	struct file **p = arg;
	u8 data[3000];
	u64 done = 0;

	while (done < STREAM) {
		size_t n = min((u64)(index ? 2999 : 1777), STREAM - done);
		ssize_t moved;

		if (index)
			for (size_t i = 0; i < n; i++)
				data[i] = (u8)((done + i) * 31 >> 3);
		moved = index ? put(p[1], data, n) : get(p[0], data, n);
		KCHECK(moved > 0);
		if (moved <= 0)
			return;
		if (!index)
			for (ssize_t i = 0; i < moved; i++)
				if (data[i] != (u8)((done + (u64)i) * 31 >> 3)) {
					KCHECK(!"byte out of order");
					return;
				}
		done += (u64)moved;
	}
}

KTEST(pipe_stream)
{
	struct file *p[2];

	KCHECK(!pipe_create(p, 0));
	ktest_run_crew(2, false, stream, p);
	file_put(p[0]);
	file_put(p[1]);
}

/* Opening a fifo waits for the other side. */
static void open_fifo(void *arg, u32 index)
{
	struct file *f;
	char c = 'x';

	(void)arg;
	KCHECK(!namei_open(AT, "fifo", index ? O_WRONLY : O_RDONLY, 0, &f));
	KCHECK(index ? put(f, "y", 1) == 1 : get(f, &c, 1) == 1 && c == 'y');
	file_put(f);
}

KTEST(pipe_fifo)
{
	struct fs_ktest t;
	struct file *f;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mknod(AT, "fifo", S_IFIFO | 0644, 0));
	KCHECK(fs_ktest_open("fifo", O_WRONLY | O_NONBLOCK, 0) == -ENXIO);
	KCHECK(!namei_open(AT, "fifo", O_RDONLY | O_NONBLOCK, 0, &f));
	KCHECK(f->ops->poll(f, NULL) == 0); /* nobody wrote yet: no hang-up */
	KCHECK(!fs_ktest_open("fifo", O_WRONLY | O_NONBLOCK, 0));
	KCHECK(f->ops->poll(f, NULL) == POLLHUP);
	file_put(f);
	KCHECK(!namei_open(AT, "fifo", O_RDWR, 0, &f));
	file_put(f);
	ktest_run_crew(2, false, open_fifo, NULL);
	fs_ktest_end(&t);
}
