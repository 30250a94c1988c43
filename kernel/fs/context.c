/* SPDX-License-Identifier: MIT */
/* Root, working directory, umask: see context.h. */
#include "fs/context.h"

#include "fs/dentry.h"
#include "mm/slab.h"

struct fs_context initial_fs_context = {
	.refs = { 2 }, /* of all kernel threads: never freed, always locked */
	.lock = SPINLOCK_INIT(initial_fs_context, RANK_FILES),
	.umask = 022,
};

struct fs_context *fs_context_share(struct fs_context *c)
{
	bool may;

	spin_lock(&c->lock);
	may = !c->nr_execs;
	if (may)
		atomic_inc(&c->refs);
	spin_unlock(&c->lock);
	return may ? c : NULL;
}

struct fs_context *fs_context_copy(struct fs_context *old)
{
	struct fs_context *c = kmalloc(sizeof(*c));

	if (!c)
		return NULL;
	atomic_set(&c->refs, 1);
	spin_init_named(&c->lock, RANK_FILES, "fs context");
	c->nr_execs = 0;
	spin_lock(&old->lock);
	c->root = old->root;
	c->cwd = old->cwd;
	path_get(&c->root);
	path_get(&c->cwd);
	c->umask = old->umask;
	spin_unlock(&old->lock);
	return c;
}

bool fs_context_drop(struct fs_context *c)
{
	return atomic_dec_and_test(&c->refs);
}

void fs_context_free(struct fs_context *c)
{
	path_put(&c->cwd);
	path_put(&c->root);
	kfree(c);
}

void fs_context_put(struct fs_context *c)
{
	if (fs_context_drop(c))
		fs_context_free(c);
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
