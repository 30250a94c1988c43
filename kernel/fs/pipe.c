/* SPDX-License-Identifier: MIT */
/*
 * Pipes and fifos: a ring of bytes in pages that are allocated when they are first written.
 *
 *	head                 tail            positions only grow; a position lies at (position - base) % capacity, and
 *	 v                    v              base moves to head when the pipe is empty: small messages stay in the first page
 *	|#####|#####|#####|##    |     |     capacity = nr_pages * PAGE_SIZE, a power of 2
 *
 * A write of up to PIPE_BUF bytes waits until all of it fits: it is atomic. A longer one goes in
 * pieces. Anonymous pipes and fifos differ only in how they are opened. inode->pipe lives from the
 * first open to the last close.
 *
 * Locks: pipe->lock (RANK_PIPE): the ring and the counts; user memory is copied under it.
 * inode->lock: inode->pipe and pipe->users. Waiters and poll look at head, tail and the counts
 * without it, and look again with it.
 */
#include "fs/pipe.h"

#include <asm/ioctls.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/limits.h>

#include "debug/assert.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/signal_hook.h"
#include "lib/format.h"
#include "mm/slab.h"

#define DEFAULT_PAGES    16
#define MAX_SIZE_OF_USER MIB(1)
#define MAX_SIZE         MIB(512)
#define PIPEFS_MAGIC     0x50495045

struct pipe {
	struct mutex lock;
	u64 head, tail;       /* [lock] bytes taken, bytes put */
	u64 base;             /* [lock] the position at the ring's beginning */
	u32 nr_pages;         /* [lock] */
	u32 nr_allocated;     /* [lock] */
	struct page **pages;  /* [lock] */
	u32 readers, writers; /* [lock] open ends */
	u32 reader_opens,
		/* [lock] how often one came: who waits in open(2) sees it even if it left again */
		writer_opens;
	u32 users; /* inode->lock: files and openers */
	struct waitq read_wait, write_wait;
};

static struct slab_cache *cache;
static struct mount *pipe_mount;
static ino_t next_ino;
static const struct file_ops pipe_file_ops;

static u64 capacity(const struct pipe *p)
{
	return (u64)p->nr_pages << PAGE_SHIFT;
}

static u64 used(const struct pipe *p)
{
	return atomic_load(&p->tail) - atomic_load(&p->head);
}

/* ---------------------------------------------------------------- life */
static struct pipe *pipe_alloc(void)
{
	struct pipe *p = slab_alloc(cache, PAGE_ZEROED);

	if (!p)
		return NULL;
	p->pages = kzalloc(DEFAULT_PAGES * sizeof(*p->pages));
	if (!p->pages) {
		slab_free(cache, p);
		return NULL;
	}
	p->nr_pages = DEFAULT_PAGES;
	mutex_init_named(&p->lock, RANK_PIPE, "pipe");
	waitq_init(&p->read_wait);
	waitq_init(&p->write_wait);
	return p;
}

/* Frees all pages but the first `keep`. */
static void free_pages(struct pipe *p, u32 keep)
{
	for (u32 i = keep; i < p->nr_pages; i++)
		if (p->pages[i]) {
			page_put(p->pages[i]);
			p->pages[i] = NULL;
			p->nr_allocated--;
		}
}

static void pipe_free(struct pipe *p)
{
	free_pages(p, 0);
	kfree(p->pages);
	slab_free(cache, p);
}

/* The inode's pipe, with one more user. NULL: no memory. */
static struct pipe *pipe_of_inode(struct inode *inode)
{
	mutex_lock(&inode->lock);
	if (!inode->pipe)
		inode->pipe = pipe_alloc();
	if (inode->pipe)
		inode->pipe->users++;
	mutex_unlock(&inode->lock);
	return inode->pipe;
}

static void pipe_put(struct inode *inode)
{
	struct pipe *p = inode->pipe;
	bool dead;

	mutex_lock(&inode->lock);
	dead = !--p->users;
	if (dead)
		inode->pipe = NULL;
	mutex_unlock(&inode->lock);
	if (dead)
		pipe_free(p);
}

/* After the state was changed and the lock given back: a waiter either is seen here, or saw the new
 * state. */
static void wake(struct waitq *q)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!waitq_empty(q))
		waitq_wake_all(q);
}

