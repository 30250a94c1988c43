// SPDX-License-Identifier: MIT
/*
 * procfs: see procfs.h. An inode is made for every look-up and forgotten when it is not used any
 * more; names of processes that are gone are dropped by dentry_valid. The text of a file is
 * generated at the first read and at every return to offset 0: whole, so that a reader who takes it
 * in pieces sees one state; or, where it may be long, a page or more at a time (step).
 *
 * Locks: inode->lock is held by the VFS for look-ups and lists; the text of an open file has its own,
 * for pread(2) does not take the file's position.
 */
#include "fs/procfs.h"
#include <linux/fs.h>
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"

#define PROC_SUPER_MAGIC 0x9fa0
#define PROC_ROOT_INO    1
#define PROC_TEXT_MAX    MIB(4)
#define PROC_WRITE_MAX   4095

struct proc_inode {
	struct inode vfs;
	struct proc_entry entry;
	void *object;
	const struct proc_dir *owner; /* counts the object */
};

static const struct proc_dir *root_dir;
static atomic_t next_ino = { 1000 };
static struct slab_cache *inode_cache;

static struct proc_inode *proc_i(struct inode *inode)
{
	return container_of(inode, struct proc_inode, vfs);
}

/* ---------------------------------------------------------------- text */

static bool reserve(struct proc_text *t, size_t more)
{
	size_t size = t->size ? t->size : 1024;
	char *buf;

	if (t->failed)
		return false;
	while (size < t->len + more + 1)
		size *= 2;
	if (size == t->size)
		return true;
	buf = size <= PROC_TEXT_MAX ? kmalloc(size) : NULL;
	if (!buf) {
		t->failed = true;
		return false;
	}
	memcpy(buf, t->buf, t->len);
	kfree(t->buf);
	t->buf = buf;
	t->size = size;
	return true;
}

void proc_put(struct proc_text *t, const void *bytes, size_t len)
{
	if (!reserve(t, len))
		return;
	memcpy(t->buf + t->len, bytes, len);
	t->len += len;
}

void proc_printf(struct proc_text *t, const char *fmt, ...)
{
	size_t room = t->size - t->len; /* mostly enough */
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(room ? t->buf + t->len : NULL, room, fmt, args);
	va_end(args);
	if (!reserve(t, (size_t)len))
		return;
	if ((size_t)len >= room) {
		va_start(args, fmt);
		vsnprintf(t->buf + t->len, (size_t)len + 1, fmt, args);
		va_end(args);
	}
	t->len += (size_t)len;
}

void proc_put_escaped(struct proc_text *t, const char *s, const char *escaped)
{
	while (*s) {
		size_t plain = strcspn(s, escaped);

		proc_put(t, s, plain);
		s += plain;
		if (*s)
			proc_printf(t, "\\%03o", (u8)*s++);
	}
}

/* ---------------------------------------------------------------- files */

/* What an open file has generated: the bytes [start, start + text.len) of the file. */
struct proc_window {
	void *object;      /* [c] what open made of the inode's */
	bool privileged;   /* [c] */
	struct mutex lock; /* RANK_PROC_TEXT: the rest */
	struct proc_text text;
	loff_t start;
	u64 cursor; /* of the entry's step() */
	bool done;  /* nothing comes behind it */
};

