/* SPDX-License-Identifier: MIT */
/*
 * devpts: a directory with a node for the slave of every pseudo-terminal whose master is open, and
 * the masters' file operations. There is one, wherever and however often it is mounted. What a
 * pseudo-terminal does is in drivers/pty.c.
 *
 *	open(/dev/ptmx) -> pty_create, node 5 -> ... -> last close of the master: node 5 goes, the slave is hung up
 *
 * A node has a reference on its pty (inode->private), and keeps owner and mode as long as it is
 * there.
 *
 * Lock: nodes_lock (RANK_FILES): the table of nodes.
 */
#include "fs/devpts.h"

#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include "debug/printk.h"
#include "drivers/pty.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/devfs.h"
#include "fs/devtty.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"

#define ROOT_INO  1
#define PTMX_INO  2
#define FIRST_INO 3
#define PTMX_DEV  MKDEV(5, 2)
#define CHUNK     1024

static struct spinlock nodes_lock = SPINLOCK_INIT(nodes_lock, RANK_FILES);
static struct inode *nodes[PTY_MAX]; /* nodes_lock; each with a reference */
static struct super *devpts;
static struct inode *ptmx_node;
static struct slab_cache *inode_cache;

/* As all distributions mount it: write(1) and wall(1) are of group tty. Mount options are not
 * looked at. */
#define NODE_MODE 0620
#define NODE_GID  5

/* ---------------------------------------------------------------- nodes */
static int slave_open(struct inode *inode, struct file *f)
{
	return devtty_open_terminal(f, pty_slave(inode->private), f->flags);
}

static const struct file_ops slave_ops = { .open = slave_open };
static const struct inode_ops node_ops;

static struct inode *new_node(ino_t ino, umode_t mode)
{
	struct inode *inode = inode_new(devpts, ino);

	if (!inode)
		return NULL;
	inode->mode = mode;
	inode->ops = &node_ops;
	inode->block_size = 1024;
	return inode;
}

/* The slave's node appears. It takes a reference of the pty's. */
static int add_node(struct pty *pty)
{
	u32 nr = pty_number(pty);
	struct inode *inode = new_node(FIRST_INO + nr, S_IFCHR | NODE_MODE);

	if (!inode)
		return -ENOMEM;
	inode->rdev = MKDEV(PTY_MAJOR, nr);
	inode->fops = &slave_ops;
	inode->uid = current_cred()->fsuid;
	inode->gid = NODE_GID;
	pty_get(pty);
	inode->private = pty;
	inode_new_done(inode);
	spin_lock(&nodes_lock);
	nodes[nr] = inode;
	spin_unlock(&nodes_lock);
	return 0;
}

/* It is gone for who looks for it; who has it may keep it. */
static void remove_node(struct pty *pty)
{
	struct inode *inode;

	spin_lock(&nodes_lock);
	inode = nodes[pty_number(pty)];
	nodes[pty_number(pty)] = NULL;
	spin_unlock(&nodes_lock);
	mutex_lock(&inode->lock);
	inode->nlink = 0;
	mutex_unlock(&inode->lock);
	inode_put(inode);
}

/* With a reference, or NULL. */
static struct inode *get_node(u32 nr)
{
	struct inode *inode;

	spin_lock(&nodes_lock);
	inode = nodes[nr];
	if (inode)
		inode_get(inode);
	spin_unlock(&nodes_lock);
	return inode;
}

/* ---------------------------------------------------------------- the directory */
static struct inode *lookup(struct inode *dir, const char *name, u32 len)
{
	char text[8], again[8];
	u64 nr;

	(void)dir;
	if (len >= sizeof(text))
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	if (!strcmp(text, "ptmx")) {
		inode_get(ptmx_node);
		return ptmx_node;
	}
	if (parse_u64(text, 10, &nr) || nr >= PTY_MAX)
		return NULL;
	snprintf(again, sizeof(again), "%lu", nr); /* "007" is not 7 */
	return strcmp(text, again) ? NULL : get_node((u32)nr);
}

/* Positions: 0 ".", 1 "..", 2 "ptmx", then the numbers. */
static int readdir(struct file *f, struct dir_context *ctx)
{
	static const char *const fixed[] = { ".", "..", "ptmx" };
	char name[8];
	u32 nr;

	for (; f->pos < 3; f->pos++)
		if (!dir_emit(ctx, fixed[f->pos], (u32)strlen(fixed[f->pos]),
			    f->pos < 2 ? ROOT_INO : PTMX_INO, f->pos < 2 ? DT_DIR : DT_CHR,
			    f->pos + 1))
			return 0;
	for (; f->pos - 3 < PTY_MAX; f->pos++) {
		nr = (u32)(f->pos - 3);
		if (!atomic_load_relaxed(&nodes[nr]))
			continue;
		snprintf(name, sizeof(name), "%u", nr);
		if (!dir_emit(ctx, name, (u32)strlen(name), FIRST_INO + nr, DT_CHR, f->pos + 1))
			return 0;
	}
	return 0;
}

static const struct inode_ops root_ops = { .lookup = lookup };
static const struct file_ops root_fops = { .readdir = readdir, .seek = generic_seek };

