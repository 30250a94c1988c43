/* SPDX-License-Identifier: MIT */
/*
 * The dentry cache. A name that was once looked up, found or not, is answered from a hash table, so
 * a path costs by its length and not by the size of directories.
 *
 *	            dentry_lookup()                       dentry_delete(), nobody else has it
 *	(nothing) ------------------> positive | negative <------------------------------- positive
 *	                                 ^   dentry_instantiate() (create)  |
 *	                                 '----------------------------------'
 *	positive, in use -dentry_delete()-> unhashed: lives as long as its users; its inode too
 *
 * Invariants: a child holds a reference on its parent, a positive dentry one on its inode; refs 0
 * means that it stands on the LRU (or is being freed). Only the holder of the parent inode's lock
 * adds names or turns them positive or negative. A file keeps its inode by its dentry: while
 * somebody else has a reference, a deleted name is unhashed, never made negative. A directory has
 * one name in the tree (inode->name): a damaged disk may say otherwise, but then the same directory
 * would be its own child, or be locked as two. Filesystems without a disk keep no negative names:
 * asking them again is as cheap (and /proc changes by itself).
 *
 * Lock: dcache_lock, a spinlock of which namei.c's walk holds one hold for many components.
 * inode_put() and kfree() come after it.
 */
#include "fs/dentry.h"

#include "debug/assert.h"
#include "debug/printk.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"

struct spinlock dcache_lock = SPINLOCK_INIT(dcache_lock, RANK_DCACHE);

static struct list *hash_table;
static u64 hash_mask;
static struct list lru = LIST_INIT(lru); /* oldest first; may hold dentries that are in use again */
static struct slab_cache *cache;

u32 dentry_hash_name(const char *name, u32 len)
{
	return hash_bytes(name, len);
}

static struct list *hash_chain(const struct dentry *parent, u32 hash)
{
	return &hash_table[(hash ^ ((u64)parent >> 5) * 0x9e3779b1u) & hash_mask];
}

/* ---------------------------------------------------------------- memory */
static bool set_name(struct dentry *d, const char *name, u32 len, char *longer)
{
	char *to = len < DENTRY_INLINE_NAME ? d->inline_name : longer;

	if (!to)
		return false;
	memcpy(to, name, len);
	to[len] = '\0';
	d->name = to;
	d->name_len = len;
	d->hash = dentry_hash_name(name, len);
	return true;
}

static char *alloc_long_name(u32 len)
{
	return len < DENTRY_INLINE_NAME ? NULL : kmalloc(len + 1);
}

static struct dentry *alloc_dentry(struct super *sb, const char *name, u32 len)
{
	struct dentry *d = slab_alloc(cache, PAGE_ZEROED);

	if (!d)
		return NULL;
	if (!set_name(d, name, len, alloc_long_name(len))) {
		slab_free(cache, d);
		return NULL;
	}
	d->sb = sb;
	d->parent = d;
	atomic_set(&d->refs, 1);
	list_init(&d->hash_link);
	list_init(&d->children);
	list_init(&d->sibling);
	list_init(&d->lru_link);
	return d;
}

static void free_dentry(struct dentry *d)
{
	if (d->name != d->inline_name)
		kfree(d->name);
	slab_free(cache, d);
}

int dentry_set_root(struct super *sb, struct inode *inode)
{
	struct dentry *d = alloc_dentry(sb, "/", 1);

	sb->root = d;
	if (!d) {
		inode_put(inode);
		return -ENOMEM;
	}
	d->inode = inode;
	inode->name = d;
	return 0;
}

struct dentry *dentry_make_anonymous(struct super *sb, struct inode *inode, const char *name)
{
	struct dentry *d = alloc_dentry(sb, name, (u32)strlen(name));

	if (d)
		d->inode = inode;
	return d;
}

/* ------------------------------------------------------------- hash and tree, under dcache_lock */
static void name_directory_locked(struct dentry *d)
{
	if (d->inode && S_ISDIR(d->inode->mode))
		d->inode->name = d;
}

static void unname_directory_locked(struct dentry *d)
{
	if (d->inode && d->inode->name == d)
		d->inode->name = NULL;
}

static void link_locked(struct dentry *d, struct dentry *parent)
{
	name_directory_locked(d);
	d->parent = parent;
	list_push(&parent->children, &d->sibling);
	list_push(hash_chain(parent, d->hash), &d->hash_link);
	d->unhashed = false;
}