/* ---------------------------------------------------------------- reading */
/*
 * Bytes taken; fewer than there are: the buffer is full or bad. A piece that cannot be copied whole
 * stays in the pipe. => lock held
 */
static size_t take_bytes(struct pipe *p, struct iobuf *buf)
{
	u64 at, n, copied, mask = capacity(p) - 1, done = 0;

	while (buf->len && p->head != p->tail) {
		at = (p->head - p->base) & mask;
		n = min(min(PAGE_SIZE - page_offset_in(at), p->tail - p->head), buf->len);
		copied = iobuf_put(buf,
			(char *)page_address(p->pages[at >> PAGE_SHIFT]) + page_offset_in(at), n);
		if (copied < n)
			break;
		atomic_store(&p->head, p->head + n);
		done += n;
	}
	if (p->head == p->tail) {
		p->base = p->head;
		if (p->nr_allocated > 1)
			free_pages(p, 1);
	}
	return done;
}

static bool readable(const struct pipe *p)
{
	return used(p) || !atomic_load(&p->writers);
}

static ssize_t pipe_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct pipe *p = f->private;
	ssize_t n;

	(void)pos;
	if (!buf->len)
		return 0;
	for (;;) {
		mutex_lock(&p->lock);
		if (p->head != p->tail) {
			n = (ssize_t)take_bytes(p, buf);
			n = n ? n : -EFAULT;
			break;
		}
		n = p->writers ? -EAGAIN : 0;
		if (!n || (f->flags & O_NONBLOCK))
			break;
		mutex_unlock(&p->lock);
		n = wait_event_interruptible(&p->read_wait, readable(p));
		if (n)
			return n;
	}
	mutex_unlock(&p->lock);
	if (n > 0)
		wake(&p->write_wait);
	return n;
}

/* ---------------------------------------------------------------- writing */
static int provide_page(struct pipe *p, u64 index)
{
	if (p->pages[index])
		return 0;
	p->pages[index] = page_alloc(0);
	if (!p->pages[index])
		return -ENOMEM;
	p->nr_allocated++;
	return 0;
}

/* Puts what fits. A piece that cannot be copied whole does not appear. Bytes, or -EFAULT/-ENOMEM.
 * => lock held */
static ssize_t put_bytes(struct pipe *p, struct iobuf *buf)
{
	u64 at, n, mask = capacity(p) - 1, done = 0;
	int err = 0;

	while (buf->len && p->tail - p->head < capacity(p)) {
		at = (p->tail - p->base) & mask;
		n = min(min(PAGE_SIZE - page_offset_in(at), capacity(p) - (p->tail - p->head)),
			buf->len);
		err = provide_page(p, at >> PAGE_SHIFT);
		if (!err && iobuf_take(buf,
				    (char *)page_address(p->pages[at >> PAGE_SHIFT]) +
					    page_offset_in(at),
				    n) < n)
			err = -EFAULT;
		if (err)
			break;
		atomic_store(&p->tail, p->tail + n);
		done += n;
	}
	return done ? (ssize_t)done : err;
}

static bool writable(const struct pipe *p, u64 room)
{
	return capacity(p) - used(p) >= room || !atomic_load(&p->readers);
}

static ssize_t broken(ssize_t done)
{
	if (fs_send_signal)
		fs_send_signal(SIGPIPE);
	return done ? done : -EPIPE;
}

static ssize_t pipe_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct pipe *p = f->private;
	u64 room = buf->len <= PIPE_BUF ? buf->len : 1;
	size_t len = buf->len;
	ssize_t done = 0, n = 0;

	(void)pos;
	if (!len)
		return 0;
	for (;;) {
		mutex_lock(&p->lock);
		if (!p->readers) {
			mutex_unlock(&p->lock);
			return broken(done);
		}
		n = -EAGAIN;
		if (writable(p, room))
			n = put_bytes(p, buf);
		mutex_unlock(&p->lock);
		if (n > 0) {
			done += n;
			wake(&p->read_wait);
		}
		if ((size_t)done == len || (n < 0 && n != -EAGAIN))
			break;
		if (n > 0 && (size_t)done < len && writable(p, room))
			continue; /* stopped by a bad address: the next round says so */
		if (f->flags & O_NONBLOCK)
			break;
		n = wait_event_interruptible(&p->write_wait, writable(p, room));
		if (n)
			break;
	}
	return done ? done : n;
}