static int proc_open(struct inode *inode, struct file *f)
{
	struct proc_inode *pi = proc_i(inode);
	struct proc_window *w = kzalloc(sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	mutex_init_named(&w->lock, RANK_PROC_TEXT, "proc text");
	w->object = pi->object;
	w->privileged = current_can(CAP_SYS_ADMIN);
	err = pi->entry.open ? pi->entry.open(pi->object, &w->object) : 0;
	if (err)
		kfree(w);
	else
		f->private = w;
	return err;
}

static void proc_release(struct file *f)
{
	const struct proc_entry *e = &proc_i(f->inode)->entry;
	struct proc_window *w = f->private;

	if (!w)
		return;
	if (e->close)
		e->close(w->object);
	kfree(w->text.buf);
	kfree(w);
}

static bool is_alive(const struct proc_inode *pi)
{
	return !pi->owner || !pi->owner->alive || pi->owner->alive(pi->object);
}

/* Moves the window on: the text behind it is made. 0 or -errno. */
static int generate(struct proc_inode *pi, struct proc_window *w)
{
	struct proc_text *t = &w->text;
	int err = 0;

	if (!pi->entry.outlives && !is_alive(pi))
		return -ESRCH;
	w->start += (loff_t)t->len;
	t->len = 0;
	if (pi->entry.step) {
		while (!w->done && t->len < PAGE_SIZE && !t->failed)
			w->done = !pi->entry.step(t, w->object, &w->cursor);
	} else {
		err = pi->entry.show(t, w->object);
		w->done = true;
	}
	return t->failed ? -ENOMEM : err;
}

/* Makes the window hold the byte at pos, if there is one. */
static int find_text(struct proc_inode *pi, struct proc_window *w, loff_t pos)
{
	int err = 0;

	if (pos == 0 || pos < w->start) {
		w->start = 0;
		w->text.len = 0;
		w->text.failed = false;
		w->cursor = 0;
		w->done = false;
	}
	while (!err && !w->done && pos >= w->start + (loff_t)w->text.len)
		err = generate(pi, w);
	return err;
}

/* => w->lock held */
static ssize_t read_text(
	struct proc_inode *pi, struct proc_window *w, struct iobuf *buf, loff_t *pos)
{
	ssize_t total = 0;
	size_t want, n;
	int err;

	while (buf->len) {
		err = find_text(pi, w, *pos);
		if (err)
			return total ? total : err;
		if (*pos >= w->start + (loff_t)w->text.len)
			break;
		want = min(buf->len, (size_t)(w->start + (loff_t)w->text.len - *pos));
		n = iobuf_put(buf, w->text.buf + (*pos - w->start), want);
		*pos += (loff_t)n;
		total += (ssize_t)n;
		if (n < want)
			return total ? total : -EFAULT;
	}
	return total;
}

static int check_position(const struct proc_entry *e, loff_t pos, size_t len)
{
	if (pos >= 0)
		return 0;
	if (!e->addresses)
		return -EINVAL;
	return len < -(u64)pos ? 0 : -EOVERFLOW; /* not past the last address */
}

static ssize_t move_bytes(struct proc_inode *pi, struct proc_window *w,
	ssize_t (*move)(struct proc_io *io), struct iobuf *buf, loff_t *pos)
{
	struct proc_io io = {
		.object = w->object, .buf = buf, .pos = pos, .privileged = w->privileged
	};

	int err = check_position(&pi->entry, *pos, buf->len);

	if (!err && !pi->entry.outlives && !is_alive(pi))
		err = -ESRCH;
	return err ? err : move(&io);
}

static ssize_t proc_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct proc_inode *pi = proc_i(f->inode);
	struct proc_window *w = f->private;
	ssize_t n;

	if (pi->entry.read)
		return move_bytes(pi, w, pi->entry.read, buf, pos);
	if (!pi->entry.show && !pi->entry.step)
		return -EINVAL; /* it can only be written */
	mutex_lock(&w->lock);
	n = read_text(pi, w, buf, pos);
	mutex_unlock(&w->lock);
	return n;
}

static ssize_t proc_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct proc_inode *pi = proc_i(f->inode);
	struct proc_window *w = f->private;
	size_t len = buf->len;
	ssize_t result;
	char *text;

	if (pi->entry.store)
		return move_bytes(pi, w, pi->entry.store, buf, pos);
	if (!pi->entry.write || len > PROC_WRITE_MAX)
		return -EINVAL;
	text = kmalloc(len + 1);
	if (!text)
		return -ENOMEM;
	if (iobuf_take(buf, text, len) < len) {
		kfree(text);
		return -EFAULT;
	}
	text[len] = 0;
	result = is_alive(pi) ? pi->entry.write(w->object, text, len) : -ESRCH;
	kfree(text);
	if (result > 0)
		*pos += result;
	return result;
}

/* Where there is no end one can go anywhere, as on Linux. */
static loff_t proc_seek(struct file *f, loff_t off, int whence)
{
	const struct proc_entry *e = &proc_i(f->inode)->entry;

	if (!e->read || e->has_end)
		return generic_seek(f, off, whence);
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	f->pos = (loff_t)((whence == SEEK_CUR ? (u64)f->pos : 0) + (u64)off);
	return f->pos;
}

static const struct file_ops proc_file_fops = {
	.read = proc_read,
	.write = proc_write,
	.open = proc_open,
	.release = proc_release,
	.seek = proc_seek,
};

/* The files of the system are asked to be mapped and fail, as on Linux; those of processes and the
 * settings cannot be asked (ENODEV). */
static int refuse_map(struct vma *vma, void *file)
{
	(void)vma;
	(void)file;
	return -EIO;
}