static void unhash_locked(struct dentry *d)
{
	unname_directory_locked(d);
	list_remove(&d->hash_link);
	list_remove(&d->sibling);
	d->unhashed = true;
}

/* A name that the filesystem disowns (procfs: the process is gone) leaves the tree. */
static bool still_valid_locked(struct dentry *d)
{
	const struct super_ops *ops = d->sb->ops;

	if (!ops || !ops->dentry_valid || ops->dentry_valid(d))
		return true;
	unhash_locked(d);
	return false;
}

struct dentry *dentry_find_locked(const struct dentry *parent, const char *name, u32 len, u32 hash)
{
	struct list *chain = hash_chain(parent, hash);
	struct dentry *d;

	list_for_each (d, chain, hash_link)
		if (d->hash == hash && d->parent == parent && d->name_len == len &&
			!memcmp(d->name, name, len))
			return still_valid_locked(d) ? d : NULL;
	return NULL;
}

struct dentry *dentry_find(struct dentry *parent, const char *name, u32 len)
{
	u32 hash = dentry_hash_name(name, len);
	struct dentry *d;

	spin_lock(&dcache_lock);
	d = dentry_find_locked(parent, name, len, hash);
	if (d)
		dentry_get(d);
	spin_unlock(&dcache_lock);
	return d;
}

/* ---------------------------------------------------------------- references */
static bool worth_keeping(const struct dentry *d)
{
	const struct super_ops *ops = d->sb->ops;

	return !d->unhashed && d->parent != d && (d->inode || d->sb->bdev) &&
	       !(ops && ops->dentry_valid);
}

/* Drops one reference; true if d is to be freed: it is out of all lists then. */
static bool put_locked(struct dentry *d)
{
	if (!atomic_dec_and_test(&d->refs))
		return false;
	list_remove(&d->lru_link);
	if (worth_keeping(d)) {
		list_append(&lru, &d->lru_link);
		return false;
	}
	unhash_locked(d);
	return true;
}

/* Frees a dentry that is out of all lists; returns the parent, whose reference is now the caller's
 * to put. */
static struct dentry *destroy(struct dentry *d)
{
	struct dentry *parent = d->parent == d ? NULL : d->parent;

	if (d->inode)
		inode_put(d->inode);
	free_dentry(d);
	return parent;
}

