/* SPDX-License-Identifier: MIT */
/* The dentry cache: (parent, name) -> inode, negative entries too, so that a look-up costs by the
 * path's length. */
#pragma once

#include "fs/vfs.h"

/* The cached child, with a reference, or NULL. Does not sleep. */
struct dentry *dentry_find(struct dentry *parent, const char *name, u32 len);
/* The child, from the cache or the filesystem (negative: inode NULL). ERR_PTR. May sleep; takes
 * parent's inode->lock unless locked. */
struct dentry *dentry_lookup(struct dentry *parent, const char *name, u32 len, bool parent_locked);
/* Makes sb->root of this inode, whose reference it takes over (also on error). 0 or -ENOMEM. */
int dentry_set_root(struct super *sb, struct inode *inode);
static inline void dentry_get(struct dentry *d)
{
	atomic_inc(&d->refs);
}
void dentry_put(struct dentry *d);
/* A negative dentry becomes this inode's (takes over the reference); a removed name becomes
 * negative; a renamed one moves. */
void dentry_instantiate(struct dentry *d, struct inode *inode);
void dentry_delete(struct dentry *d);
int dentry_move(struct dentry *d, struct dentry *new_parent, const char *name, u32 len);
void dentry_exchange(struct dentry *a, struct dentry *b); /* the two change places and names */
/* A name that is in no directory (pipes): "pipe:[7]". Takes over the inode reference on success.
 * NULL: no memory */
struct dentry *dentry_make_anonymous(struct super *sb, struct inode *inode, const char *name);
/* Forgets what is cached below d (a removed directory). */
void dentry_prune_children(struct dentry *d);

/* RANK_DCACHE: all names, their links, and the mount hash, so that a walk takes it once. */
extern struct spinlock dcache_lock;
u32 dentry_hash_name(const char *name, u32 len);
/* => dcache_lock held; no reference is taken. NULL: not cached */
struct dentry *dentry_find_locked(const struct dentry *parent, const char *name, u32 len, u32 hash);
/* Forgets an unused name (procfs: the process is gone). */
void dentry_drop(struct dentry *d);
bool dentry_is_ancestor(const struct dentry *ancestor, const struct dentry *d);
u64 dentry_shrink(struct super *only, u64 nr);
/* The path of p seen from root, into buf: returns a pointer into buf, or ERR_PTR(-ENAMETOOLONG). "
 * (deleted)" and "(unreachable)" as Linux. */
char *path_format(const struct path *p, const struct path *root, char *buf, size_t size);
void dentry_init(void);

static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->mount == b->mount && a->dentry == b->dentry;
}
void path_get(const struct path *p);
void path_put(const struct path *p);