static int proc_system_map(struct file *f, struct map_request *rq)
{
	(void)f;
	rq->device_map = refuse_map;
	return 0;
}

static const struct file_ops proc_system_fops = {
	.read = proc_read,
	.write = proc_write,
	.open = proc_open,
	.release = proc_release,
	.seek = proc_seek,
	.map = proc_system_map,
};

/* ---------------------------------------------------------------- links */

static ssize_t proc_readlink(struct inode *inode, char *buf, size_t size)
{
	struct proc_inode *pi = proc_i(inode);

	return pi->entry.readlink ? pi->entry.readlink(pi->object, buf, size) : -EINVAL;
}

static int proc_follow(struct inode *inode, struct path *out)
{
	struct proc_inode *pi = proc_i(inode);

	return pi->entry.follow(pi->object, out);
}

/* Processes change their user. */
static void set_owner(struct proc_inode *pi)
{
	struct inode *inode = &pi->vfs;

	if (pi->owner && pi->owner->owner)
		pi->owner->owner(pi->object, inode->mode, &inode->uid, &inode->gid);
}

static void proc_refresh(struct inode *inode)
{
	set_owner(proc_i(inode));
}

static const struct inode_ops proc_link_ops = { .readlink = proc_readlink,
	.refresh = proc_refresh };
static const struct inode_ops proc_jump_ops = {
	.readlink = proc_readlink, .follow = proc_follow, .refresh = proc_refresh
};
static const struct inode_ops proc_file_ops = { .refresh = proc_refresh };

/* ---------------------------------------------------------------- inodes */

static const struct inode_ops proc_dir_ops;
static const struct file_ops proc_dir_fops;

static void set_operations(struct proc_inode *pi)
{
	struct inode *inode = &pi->vfs;

	if (S_ISDIR(inode->mode)) {
		inode->ops = &proc_dir_ops;
		inode->fops = &proc_dir_fops;
		inode->nlink = 2;
	} else if (S_ISLNK(inode->mode)) {
		inode->ops = pi->entry.follow ? &proc_jump_ops : &proc_link_ops;
	} else {
		inode->ops = &proc_file_ops;
		inode->fops = pi->owner == root_dir ? &proc_system_fops : &proc_file_fops;
	}
}

/* Takes over the child's object reference, also when it fails. */
static struct inode *make_inode(
	struct super *sb, struct proc_child *child, const struct proc_dir *owner)
{
	ino_t ino = child->ino ? child->ino : (ino_t)atomic_add_return(&next_ino, 1) + (1UL << 31);
	struct inode *inode = inode_new(sb, ino);
	struct proc_inode *pi;

	if (!inode) {
		if (owner && owner->put)
			owner->put(child->object);
		return ERR_PTR(-ENOMEM);
	}
	pi = proc_i(inode);
	pi->entry = child->entry;
	pi->object = child->object;
	pi->owner = owner;
	inode->mode = child->entry.mode;
	inode->uid = child->uid;
	inode->gid = child->gid;
	inode->block_size = 1024;
	set_owner(pi);
	set_operations(pi);
	inode_new_done(inode);
	return inode;
}

static struct inode *proc_alloc_inode(struct super *sb)
{
	struct proc_inode *pi = slab_alloc(inode_cache, PAGE_ZEROED);

	(void)sb;
	return pi ? &pi->vfs : NULL;
}

static void proc_free_inode(struct inode *inode)
{
	struct proc_inode *pi = proc_i(inode);

	if (pi->owner && pi->owner->put)
		pi->owner->put(pi->object);
	slab_free(inode_cache, pi);
}

/* ---------------------------------------------------------------- directories */

static const struct proc_entry *find_static(const struct proc_dir *d, const char *name, u32 len)
{
	for (u32 i = 0; i < d->nr_entries; i++)
		if (strlen(d->entries[i].name) == len && memcmp(d->entries[i].name, name, len) == 0)
			return &d->entries[i];
	return NULL;
}

static struct inode *proc_lookup(struct inode *dir, const char *name, u32 len)
{
	struct proc_inode *pi = proc_i(dir);
	const struct proc_dir *d = pi->entry.dir;
	const struct proc_entry *e = find_static(d, name, len);
	struct proc_child child = { 0 };
	int err;

	if (d->alive && !d->alive(pi->object))
		return NULL;
	if (e) {
		child.entry = *e;
		child.object = pi->object;
		if (d->get)
			d->get(child.object);
		return make_inode(dir->sb, &child, e->dir ? e->dir : d);
	}
	if (!d->lookup)
		return NULL;
	err = d->lookup(pi->object, name, len, &child);
	if (err)
		return err == -ENOENT ? NULL : ERR_PTR(err);
	return make_inode(dir->sb, &child, child.entry.dir ? child.entry.dir : d);
}

