/* SPDX-License-Identifier: MIT */
/*
 * Inodes in memory.
 *
 *	inode_get_or_new() -> NEW -inode_new_done()-> in use <-inode_get/put-> unused (cached, refs 0, on the LRU)
 *	in use, nlink 0 -last inode_put()-> FREEING -> pages dropped, deleted on disk, freed
 *	unused -inode_shrink(), umount-> FREEING -> freed
 *
 * Invariant: of one (super, ino) at most one inode is in the hash without INODE_FREEING. refs goes
 * from 0 to REFS_DEAD once, by compare-and-exchange, so who finds it negative (flusher, look-up)
 * keeps off. Not here: names (dentry.c), pages (mm/pagecache.c), what is on disk (the filesystem).
 *
 * Locks: hash_lock (RANK_DCACHE): hash, LRU, a super's list. dirty_lock (RANK_LRU): dirty lists; it
 * is taken under page-table locks.
 */
#include "fs/inode.h"

#include <asm/signal.h>
#include <linux/fs.h>

#include "debug/assert.h"
#include "debug/printk.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/seal.h"
#include "fs/signal_hook.h"
#include "lib/hash.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "sched/timer.h"

#define REFS_DEAD      (-0x40000000)
#define DIRTY_DELAY_NS (5 * NSEC_PER_SEC)
#define RELATIME_SECS  86400

static struct spinlock hash_lock = SPINLOCK_INIT(hash_lock, RANK_DCACHE);
static struct list *hash_table;
static u64 hash_mask;
/* oldest first; may hold inodes that are in use again */
static struct list unused = LIST_INIT(unused);
static struct waitq new_wait = WAITQ_INIT(new_wait);
static struct slab_cache *plain_cache;

static struct spinlock dirty_lock = SPINLOCK_INIT(dirty_lock, RANK_LRU);
static u64 nr_dirtied; /* how many became dirty so far */
static bool flush_armed;
static struct timer flush_timer;
static struct waitq flush_wait = WAITQ_INIT(flush_wait);
static bool flush_due;

static struct list *hash_chain(const struct super *sb, ino_t ino)
{
	return &hash_table[hash_u64(ino ^ (u64)sb >> 5) & hash_mask];
}

static void flag_set(struct inode *inode, u32 flag)
{
	__atomic_fetch_or(&inode->flags, flag, __ATOMIC_SEQ_CST);
}

static void flag_clear(struct inode *inode, u32 flag)
{
	__atomic_fetch_and(&inode->flags, ~flag, __ATOMIC_SEQ_CST);
}

static u32 flags_of(const struct inode *inode)
{
	return __atomic_load_n(&inode->flags, __ATOMIC_ACQUIRE);
}

/* ---------------------------------------------------------------- times */
struct timespec64 inode_now(void)
{
	nsec_t now = time_realtime();

	return (struct timespec64){ .sec = (s64)(now / NSEC_PER_SEC),
		.nsec = (s64)(now % NSEC_PER_SEC) };
}

/* As the disk will give it back (inode(7)). */
static struct timespec64 storable(const struct inode *inode, struct timespec64 t)
{
	const struct super *sb = inode->sb;
	bool bounded = sb->time_min || sb->time_max;

	if (bounded && (t.sec < sb->time_min || t.sec > sb->time_max))
		t = (struct timespec64){ .sec = t.sec < sb->time_min ? sb->time_min
								     : sb->time_max };
	if (sb->whole_seconds)
		t.nsec = 0;
	return t;
}

static struct timespec64 now_of(const struct inode *inode)
{
	return storable(inode, inode_now());
}

/* ---------------------------------------------------------------- making and finding */
static struct inode *alloc_inode(struct super *sb, ino_t ino)
{
	struct inode *inode;