void dentry_put(struct dentry *d)
{
	bool dead;
	s32 v;

	while (d) {
		v = atomic_read(&d->refs);
		while (v > 1)
			if (__atomic_compare_exchange_n(&d->refs.v, &v, v - 1, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
				return;
		spin_lock(&dcache_lock);
		dead = put_locked(d);
		spin_unlock(&dcache_lock);
		d = dead ? destroy(d) : NULL;
	}
}

void path_get(const struct path *p)
{
	mount_get(p->mount);
	dentry_get(p->dentry);
}

void path_put(const struct path *p)
{
	dentry_put(p->dentry);
	mount_put(p->mount);
}

/* ---------------------------------------------------------------- look-up */
/* Links a name that was looked up. False: it is a directory that has another name already. */
static bool link_found(struct dentry *d, struct dentry *parent)
{
	bool ok;

	spin_lock(&dcache_lock);
	ok = !d->inode || !S_ISDIR(d->inode->mode) || !d->inode->name;
	if (ok) {
		dentry_get(parent);
		link_locked(d, parent);
	}
	spin_unlock(&dcache_lock);
	return ok;
}

static struct dentry *lookup_uncached(struct dentry *parent, const char *name, u32 len)
{
	struct inode *dir = parent->inode, *inode;
	struct dentry *d;

	if (dir->flags & INODE_DEAD)
		return ERR_PTR(-ENOENT);
	d = alloc_dentry(parent->sb, name, len);
	if (!d)
		return ERR_PTR(-ENOMEM);
	inode = dir->ops->lookup(dir, name, len);
	if (IS_ERR(inode)) {
		free_dentry(d);
		return (struct dentry *)inode;
	}
	d->inode = inode;
	if (!link_found(d, parent)) {
		pr_err("%s: directory %lu has two names: '%s' is one of them",
			parent->sb->type->name, inode->ino, d->name);
		inode_put(inode);
		free_dentry(d);
		return ERR_PTR(-EUCLEAN);
	}
	return d;
}

struct dentry *dentry_lookup(struct dentry *parent, const char *name, u32 len, bool parent_locked)
{
	struct inode *dir = parent->inode;
	struct dentry *d;

	if (len > NAME_LEN_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	if (!dir->ops || !dir->ops->lookup)
		return ERR_PTR(-ENOTDIR);
	if (!parent_locked) {
		d = dentry_find(parent, name, len);
		if (d)
			return d;
		mutex_lock(&dir->lock);
	}
	d = dentry_find(parent, name, len);
	if (!d)
		d = lookup_uncached(parent, name, len);
	if (!parent_locked)
		mutex_unlock(&dir->lock);
	return d;
}

/* ---------------------------------------------------------------- changes of the tree */
void dentry_instantiate(struct dentry *d, struct inode *inode)
{
	spin_lock(&dcache_lock);
	assert(!d->inode);
	d->inode = inode;
	name_directory_locked(d);
	spin_unlock(&dcache_lock);
}

void dentry_delete(struct dentry *d)
{
	struct inode *inode = NULL;

	spin_lock(&dcache_lock);
	if (atomic_read(&d->refs) == 1 && d->sb->bdev) {
		inode = d->inode;
		unname_directory_locked(d);
		d->inode = NULL;
	} else {
		unhash_locked(d);
	}
	spin_unlock(&dcache_lock);
	if (inode)
		inode_put(inode);
}

static void move_locked(
	struct dentry *d, struct dentry *parent, const char *name, u32 len, char *longer)
{
	struct dentry *old;

	old = dentry_find_locked(parent, name, len, dentry_hash_name(name, len));
	if (old && old != d)
		unhash_locked(old);
	unhash_locked(d);
	set_name(d, name, len, longer);
	link_locked(d, parent);
}

int dentry_move(struct dentry *d, struct dentry *new_parent, const char *name, u32 len)
{
	struct dentry *old_parent;
	char *longer = alloc_long_name(len), *old_name;

	if (len >= DENTRY_INLINE_NAME && !longer)
		return -ENOMEM;
	dentry_get(new_parent);
	spin_lock(&dcache_lock);
	old_parent = d->parent;
	old_name = d->name == d->inline_name ? NULL : d->name;
	move_locked(d, new_parent, name, len, longer);
	spin_unlock(&dcache_lock);
	kfree(old_name);
	dentry_put(old_parent);
	return 0;
}

static void swap_names_locked(struct dentry *a, struct dentry *b)
{
	bool a_inline = a->name == a->inline_name, b_inline = b->name == b->inline_name;
	char text[DENTRY_INLINE_NAME], *name = a->name;
	u32 len = a->name_len, hash = a->hash;

	memcpy(text, a->inline_name, sizeof(text));
	memcpy(a->inline_name, b->inline_name, sizeof(text));
	memcpy(b->inline_name, text, sizeof(text));
	a->name = b_inline ? a->inline_name : b->name;
	b->name = a_inline ? b->inline_name : name;
	a->name_len = b->name_len;
	a->hash = b->hash;
	b->name_len = len;
	b->hash = hash;
}

void dentry_exchange(struct dentry *a, struct dentry *b)
{
	struct dentry *a_parent, *b_parent;

	spin_lock(&dcache_lock);
	a_parent = a->parent;
	b_parent = b->parent;
	unhash_locked(a);
	unhash_locked(b);
	swap_names_locked(a, b);
	link_locked(a, b_parent); /* each takes over the other's reference on the parent */
	link_locked(b, a_parent);
	spin_unlock(&dcache_lock);
}

bool dentry_is_ancestor(const struct dentry *ancestor, const struct dentry *d)
{
	bool found = false;

	spin_lock(&dcache_lock);
	for (;; d = d->parent) {
		found = d == ancestor;
		if (found || d->parent == d)
			break;
	}
	spin_unlock(&dcache_lock);
	return found;
}

/* ---------------------------------------------------------------- forgetting */
static void destroy_list(struct list *dead, bool put_parents)
{
	struct dentry *d, *next, *parent;

	list_for_each_safe (d, next, dead, lru_link) {
		list_remove(&d->lru_link);
		parent = destroy(d);
		if (put_parents)
			dentry_put(parent);
	}
}

static struct dentry *leftmost(struct dentry *d)
{
	while (!list_empty(&d->children))
		d = list_first(&d->children, struct dentry, sibling);
	return d;
}

/* The dentry behind d when a tree is walked children first. => dcache_lock held */
static struct dentry *next_postorder(struct dentry *d)
{
	if (d->sibling.next == &d->parent->children)
		return d->parent;
	return leftmost(list_entry(d->sibling.next, struct dentry, sibling));
}

void dentry_prune_children(struct dentry *top)
{
	struct list dead = LIST_INIT(dead);
	struct dentry *d, *next;

	spin_lock(&dcache_lock);
	for (d = leftmost(top); d != top; d = next) {
		next = next_postorder(d);
		if (atomic_read(&d->refs))
			continue;
		unhash_locked(d);
		list_remove(&d->lru_link);
		list_append(&dead, &d->lru_link);
		/* visited later, or top, which the caller has */
		atomic_add_return(&d->parent->refs, -1);
	}
	spin_unlock(&dcache_lock);
	destroy_list(&dead, false);
}

void dentry_drop(struct dentry *d)
{
	dentry_prune_children(d);
	spin_lock(&dcache_lock);
	if (d->parent != d && !d->unhashed)
		unhash_locked(d);
	spin_unlock(&dcache_lock);
}

/* One pass over the LRU. => dcache_lock held */
static u64 shrink_pass_locked(struct super *only, u64 nr, struct list *dead)
{
	struct dentry *d, *next;
	u64 freed = 0;

	list_for_each_safe (d, next, &lru, lru_link) {
		if (freed >= nr)
			break;
		if (only && d->sb != only)
			continue;
		if (atomic_read(&d->refs)) { /* in use again: its last put brings it back */
			list_remove(&d->lru_link);
			continue;
		}
		if (!only && d->inode && !d->inode->nlink)
			continue; /* putting the inode would delete a file: not from reclaim */
		unhash_locked(d);
		list_remove(&d->lru_link);
		list_append(dead, &d->lru_link);
		freed++;
	}
	return freed;
}

/* Never sleeps if `only` is NULL (reclaim calls it so). */
u64 dentry_shrink(struct super *only, u64 nr)
{
	struct list dead = LIST_INIT(dead);
	u64 freed = 0, pass;

	do { /* a pass frees leaves; their parents come to the LRU then */
		spin_lock(&dcache_lock);
		pass = shrink_pass_locked(only, nr - freed, &dead);
		spin_unlock(&dcache_lock);
		destroy_list(&dead, true);
		freed += pass;
	} while (pass && freed < nr);
	return freed;
}

/* ---------------------------------------------------------------- paths as text */
/* Writes text before *at. False: no room. */
static bool prepend(char **at, const char *start, const char *text, size_t len)
{
	if ((size_t)(*at - start) < len)
		return false;
	*at -= len;
	memcpy(*at, text, len);
	return true;
}

static bool format_locked(const struct path *p, const struct path *root, char *buf, char **at)
{
	const struct dentry *d = p->dentry;
	const struct mount *m = p->mount;
	bool ok = true, any = false, reached = false;

	if (m->internal)
		return prepend(at, buf, d->name, d->name_len);
	if (d->unhashed)
		ok = prepend(at, buf, " (deleted)", 10);
	while (ok) {
		reached = m == root->mount && d == root->dentry;
		if (reached)
			break;
		if (d == m->root || d->parent == d) {
			if (!m->parent)
				break;
			d = m->mountpoint;
			m = m->parent;
			continue;
		}
		ok = prepend(at, buf, d->name, d->name_len) && prepend(at, buf, "/", 1);
		any = true;
		d = d->parent;
	}
	if (ok && !any)
		ok = prepend(at, buf, "/", 1);
	if (ok && !reached)
		ok = prepend(at, buf, "(unreachable)", 13);
	return ok;
}

char *path_format(const struct path *p, const struct path *root, char *buf, size_t size)
{
	char *at = buf + size;
	bool ok;

	if (!size)
		return ERR_PTR(-ENAMETOOLONG);
	*--at = '\0';
	spin_lock(&dcache_lock);
	ok = format_locked(p, root, buf, &at);
	spin_unlock(&dcache_lock);
	return ok ? at : ERR_PTR(-ENAMETOOLONG);
}

void dentry_init(void)
{
	struct page_stats st;
	u64 buckets = 1024;

	page_get_stats(&st);
	while (buckets < st.total / 16 && buckets < 262144)
		buckets *= 2;
	hash_table = kmalloc(buckets * sizeof(*hash_table));
	if (!hash_table)
		panic("no memory for the dentry hash");
	for (u64 i = 0; i < buckets; i++)
		list_init(&hash_table[i]);
	hash_mask = buckets - 1;
	cache = slab_cache_create("dentry", sizeof(struct dentry), 8);
	namei_init();
}