/* Positions: 0 ".", 1 "..", then the static entries, then DYNAMIC + cursor. */
#define DYNAMIC_POS (1L << 32)

static bool emit_static(struct file *f, struct dir_context *ctx, const struct proc_dir *d)
{
	while (f->pos - 2 < (loff_t)d->nr_entries) {
		const struct proc_entry *e = &d->entries[f->pos - 2];

		if (!dir_emit(ctx, e->name, (u32)strlen(e->name), (ino_t)f->pos + 10,
			    e->mode >> 12 & 15, f->pos + 1))
			return false;
		f->pos++;
	}
	f->pos = DYNAMIC_POS;
	return true;
}

static bool emit_dots(struct file *f, struct dir_context *ctx)
{
	static const char *const names[] = { ".", ".." };

	for (; f->pos < 2; f->pos++)
		if (!dir_emit(ctx, names[f->pos], (u32)f->pos + 1, f->inode->ino, 4, f->pos + 1))
			return false;
	return true;
}

static int proc_readdir(struct file *f, struct dir_context *ctx)
{
	struct proc_inode *pi = proc_i(f->inode);
	const struct proc_dir *d = pi->entry.dir;
	struct proc_child child = { 0 };

	if (f->pos < DYNAMIC_POS && (!emit_dots(f, ctx) || !emit_static(f, ctx, d)))
		return 0;
	while (d->next) {
		u64 cursor = (u64)(f->pos - DYNAMIC_POS);

		if (!d->next(pi->object, &cursor, &child))
			break;
		if (!dir_emit(ctx, child.name, (u32)strlen(child.name), child.ino ? child.ino : 1,
			    child.entry.mode >> 12 & 15, DYNAMIC_POS + (loff_t)cursor))
			break;
		f->pos = DYNAMIC_POS + (loff_t)cursor;
	}
	return 0;
}

static bool proc_dir_permits(const struct inode *inode)
{
	const struct proc_inode *pi = container_of(inode, struct proc_inode, vfs);
	const struct proc_dir *dir = pi->entry.dir;

	return dir->permits && dir->permits(pi->object);
}

static const struct inode_ops proc_dir_ops = {
	.lookup = proc_lookup, .refresh = proc_refresh, .permits = proc_dir_permits
};
static const struct file_ops proc_dir_fops = { .readdir = proc_readdir, .seek = generic_seek };

void *procfs_dir_object(const struct file *f, const struct proc_dir *dir)
{
	struct proc_inode *pi;

	if (!f->inode || f->inode->fops != &proc_dir_fops)
		return NULL;
	pi = proc_i(f->inode);
	return pi->entry.dir == dir ? pi->object : NULL;
}

/* ---------------------------------------------------------------- the filesystem */

static bool proc_dentry_valid(const struct dentry *dentry)
{
	const struct proc_inode *pi;

	if (!dentry->inode)
		return false;
	pi = proc_i(dentry->inode);
	return is_alive(pi) && !(pi->owner && pi->owner->transient);
}

static int proc_statfs(struct super *sb, struct fs_stats *st)
{
	*st = (struct fs_stats){
		.magic = sb->magic, .block_size = PAGE_SIZE, .name_max = NAME_LEN_MAX
	};
	return 0;
}

static const struct super_ops proc_super_ops = {
	.alloc_inode = proc_alloc_inode,
	.free_inode = proc_free_inode,
	.statfs = proc_statfs,
	.dentry_valid = proc_dentry_valid,
};

static int proc_mount(struct super *sb, const char *data)
{
	struct proc_child child = { .ino = PROC_ROOT_INO };
	struct inode *root;

	(void)data;
	sb->ops = &proc_super_ops;
	sb->magic = PROC_SUPER_MAGIC;
	sb->block_size = 1024;
	child.entry = (struct proc_entry){ .mode = S_IFDIR | 0555, .dir = root_dir };
	root = make_inode(sb, &child, root_dir);
	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	return dentry_set_root(sb, root);
}

static struct fs_type proc_type = { .name = "proc", .mount = proc_mount };

void procfs_set_root(const struct proc_dir *root)
{
	root_dir = root;
}

void procfs_init(void)
{
	inode_cache = slab_cache_create("proc_inode", sizeof(struct proc_inode), 16);
	fs_register(&proc_type);
}