/* ---------------------------------------------------------------- masters */
static bool is_nonblocking(const struct file *f)
{
	return f->flags & O_NONBLOCK;
}

static ssize_t ptmx_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	u8 chunk[CHUNK];
	ssize_t n;

	(void)pos;
	n = pty_master_read(f->private, chunk, min(buf->len, sizeof(chunk)), is_nonblocking(f));
	return devtty_store(buf, chunk, n);
}

static ssize_t write_chunk(void *pty, const u8 *bytes, size_t len, bool nonblock)
{
	return pty_master_write(pty, bytes, len, nonblock);
}

static ssize_t ptmx_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	(void)pos;
	return devtty_write_chunks(f, buf, write_chunk);
}

/* TIOCGPTPEER: the slave, whether or not its node can be reached by a name. */
static s64 open_peer(struct pty *pty, u32 flags)
{
	struct inode *inode = get_node(pty_number(pty));
	char name[24];
	struct file *f;
	int fd, err;

	snprintf(name, sizeof(name), "/dev/pts/%u", pty_number(pty));
	fd = fd_reserve(0, flags & O_CLOEXEC);
	if (fd < 0) {
		inode_put(inode);
		return fd;
	}
	f = file_open_anonymous(
		inode, &slave_ops, flags & (O_ACCMODE | O_NONBLOCK | O_CLOEXEC), name);
	err = IS_ERR(f) ? (int)PTR_ERR(f) : devtty_open_terminal(f, pty_slave(pty), flags);
	if (err) {
		if (!IS_ERR(f))
			file_put(f);
		fd_release(fd);
		return err;
	}
	fd_install(fd, f);
	return fd;
}

static s64 ptmx_ioctl(struct file *f, u32 cmd, u64 arg)
{
	if (cmd == TIOCGPTPEER)
		return open_peer(f->private, (u32)arg);
	return pty_master_ioctl(f->private, cmd, arg);
}

static u32 ptmx_poll(struct file *f, struct poll_table *pt)
{
	return pty_master_poll(f->private, pt);
}

static int ptmx_open(struct inode *inode, struct file *f)
{
	struct pty *pty = pty_create();
	int err;

	(void)inode;
	if (IS_ERR(pty))
		return (int)PTR_ERR(pty);
	err = add_node(pty);
	if (err) {
		pty_master_close(pty);
		return err;
	}
	f->private = pty;
	f->mode |= FILE_NOSEEK;
	return 0;
}

static void ptmx_release(struct file *f)
{
	remove_node(f->private);
	pty_master_close(f->private);
}

static const struct file_ops ptmx_ops = {
	.read = ptmx_read,
	.write = ptmx_write,
	.ioctl = ptmx_ioctl,
	.poll = ptmx_poll,
	.open = ptmx_open,
	.release = ptmx_release,
};

/* ---------------------------------------------------------------- the filesystem */
static struct inode *alloc_inode(struct super *sb)
{
	(void)sb;
	return slab_alloc(inode_cache, PAGE_ZEROED);
}

static void free_inode(struct inode *inode)
{
	if (inode->private)
		pty_put(inode->private);
	slab_free(inode_cache, inode);
}

static bool dentry_valid(const struct dentry *d)
{
	const struct inode *inode = d->inode;

	return inode && (!inode->private || pty_is_alive(inode->private));
}

static int statfs(struct super *sb, struct fs_stats *st)
{
	*st = (struct fs_stats){
		.magic = sb->magic, .block_size = PAGE_SIZE, .name_max = NAME_LEN_MAX
	};
	return 0;
}

static const struct super_ops super_ops = {
	.alloc_inode = alloc_inode,
	.free_inode = free_inode,
	.dentry_valid = dentry_valid,
	.statfs = statfs,
};

static int make_root(struct super *sb)
{
	struct inode *root = new_node(ROOT_INO, S_IFDIR | 0755);

	if (!root)
		return -ENOMEM;
	root->ops = &root_ops;
	root->fops = &root_fops;
	root->nlink = 2;
	inode_new_done(root);
	return dentry_set_root(sb, root);
}

/* Once, at boot. */
static int devpts_mount(struct super *sb, const char *data)
{
	(void)data;
	devpts = sb;
	sb->ops = &super_ops;
	sb->magic = DEVPTS_SUPER_MAGIC;
	sb->block_size = 1024;
	ptmx_node = new_node(PTMX_INO, S_IFCHR);
	if (!ptmx_node)
		return -ENOMEM;
	inode_init_special(ptmx_node, ptmx_node->mode, PTMX_DEV);
	inode_new_done(ptmx_node);
	return make_root(sb);
}

static struct fs_type devpts_type = { .name = "devpts", .single = true, .mount = devpts_mount };

void devpts_init(void)
{
	inode_cache = slab_cache_create("devpts_inode", sizeof(struct inode), 16);
	fs_register(&devpts_type);
	if (!mount_kernel_internal("devpts") ||
		chrdev_register(PTMX_DEV, "ptmx", 0666, &ptmx_ops, NULL))
		pr_warn("devpts: no memory: there are no pseudo-terminals");
}
