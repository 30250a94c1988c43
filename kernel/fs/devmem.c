/* SPDX-License-Identifier: MIT */
/* The devices that are no device: null(4), full(4), random(4). */
#include "fs/devmem.h"

#include "debug/printk.h"
#include "fs/devfs.h"
#include "fs/random.h"

static ssize_t null_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)f, (void)buf, (void)pos;
	return 0;
}

static ssize_t null_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	ssize_t n = (ssize_t)buf->len;

	(void)f, (void)pos;
	iobuf_skip(buf, buf->len);
	return n;
}

static ssize_t full_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)f, (void)pos;
	return buf->len ? -ENOSPC : 0;
}

static loff_t null_seek(struct file *f, loff_t off, int whence)
{
	(void)off, (void)whence;
	f->pos = 0;
	return 0;
}

static ssize_t zero_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)f, (void)pos;
	return iobuf_put_zeros(buf, buf->len);
}

/* mmap(2) of /dev/zero is anonymous memory, private or shared, with this file's rights and name. */
static int zero_map(struct file *f, struct map_request *rq)
{
	(void)f;
	rq->is_zeros = true;
	return 0;
}

static ssize_t random_dev_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)f, (void)pos;
	return random_read(buf);
}

static ssize_t random_dev_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	u8 piece[64];
	ssize_t done = 0;

	(void)f, (void)pos;
	while (buf->len) {
		size_t n = min(buf->len, sizeof(piece));

		if (iobuf_take(buf, piece, n) < n)
			return done ? done : -EFAULT;
		random_mix(piece, n);
		done += (ssize_t)n;
		cond_resched();
	}
	return done;
}

/* Writing one line adds it to the kernel's log. */
static ssize_t kmsg_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	char line[256];
	size_t n = min(buf->len, sizeof(line) - 1);

	(void)f, (void)pos;
	if (iobuf_take(buf, line, n) < n)
		return -EFAULT;
	line[n] = '\0';
	pr_info("%s", line);
	n += buf->len; /* the rest of a long line is cut */
	iobuf_skip(buf, buf->len);
	return (ssize_t)n;
}

static const struct file_ops null_ops = {
	.read = null_read, .write = null_write, .seek = null_seek
};
static const struct file_ops zero_ops = {
	.read = zero_read, .write = null_write, .seek = null_seek, .map = zero_map
};
static const struct file_ops full_ops = {
	.read = zero_read, .write = full_write, .seek = null_seek
};
static const struct file_ops random_ops = {
	.read = random_dev_read, .write = random_dev_write, .seek = null_seek
};
static const struct file_ops kmsg_ops = {
	.read = null_read, .write = kmsg_write, .seek = null_seek
};

void devmem_init(void)
{
	static const struct {
		const char *name;
		u32 minor;
		umode_t mode;
		const struct file_ops *ops;
	} nodes[] = {
		{ "null", 3, 0666, &null_ops },
		{ "zero", 5, 0666, &zero_ops },
		{ "full", 7, 0666, &full_ops },
		{ "random", 8, 0666, &random_ops },
		{ "urandom", 9, 0666, &random_ops },
		{ "kmsg", 11, 0644, &kmsg_ops },
	};

	for (u32 i = 0; i < ARRAY_SIZE(nodes); i++)
		if (chrdev_register(MKDEV(1, nodes[i].minor), nodes[i].name, nodes[i].mode,
			    nodes[i].ops, NULL))
			pr_warn("devmem: no memory for /dev/%s", nodes[i].name);
}