	if (sb->ops->alloc_inode)
		inode = sb->ops->alloc_inode(sb);
	else
		inode = slab_alloc(plain_cache, PAGE_ZEROED);
	if (!inode)
		return NULL;
	inode->sb = sb;
	inode->ino = ino;
	inode->nlink = 1;
	inode->block_size = sb->block_size ? sb->block_size : PAGE_SIZE;
	inode->flags = INODE_NEW;
	inode->atime = inode->mtime = inode->ctime = now_of(inode);
	atomic_set(&inode->refs, 1);
	mutex_init_named(&inode->lock, RANK_INODE, "inode");
	list_init(&inode->hash_link);
	list_init(&inode->sb_link);
	list_init(&inode->lru_link);
	list_init(&inode->dirty_link);
	mapping_init(&inode->mapping, &inode_cache_only_mapping_ops, inode, 0);
	return inode;
}

static void free_inode(struct inode *inode)
{
	if (inode->sb->ops->free_inode)
		inode->sb->ops->free_inode(inode);
	else
		slab_free(plain_cache, inode);
}

static void insert_locked(struct inode *inode)
{
	flag_set(inode, INODE_HASHED);
	list_push(hash_chain(inode->sb, inode->ino), &inode->hash_link);
	list_append(&inode->sb->inodes, &inode->sb_link);
	atomic_inc(&inode->sb->nr_inodes);
}

/* The inode, with a reference; *dying: only one that is being freed is there. */
static struct inode *find_locked(struct super *sb, ino_t ino, bool *dying)
{
	struct list *chain = hash_chain(sb, ino);
	struct inode *i;

	*dying = false;
	list_for_each (i, chain, hash_link) {
		if (i->ino != ino || i->sb != sb)
			continue;
		if (inode_hold_mapping(&i->mapping))
			return i;
		*dying = true;
	}
	return NULL;
}

/* Only an inode that is being freed is there: the condition of a wait, so it takes no reference. */
static bool is_dying(struct super *sb, ino_t ino)
{
	bool dying = false, alive = false;
	struct inode *i;

	spin_lock(&hash_lock);
	list_for_each (i, hash_chain(sb, ino), hash_link) {
		if (i->ino != ino || i->sb != sb)
			continue;
		if (atomic_read(&i->refs) < 0)
			dying = true;
		else
			alive = true;
	}
	spin_unlock(&hash_lock);
	return dying && !alive;
}

struct inode *inode_get_or_new(struct super *sb, ino_t ino)
{
	struct inode *inode, *fresh = NULL;
	bool dying;

	for (;;) {
		spin_lock(&hash_lock);
		inode = find_locked(sb, ino, &dying);
		if (!inode && !dying && fresh) {
			insert_locked(fresh);
			spin_unlock(&hash_lock);
			return fresh;
		}
		spin_unlock(&hash_lock);
		if (inode) {
			wait_event(&new_wait, !(flags_of(inode) & INODE_NEW));
			if (!(flags_of(inode) & INODE_FAILED))
				break;
			inode_put(inode); /* the reader's I/O error: try ourselves */
			continue;
		}
		if (dying) {
			wait_event(&new_wait, !is_dying(sb, ino));
			continue;
		}
		fresh = alloc_inode(sb, ino);
		if (!fresh)
			return ERR_PTR(-ENOMEM);
	}
	if (fresh)
		free_inode(fresh);
	return inode;
}

struct inode *inode_new(struct super *sb, ino_t ino)
{
	struct inode *inode = alloc_inode(sb, ino);

	if (!inode)
		return NULL;
	spin_lock(&hash_lock);
	insert_locked(inode);
	spin_unlock(&hash_lock);
	return inode;
}

void inode_new_done(struct inode *inode)
{
	flag_clear(inode, INODE_NEW);
	waitq_wake_all(&new_wait);
}

void inode_new_failed(struct inode *inode)
{
	spin_lock(&hash_lock);
	list_remove(&inode->hash_link);
	flag_clear(inode, INODE_HASHED);
	spin_unlock(&hash_lock);
	flag_set(inode, INODE_FAILED);
	inode_new_done(inode);
	inode_put(inode);
}

/* ---------------------------------------------------------------- the end */
static void forget_dirty(struct inode *inode)
{
	spin_lock(&dirty_lock);
	list_remove(&inode->dirty_link);
	flag_clear(inode, INODE_DIRTY);
	spin_unlock(&dirty_lock);
}

