/* SPDX-License-Identifier: MIT */
/* What a process is to the filesystem. Kernel threads, and init before its exec, have
 * initial_fs_context: root's rights, no files. */
#include "fs/context.h"

#include "fs/dentry.h"
#include "mm/slab.h"

#define NOFILE_DEFAULT 1024

static struct fd_table initial_files = { .lock = SPINLOCK_INIT(initial_files, RANK_FILES),
	.refs = { 1 } };

struct fs_context initial_fs_context = {
	.refs = { FS_CONTEXT_ALONE + 1 }, /* of all kernel threads: never freed, always locked */
	.lock = SPINLOCK_INIT(initial_fs_context, RANK_FILES),
	.umask = 022,
	.files = &initial_files,
	.limit_fsize = ~0UL,
	.limit_nofile = NOFILE_DEFAULT,
};

struct fs_context *fs_context_fork(struct fs_context *old, bool share_files)
{
	struct fs_context *c = kmalloc(sizeof(*c));

	if (!c)
		return NULL;
	if (share_files) {
		c->files = old->files;
		atomic_inc(&c->files->refs);
	} else {
		c->files = fd_table_copy(old->files);
	}
	if (!c->files) {
		kfree(c);
		return NULL;
	}
	atomic_set(&c->refs, 1);
	spin_init_named(&c->lock, RANK_FILES, "fs context");
	spin_lock(&old->lock);
	c->root = old->root;
	c->cwd = old->cwd;
	path_get(&c->root);
	path_get(&c->cwd);
	c->umask = old->umask;
	spin_unlock(&old->lock);
	c->cred = old->cred;
	c->limit_fsize = old->limit_fsize;
	c->limit_nofile = old->limit_nofile;
	return c;
}

void fs_context_put(struct fs_context *c)
{
	if (!atomic_dec_and_test(&c->refs))
		return;
	fd_table_put(c->files);
	path_put(&c->cwd);
	path_put(&c->root);
	kfree(c);
}

static void get(const struct path *from, struct path *out)
{
	struct fs_context *c = current_fs();

	spin_lock(&c->lock);
	*out = *from;
	path_get(out);
	spin_unlock(&c->lock);
}

void fs_context_get_root(struct path *out)
{
	get(&current_fs()->root, out);
}

void fs_context_get_cwd(struct path *out)
{
	get(&current_fs()->cwd, out);
}

static void set(struct path *place, const struct path *p)
{
	struct fs_context *c = current_fs();
	struct path old;

	path_get(p);
	spin_lock(&c->lock);
	old = *place;
	*place = *p;
	spin_unlock(&c->lock);
	if (old.mount)
		path_put(&old);
}

void fs_context_set_root(const struct path *p)
{
	set(&current_fs()->root, p);
}

void fs_context_set_cwd(const struct path *p)
{
	set(&current_fs()->cwd, p);
}
