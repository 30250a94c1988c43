/* SPDX-License-Identifier: MIT */
/*
 * The file operations of terminals. All that is a terminal's own is in drivers/tty.c; here user
 * memory is copied, so that the terminal's code never touches it under its locks.
 */
#include "fs/devtty.h"
#include <linux/fcntl.h>
#include "debug/printk.h"
#include "drivers/tty.h"
#include "fs/devfs.h"
#include "mm/slab.h"

#define SMALL_READ  256  /* on the stack */
#define WRITE_CHUNK 2048 /* as Linux: it is taken whole, or a bad address spoils it */

static bool is_nonblocking(const struct file *f)
{
	return f->flags & O_NONBLOCK;
}

ssize_t devtty_store(struct iobuf *buf, const u8 *bytes, ssize_t n)
{
	size_t stored = n > 0 ? iobuf_put(buf, bytes, (size_t)n) : 0;

	if (n <= 0)
		return n;
	return stored ? (ssize_t)stored : -EFAULT;
}

static ssize_t devtty_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	size_t len = min(buf->len, (size_t)LDISC_BUF_SIZE);
	u8 small[SMALL_READ], *bytes = small;
	ssize_t n;

	(void)pos;
	if (len > sizeof(small)) {
		bytes = kmalloc(len);
		if (!bytes)
			return -ENOMEM;
	}
	n = tty_read(f->private, bytes, len, is_nonblocking(f));
	n = devtty_store(buf, bytes, n);
	if (bytes != small)
		kfree(bytes);
	return n;
}

ssize_t devtty_write_chunks(struct file *f, struct iobuf *buf,
	ssize_t (*write)(void *end, const u8 *bytes, size_t len, bool nonblock))
{
	u8 chunk[WRITE_CHUNK];
	ssize_t done = 0, n = 0;

	while (buf->len) {
		size_t len = min(buf->len, sizeof(chunk));

		if (iobuf_take(buf, chunk, len) != len) {
			n = -EFAULT;
			break;
		}
		n = write(f->private, chunk, len, is_nonblocking(f));
		if (n < 0)
			break;
		done += n;
		if ((size_t)n < len)
			break;
	}
	return done ? done : n;
}

static ssize_t write_chunk(void *tty, const u8 *bytes, size_t len, bool nonblock)
{
	return tty_write(tty, bytes, len, nonblock);
}

static ssize_t devtty_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)pos;
	if (tty_is_hung_up(f->private))
		return -EIO;
	return devtty_write_chunks(f, buf, write_chunk);
}

static s64 devtty_ioctl(struct file *f, u32 cmd, u64 arg)
{
	return tty_ioctl(f->private, cmd, arg);
}

static u32 devtty_poll(struct file *f, struct poll_table *pt)
{
	return tty_poll(f->private, pt);
}

static int devtty_open(struct inode *inode, struct file *f)
{
	struct tty *tty = chrdev_private(f);
	int err;

	(void)inode;
	if (tty)
		return devtty_open_terminal(f, tty, f->flags);
	tty = tty_current(); /* /dev/tty */
	if (!tty)
		return -ENXIO;
	err = devtty_open_terminal(f, tty, f->flags);
	tty_put(tty);
	return err;
}

static void devtty_release(struct file *f)
{
	tty_close(f->private);
}

static const struct file_ops devtty_ops = {
	.read = devtty_read,
	.write = devtty_write,
	.ioctl = devtty_ioctl,
	.poll = devtty_poll,
	.open = devtty_open,
	.release = devtty_release,
};

int devtty_open_terminal(struct file *f, struct tty *tty, u32 o_flags)
{
	int err = tty_open(tty, o_flags);

	if (err)
		return err;
	f->ops = &devtty_ops;
	f->private = tty;
	f->mode |= FILE_NOSEEK;
	return 0;
}

static void make_node(dev_t dev, const char *name, umode_t mode, struct tty *tty)
{
	if (chrdev_register(dev, name, mode, &devtty_ops, tty) < 0)
		pr_warn("devtty: no memory for /dev/%s", name);
}

void devtty_init(void)
{
	struct tty *tty = NULL;

	while ((tty = tty_next(tty)))
		make_node(MKDEV(tty->major, tty->minor), tty->name, 0620, tty);
	make_node(MKDEV(5, 0), "tty", 0666, NULL);
}