/* ---------------------------------------------------------------- the other operations */
static u32 pipe_poll(struct file *f, struct poll_table *pt)
{
	struct pipe *p = f->private;
	u32 events = 0;

	if (f->mode & FILE_READ) {
		poll_wait(pt, &p->read_wait);
		if (used(p))
			events |= POLLIN | POLLRDNORM;
		/* A fifo that no writer has opened yet has not hung up: f->pos is the count of that
		 * time. */
		if (!atomic_load(&p->writers) && (u32)f->pos != p->writer_opens)
			events |= POLLHUP;
	}
	if (f->mode & FILE_WRITE) {
		poll_wait(pt, &p->write_wait);
		if (capacity(p) - used(p) >= PIPE_BUF)
			events |= POLLOUT | POLLWRNORM;
		if (!atomic_load(&p->readers))
			events |= POLLERR;
	}
	return events;
}

static s64 pipe_ioctl(struct file *f, u32 cmd, u64 arg)
{
	int n;

	if (cmd != FIONREAD)
		return -ENOTTY;
	n = (int)used(f->private);
	return copy_to_user(arg, &n, sizeof(n));
}

static void leave(struct pipe *p, u32 mode)
{
	mutex_lock(&p->lock);
	if (mode & FILE_READ)
		atomic_store(&p->readers, p->readers - 1);
	if (mode & FILE_WRITE)
		atomic_store(&p->writers, p->writers - 1);
	mutex_unlock(&p->lock);
	wake(&p->read_wait);
	wake(&p->write_wait);
}

static void join(struct pipe *p, u32 mode)
{
	mutex_lock(&p->lock);
	if (mode & FILE_READ) {
		atomic_store(&p->readers, p->readers + 1);
		atomic_store(&p->reader_opens, p->reader_opens + 1);
	}
	if (mode & FILE_WRITE) {
		atomic_store(&p->writers, p->writers + 1);
		atomic_store(&p->writer_opens, p->writer_opens + 1);
	}
	mutex_unlock(&p->lock);
	wake(&p->read_wait);
	wake(&p->write_wait);
}

static void pipe_release(struct file *f)
{
	leave(f->private, f->mode);
	pipe_put(f->inode);
}

static int pipe_fsync(struct file *f, u64 start, u64 end, bool datasync)
{
	(void)f, (void)start, (void)end, (void)datasync;
	return -EINVAL;
}

/* ---------------------------------------------------------------- fifos */
/* Waits for the other side, as fifo(7) says. */
static int fifo_wait_partner(struct pipe *p, struct file *f)
{
	u32 seen;

	switch (f->mode & (FILE_READ | FILE_WRITE)) {
	case FILE_READ:
		seen = atomic_load(&p->writer_opens);
		if (atomic_load(&p->writers))
			return 0;
		if (f->flags & O_NONBLOCK) {
			f->pos = seen;
			return 0;
		}
		return wait_event_interruptible(
			&p->read_wait, atomic_load(&p->writer_opens) != seen);
	case FILE_WRITE:
		seen = atomic_load(&p->reader_opens);
		if (atomic_load(&p->readers))
			return 0;
		if (f->flags & O_NONBLOCK)
			return -ENXIO;
		return wait_event_interruptible(
			&p->write_wait, atomic_load(&p->reader_opens) != seen);
	default:
		return 0;
	}
}

static int fifo_open(struct inode *inode, struct file *f)
{
	struct pipe *p;
	int err;

	if (!(f->mode & (FILE_READ | FILE_WRITE))) /* access mode 3: only for ioctl */
		return -EINVAL;
	p = pipe_of_inode(inode);
	if (!p)
		return -ENOMEM;
	f->private = p;
	f->ops = &pipe_file_ops;
	f->mode |= FILE_NOSEEK;
	join(p, f->mode);
	/* A pipe that is opened again by /proc/self/fd waits for nobody. */
	err = inode->sb == pipe_mount->sb ? 0 : fifo_wait_partner(p, f);
	if (err) {
		leave(p, f->mode);
		pipe_put(inode);
	}
	return err;
}

const struct file_ops fifo_file_ops = { .open = fifo_open };

static const struct file_ops pipe_file_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.ioctl = pipe_ioctl,
	.poll = pipe_poll,
	.release = pipe_release,
	.fsync = pipe_fsync,
};