/* Nobody has it and nobody gets it any more (INODE_FREEING). */
static void destroy(struct inode *inode)
{
	struct super *sb = inode->sb;
	const struct super_ops *ops = sb->ops;
	bool failed = flags_of(inode) & INODE_FAILED;

	if (inode->nlink && !failed && (flags_of(inode) & INODE_DIRTY) && ops->write_inode)
		inode_write_one(inode);
	mapping_destroy(&inode->mapping);
	/* else: a damaged disk's own; what is read-only stays as it is */
	if (!inode->nlink && !failed && ops->delete_inode && !sb->read_only)
		ops->delete_inode(inode);
	forget_dirty(inode);
	spin_lock(&hash_lock);
	list_remove(&inode->hash_link);
	list_remove(&inode->sb_link);
	list_remove(&inode->lru_link);
	spin_unlock(&hash_lock);
	waitq_wake_all(&new_wait);
	free_inode(inode); /* tmpfs counts in the super */
	/* Who unmounts waits for this; then the super goes. */
	atomic_add_return(&sb->nr_inodes, -1);
}

/* From unused to dying; false: somebody (the flusher) has taken a reference. => hash_lock held */
static bool claim_locked(struct inode *inode)
{
	s32 none = 0;

	if (!__atomic_compare_exchange_n(
		    &inode->refs.v, &none, REFS_DEAD, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return false;
	flag_set(inode, INODE_FREEING);
	list_remove(&inode->lru_link);
	return true;
}

static bool worth_keeping(const struct inode *inode)
{
	return inode->nlink && inode->sb->ops->write_inode && (flags_of(inode) & INODE_HASHED);
}

static void put_last(struct inode *inode)
{
	bool dead = false;

	spin_lock(&hash_lock);
	if (atomic_dec_and_test(&inode->refs)) {
		if (!worth_keeping(inode))
			dead = claim_locked(inode);
		else if (list_empty(&inode->lru_link))
			list_append(&unused, &inode->lru_link);
	}
	spin_unlock(&hash_lock);
	if (dead)
		destroy(inode);
}

void inode_put(struct inode *inode)
{
	s32 v = atomic_read(&inode->refs);

	while (v > 1)
		if (__atomic_compare_exchange_n(
			    &inode->refs.v, &v, v - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return;
	put_last(inode);
}

bool inode_hold_mapping(struct mapping *m)
{
	struct inode *inode = m->host;
	s32 v = atomic_read(&inode->refs);

	while (v >= 0)
		if (__atomic_compare_exchange_n(
			    &inode->refs.v, &v, v + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
	return false;
}

void inode_release_mapping(struct mapping *m)
{
	inode_put(m->host);
}

void inode_mapping_stored(struct mapping *m)
{
	inode_touch_modified(m->host);
}

const struct mapping_ops inode_cache_only_mapping_ops = {
	.hold = inode_hold_mapping,
	.release = inode_release_mapping,
};

int inode_punch_cache_only(struct inode *inode, u64 start, u64 end)
{
	(void)inode, (void)start, (void)end;
	return 0;
}

u64 inode_shrink(struct super *only, u64 nr)
{
	struct list dead = LIST_INIT(dead);
	struct inode *i, *next;
	u64 freed = 0;

	spin_lock(&hash_lock);
	list_for_each_safe (i, next, &unused, lru_link) {
		if (freed >= nr)
			break;
		if (only && i->sb != only)
			continue;
		if (atomic_read(&i->refs)) { /* in use again */
			list_remove(&i->lru_link);
			continue;
		}
		if (i->mapping.pages.count || !i->nlink || (flags_of(i) & INODE_DIRTY) ||
			!claim_locked(i))
			continue;
		list_append(&dead, &i->lru_link);
		freed++;
	}
	spin_unlock(&hash_lock);
	list_for_each_safe (i, next, &dead, lru_link)
		destroy(i);
	return freed;
}

/* The next inode of sb that nobody uses, claimed; NULL: none. */
static struct inode *claim_unused(struct super *sb)
{
	struct inode *i;

	spin_lock(&hash_lock);
	list_for_each (i, &sb->inodes, sb_link)
		if (claim_locked(i)) {
			spin_unlock(&hash_lock);
			return i;
		}
	spin_unlock(&hash_lock);
	return NULL;
}

static bool all_gone(struct super *sb)
{
	struct inode *dead;

	while ((dead = claim_unused(sb)))
		destroy(dead);
	return !atomic_read(&sb->nr_inodes);
}

/* The flusher and reclaim hold inodes for a moment, which are gone when they are done. */
#define EVICT_TRIES 1000
#define EVICT_WAIT  (5 * NSEC_PER_MSEC)

u64 inode_evict_super(struct super *sb)
{
	struct inode *i;
	u64 busy = 0;

	for (u32 tries = EVICT_TRIES; tries-- && !all_gone(sb);) {
		thread_set_state(THREAD_BLOCKED);
		thread_sleep_until(clock_now() + EVICT_WAIT);
	}
	spin_lock(&hash_lock);
	list_for_each (i, &sb->inodes, sb_link) {
		pr_warn("fs: inode %lu of %s is still in use: refs %d", i->ino, sb->type->name,
			atomic_read(&i->refs));
		busy++;
	}
	spin_unlock(&hash_lock);
	return busy;
}

void inode_for_each(struct super *sb, void (*fn)(const struct inode *inode, void *arg), void *arg)
{
	struct inode *i;

	spin_lock(&hash_lock);
	list_for_each (i, &sb->inodes, sb_link)
		fn(i, arg);
	spin_unlock(&hash_lock);
}

static void note_orphan(const struct inode *inode, void *found)
{
	*(bool *)found |= !inode->nlink;
}

bool inode_super_has_orphans(struct super *sb)
{
	bool found = false;

	inode_for_each(sb, note_orphan, &found);
	return found;
}

/* ---------------------------------------------------------------- dirty inodes */
void inode_mark_dirty(struct inode *inode)
{
	bool arm = false;

	if (!inode->sb->ops->write_inode)
		return;
	/* The writer clears the flag and then reads the fields; we wrote the fields and then read
	 * the flag. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (flags_of(inode) & INODE_DIRTY)
		return;
	spin_lock(&dirty_lock);
	if (!(flags_of(inode) & INODE_DIRTY)) {
		flag_set(inode, INODE_DIRTY);
		inode->dirty_nr = ++nr_dirtied;
		list_append(&inode->sb->dirty_inodes, &inode->dirty_link);
		arm = !flush_armed;
		flush_armed = true;
	}
	spin_unlock(&dirty_lock);
	if (arm)
		timer_start(&flush_timer, clock_now() + DIRTY_DELAY_NS);
}

/* => inode->lock held */
static int write_locked(struct inode *inode)
{
	bool dirty;
	int err;

	spin_lock(&dirty_lock);
	dirty = flags_of(inode) & INODE_DIRTY;
	list_remove(&inode->dirty_link);
	flag_clear(inode, INODE_DIRTY);
	spin_unlock(&dirty_lock);
	err = dirty && inode->nlink ? inode->sb->ops->write_inode(inode) : 0;
	if (err == -ENOMEM)
		inode_mark_dirty(inode); /* another time */
	else if (err)
		errseq_set(&inode->mapping.errors, err); /* fsync tells it, whoever wrote */
	return err;
}

int inode_write_one(struct inode *inode)
{
	int err;

	if (!inode->sb->ops->write_inode)
		return 0;
	mutex_lock(&inode->lock);
	err = write_locked(inode);
	mutex_unlock(&inode->lock);
	return err;
}

/* Takes the first dirty inode off sb's list, with a reference, but none that became dirty behind the
 * last_nr'th of all. The list is in the order of that. */
static struct inode *next_dirty(struct super *sb, u64 last_nr)
{
	struct inode *i;

	spin_lock(&dirty_lock);
	list_for_each (i, &sb->dirty_inodes, dirty_link) {
		if (i->dirty_nr > last_nr)
			break;
		if (inode_hold_mapping(&i->mapping)) {
			list_remove(&i->dirty_link);
			spin_unlock(&dirty_lock);
			return i;
		}
	}
	spin_unlock(&dirty_lock);
	return NULL;
}

int inode_write_dirty(struct super *sb)
{
	struct inode *inode;
	int err = 0, e;
	u64 last_nr;

	spin_lock(&dirty_lock);
	last_nr = nr_dirtied;
	spin_unlock(&dirty_lock);
	while (err != -ENOMEM && (inode = next_dirty(sb, last_nr))) {
		e = inode_write_one(inode);
		err = err ? err : e;
		inode_put(inode);
	}
	return err;
}

static void flush_timer_fired(struct timer *t)
{
	(void)t;
	atomic_store(&flush_due, true);
	waitq_wake_all(&flush_wait);
}

/* A thread of its own: it may wait for memory for long, which the keys of a terminal (the work
 * queue) shall not. */
static void flush_thread(void *unused_arg)
{
	(void)unused_arg;
	for (;;) {
		wait_event(&flush_wait, atomic_load(&flush_due));
		atomic_store(&flush_due, false);
		spin_lock(&dirty_lock);
		flush_armed = false;
		spin_unlock(&dirty_lock);
		fs_write_dirty_inodes();
	}
}

/* ---------------------------------------------------------------- attributes */
void inode_touch_modified(struct inode *inode)
{
	inode->mtime = inode->ctime = now_of(inode);
	inode_mark_dirty(inode);
}

void inode_touch_changed(struct inode *inode)
{
	inode->ctime = now_of(inode);
	inode_mark_dirty(inode);
}

static bool not_after(const struct timespec64 *a, const struct timespec64 *b)
{
	return a->sec < b->sec || (a->sec == b->sec && a->nsec <= b->nsec);
}

/* relatime (mount(8)): only if not newer than the last change, or a day old. Without the inode
 * lock: two readers write the same. */
void inode_touch_accessed(struct inode *inode, const struct mount *mnt)
{
	struct timespec64 now;

	if ((mnt && (mnt->flags & (MS_NOATIME | MS_RDONLY))) || inode->sb->read_only)
		return;
	if (mnt && (mnt->flags & MS_NODIRATIME) && S_ISDIR(inode->mode))
		return;
	now = now_of(inode);
	if (!not_after(&inode->atime, &inode->mtime) && !not_after(&inode->atime, &inode->ctime) &&
		now.sec - inode->atime.sec < RELATIME_SECS)
		return;
	inode->atime = now;
	inode_mark_dirty(inode);
}

void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode)
{
	const struct cred *c = current_cred();

	inode->uid = c->fsuid;
	inode->gid = c->fsgid;
	if (dir && (dir->mode & S_ISGID)) {
		inode->gid = dir->gid;
		if (S_ISDIR(mode))
			mode |= S_ISGID;
		else if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
			 !cred_can(c, CAP_FSETID) && !cred_in_group(c, inode->gid))
			mode &= ~(umode_t)S_ISGID;
	}
	inode->mode = mode;
}

void inode_drop_privileges(struct inode *inode)
{
	umode_t mode = inode->mode;

	if (!(mode & (S_ISUID | S_ISGID)) || !S_ISREG(mode) || current_can(CAP_FSETID))
		return;
	mode &= ~(umode_t)S_ISUID;
	if (mode & S_IXGRP)
		mode &= ~(umode_t)S_ISGID;
	if (mode != inode->mode) {
		inode->mode = mode;
		inode_touch_changed(inode);
	}
}

int inode_get_write(struct inode *inode)
{
	s32 v = atomic_read(&inode->writers);

	while (v >= 0)
		if (__atomic_compare_exchange_n(&inode->writers.v, &v, v + 1, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return 0;
	return -ETXTBSY;
}

void inode_put_write(struct inode *inode)
{
	atomic_add_return(&inode->writers, -1);
}

bool inode_has_pages(const struct inode *inode)
{
	return S_ISREG(inode->mode) && inode->fops && inode->fops->map;
}

u64 inode_largest_size(const struct inode *inode)
{
	return inode->sb->max_file_size ? inode->sb->max_file_size : MAPPING_MAX_SIZE;
}

int inode_check_growth(u64 size)
{
	if (size <= current_limit(RLIMIT_FSIZE))
		return 0;
	if (fs_send_signal)
		fs_send_signal(SIGXFSZ);
	return -EFBIG;
}

int inode_set_size(struct inode *inode, u64 size)
{
	u64 old = mapping_size(&inode->mapping);
	int err;

	assert(mutex_is_mine(&inode->lock));
	if (size > inode_largest_size(inode))
		return -EFBIG;
	err = pagecache_set_size(&inode->mapping, size);
	if (err)
		return err;
	if (inode->ops && inode->ops->truncate) {
		err = inode->ops->truncate(inode, old, size);
		if (err) {
			if (size > old)
				pagecache_undo_growth(&inode->mapping, old);
			return err;
		}
	}
	inode_touch_modified(inode);
	return 0;
}

bool inode_is_owned(const struct inode *inode)
{
	const struct cred *c = current_cred();

	return c->fsuid == inode->uid || cred_can(c, CAP_FOWNER);
}

static bool is_read_only(const struct inode *inode, const struct mount *mnt)
{
	umode_t type = inode->mode & S_IFMT;

	if (type != S_IFREG && type != S_IFDIR && type != S_IFLNK)
		return false; /* a device or fifo is not on the disk */
	return inode->sb->read_only || (mnt && (mnt->flags & MS_RDONLY));
}

/* Do capabilities give what the mode does not? Nobody runs a program that nobody may run. */
static bool is_overridden(const struct cred *c, const struct inode *inode, int mask)
{
	if (cred_can(c, CAP_DAC_OVERRIDE))
		return S_ISDIR(inode->mode) || !(mask & MAY_EXEC) || (inode->mode & 0111);
	return cred_can(c, CAP_DAC_READ_SEARCH) &&
	       (S_ISDIR(inode->mode) ? !(mask & MAY_WRITE) : mask == MAY_READ);
}

int inode_permission_as(
	const struct cred *c, const struct inode *inode, const struct mount *mnt, int mask)
{
	umode_t mode = inode->mode;

	if ((mask & MAY_WRITE) && is_read_only(inode, mnt))
		return -EROFS;
	if (is_overridden(c, inode, mask)) /* root, mostly: first, because it costs less */
		return 0;
	if (c->fsuid == inode->uid)
		mode >>= 6;
	else if (cred_in_group(c, inode->gid))
		mode >>= 3;
	if (!((u32)mask & ~mode & 7))
		return 0;
	return inode->ops && inode->ops->permits && inode->ops->permits(inode) ? 0 : -EACCES;
}

int inode_permission(const struct inode *inode, const struct mount *mnt, int mask)
{
	return inode_permission_as(current_cred(), inode, mnt, mask);
}

/* The mode after a chown. */
static umode_t owner_mode(const struct inode *inode)
{
	umode_t mode = inode->mode;

	if (S_ISDIR(mode))
		return mode;
	if (mode & S_IXGRP)
		mode &= ~(umode_t)S_ISGID;
	return mode & ~(umode_t)S_ISUID;
}

/* chown(2), chmod(2), utimensat(2): who may. */
static int change_allowed(struct inode *inode, const struct mount *mnt, const struct attr_change *c)
{
	const struct cred *cred = current_cred();
	bool owner = inode_is_owned(inode), may_chown = cred_can(cred, CAP_CHOWN);
	bool own = cred->fsuid == inode->uid;

	if (inode->sb->read_only || (mnt && (mnt->flags & MS_RDONLY)))
		return -EROFS;
	if ((c->valid & ATTR_UID) && !may_chown && (!own || c->uid != inode->uid))
		return -EPERM;
	if ((c->valid & ATTR_GID) && !may_chown &&
		(!own || (c->gid != inode->gid && !cred_in_group(cred, c->gid))))
		return -EPERM;
	if ((c->valid & ATTR_MODE) && !owner)
		return -EPERM;
	if ((c->valid & ATTR_CHOWN) && !owner && owner_mode(inode) != inode->mode)
		return -EPERM;
	if ((c->valid & (ATTR_ATIME | ATTR_MTIME)) && !owner) {
		if (!(c->valid & ATTR_NOW))
			return -EPERM;
		return inode_permission(inode, mnt, MAY_WRITE);
	}
	return 0;
}

static int change_size(struct inode *inode, u64 size)
{
	int err = size > mapping_size(&inode->mapping) ? inode_check_growth(size) : 0;

	if (err)
		return err;
	if (!inode_has_pages(inode))
		return 0; /* as on Linux: truncation is what the shell's > does to /proc, too */
	err = seal_check_size(inode, size);
	if (!err)
		err = inode_set_size(inode, size);
	if (!err)
		inode_drop_privileges(inode);
	return err;
}

static void change_owner(struct inode *inode, const struct attr_change *c)
{
	if (c->valid & ATTR_UID)
		inode->uid = c->uid;
	if (c->valid & ATTR_GID)
		inode->gid = c->gid;
	inode->mode = owner_mode(inode);
}

static void change_mode(struct inode *inode, umode_t mode)
{
	const struct cred *cred = current_cred();

	mode &= 07777;
	if (!cred_can(cred, CAP_FSETID) && !cred_in_group(cred, inode->gid))
		mode &= ~(umode_t)S_ISGID;
	inode->mode = (inode->mode & S_IFMT) | mode;
}

int inode_change(struct inode *inode, const struct mount *mnt, const struct attr_change *c)
{
	int err;

	mutex_lock(&inode->lock);
	err = change_allowed(inode, mnt, c);
	if (!err && (c->valid & ATTR_SIZE))
		err = change_size(inode, c->size);
	if (err)
		goto out;
	if (c->valid & ATTR_CHOWN)
		change_owner(inode, c);
	if (c->valid & ATTR_MODE)
		change_mode(inode, c->mode);
	if (c->valid & ATTR_ATIME)
		inode->atime = c->valid & ATTR_NOW ? now_of(inode) : storable(inode, c->atime);
	if (c->valid & ATTR_MTIME)
		inode->mtime = c->valid & ATTR_NOW ? now_of(inode) : storable(inode, c->mtime);
	inode_touch_changed(inode);
out:
	mutex_unlock(&inode->lock);
	return err;
}

#define WRITE_BATCH 64

/*
 * Dirty inodes that nobody uses are written now, and not only when their time comes, so that they
 * can go. Not those in use: they could not go, and one may be locked by who waits for this very
 * memory (race found by short_of_memory.sh: a directory, in a look-up). Somebody may come to use
 * one while others are written, so its lock is not waited for either.
 */
static void write_unused(void)
{
	struct inode *batch[WRITE_BATCH], *i;
	u32 nr = 0;

	spin_lock(&hash_lock);
	list_for_each (i, &unused, lru_link) {
		if (nr == WRITE_BATCH)
			break;
		if (!atomic_read(&i->refs) && (flags_of(i) & INODE_DIRTY) &&
			inode_hold_mapping(&i->mapping))
			batch[nr++] = i;
	}
	spin_unlock(&hash_lock);
	while (nr--) {
		if (mutex_trylock(&batch[nr]->lock)) {
			write_locked(batch[nr]);
			mutex_unlock(&batch[nr]->lock);
		}
		inode_put(batch[nr]);
	}
}

/* For the reclaim thread, which holds no lock. */
static u64 shrink(u64 nr)
{
	u64 freed = dentry_shrink(NULL, nr);

	freed += inode_shrink(NULL, nr);
	if (freed < nr) {
		write_unused();
		freed += inode_shrink(NULL, nr - freed);
	}
	return freed;
}

void inode_init(void)
{
	struct page_stats st;
	u64 buckets = 1024;

	page_get_stats(&st);
	while (buckets < st.total / 16 && buckets < 65536)
		buckets *= 2;
	hash_table = kmalloc(buckets * sizeof(*hash_table));
	if (!hash_table)
		panic("no memory for the inode hash");
	for (u64 i = 0; i < buckets; i++)
		list_init(&hash_table[i]);
	hash_mask = buckets - 1;
	plain_cache = slab_cache_create("inode", sizeof(struct inode), 16);
	timer_init(&flush_timer, flush_timer_fired);
	reclaim_register_shrinker(shrink);
	if (!thread_run_kernel(flush_thread, NULL, "inodes"))
		panic("inode_init: no memory for the thread that writes inodes");
}