/* ---------------------------------------------------------------- pipe(2) */
static struct inode *pipe_inode(void)
{
	struct inode *inode =
		inode_new(pipe_mount->sb, __atomic_add_fetch(&next_ino, 1, __ATOMIC_RELAXED));

	if (!inode)
		return NULL;
	inode_init_owner(inode, NULL, S_IFIFO | 0600);
	inode->fops = &fifo_file_ops;
	inode->block_size = PAGE_SIZE;
	inode_new_done(inode);
	return inode;
}

static void attach(struct file *f, struct inode *inode)
{
	f->private = pipe_of_inode(inode);
	f->mode |= FILE_NOSEEK;
	join(f->private, f->mode);
}

int pipe_create(struct file *files[2], u32 flags)
{
	struct inode *inode = pipe_inode();
	char name[32];

	if (!inode)
		return -ENOMEM;
	if (!pipe_of_inode(inode)) { /* our own use of it, so that attach() cannot fail */
		inode_put(inode);
		return -ENOMEM;
	}
	snprintf(name, sizeof(name), "pipe:[%lu]", inode->ino);
	inode_get(inode);
	files[0] = file_open_anonymous(inode, &pipe_file_ops, O_RDONLY | flags, name);
	files[1] = files[0];
	if (!IS_ERR(files[0])) {
		files[1] = file_open_with(&files[0]->path, &pipe_file_ops, O_WRONLY | flags);
		attach(files[0], inode);
		if (IS_ERR(files[1]))
			file_put(files[0]);
		else
			attach(files[1], inode);
	}
	pipe_put(inode);
	inode_put(inode);
	return IS_ERR(files[1]) ? (int)PTR_ERR(files[1]) : 0;
}

/* ---------------------------------------------------------------- size */
s64 pipe_get_size(struct file *f)
{
	return f->ops == &pipe_file_ops ? (s64)capacity(f->private) : -EBADF;
}

/* The bytes move to a new ring, from its beginning. => lock held */
static int resize_locked(struct pipe *p, u32 nr_pages)
{
	struct pipe new = { .nr_pages = nr_pages };
	u64 n = p->tail - p->head, mask = capacity(p) - 1;

	if (n > capacity(&new))
		return -EBUSY;
	new.pages = kzalloc(nr_pages * sizeof(*new.pages));
	if (!new.pages)
		return -ENOMEM;
	for (u64 i = 0; i < n;) {
		u64 at = (p->head - p->base + i) & mask;
		struct iobuf piece = iobuf_kernel(
			(char *)page_address(p->pages[at >> PAGE_SHIFT]) + page_offset_in(at),
			min(PAGE_SIZE - page_offset_in(at), n - i));

		i += piece.len;
		if (put_bytes(&new, &piece) < 0 || piece.len) {
			free_pages(&new, 0);
			kfree(new.pages);
			return -ENOMEM;
		}
	}
	free_pages(p, 0);
	kfree(p->pages);
	p->pages = new.pages;
	p->nr_allocated = new.nr_allocated;
	atomic_store(&p->nr_pages, nr_pages);
	p->base = p->head;
	return 0;
}

s64 pipe_set_size(struct file *f, u64 size)
{
	struct pipe *p = f->private;
	u64 pages = 1;
	int err;

	if (f->ops != &pipe_file_ops)
		return -EBADF;
	if (size > MAX_SIZE)
		return -EINVAL;
	while (pages << PAGE_SHIFT < size)
		pages *= 2;
	if (pages << PAGE_SHIFT > MAX_SIZE_OF_USER && !current_can(CAP_SYS_RESOURCE))
		return -EPERM;
	mutex_lock(&p->lock);
	err = resize_locked(p, (u32)pages);
	mutex_unlock(&p->lock);
	wake(&p->write_wait);
	return err ? err : (s64)(pages << PAGE_SHIFT);
}

/* ------------------------------------------------ their filesystem: only a place for the inodes */
static int pipefs_mount(struct super *sb, const char *data)
{
	(void)data;
	return mount_bare(sb, PIPEFS_MAGIC);
}

static struct fs_type pipefs = { .name = "pipefs", .mount = pipefs_mount };

void pipe_init(void)
{
	cache = slab_cache_create("pipe", sizeof(struct pipe), 8);
	fs_register(&pipefs);
	pipe_mount = mount_kernel_internal("pipefs");
	if (!pipe_mount)
		panic("no memory for pipes");
}
