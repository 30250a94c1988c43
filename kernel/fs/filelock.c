/* SPDX-License-Identifier: MIT */
/*
 * Advisory locks. Each inode has one list of them: byte ranges (fcntl) and whole files (flock),
 * which do not see one another.
 *
 * A range's owner is the process, named by its descriptor table (F_SETLK), or the open file
 * (F_OFD_SETLK); flock's owner is the open file. Invariant: ranges of one owner do not overlap, and
 * adjacent ones of one type are merged.
 *
 * Lock: locks_mutex for everything here (locks are taken rarely and for short). Who must wait looks
 * again whenever any lock went away.
 */
#include "fs/filelock.h"

#include <linux/fs.h>

#include "fs/context.h"
#include "fs/fdtable.h"
#include "fs/inode.h"
#include "mm/slab.h"
#include "sync/mutex.h"

#define INT64_END ((s64)(~0UL >> 1))

struct file_lock {
	struct file_lock *next;
	const void *owner;
	bool whole; /* flock */
	bool exclusive;
	bool by_file;   /* F_OFD_*: l_pid is -1 */
	u64 start, end; /* bytes, end included */
	pid_t pid;
};

/* Who waits for whom: for EDEADLK among processes. */
struct lock_waiter {
	struct list link;
	const void *owner, *blocker;
};

static struct mutex locks_mutex = MUTEX_INIT(locks_mutex, RANK_PIPE);
static struct waitq locks_wait = WAITQ_INIT(locks_wait);
static u32 generation; /* counts locks that went away */
static struct list waiters = LIST_INIT(waiters);

static void lock_gone(void)
{
	__atomic_fetch_add(&generation, 1, __ATOMIC_SEQ_CST);
	waitq_wake_all(&locks_wait);
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* Somebody else's lock that forbids l, or NULL. */
static struct file_lock *find_conflict(const struct inode *inode, const struct file_lock *l)
{
	struct file_lock *it;

	for (it = inode->locks; it; it = it->next)
		if (it->whole == l->whole && it->owner != l->owner &&
			(it->exclusive || l->exclusive) && overlap(it, l))
			return it;
	return NULL;
}

/* ---------------------------------------------------------------- changing the list */
/* Takes [l->start, l->end] away from what l's owner has; *spare is used when a range is cut in
 * two. */
static void carve(struct inode *inode, const struct file_lock *l, struct file_lock **spare)
{
	struct file_lock **at = &inode->locks, *it, *tail;

	while ((it = *at)) {
		if (it->whole != l->whole || it->owner != l->owner || !overlap(it, l)) {
			at = &it->next;
			continue;
		}
		if (it->start < l->start && it->end > l->end) {
			tail = *spare;
			*spare = NULL;
			*tail = *it; /* follows it */
			tail->start = l->end + 1;
			it->end = l->start - 1;
			it->next = tail;
			at = &tail->next;
		} else if (it->start < l->start) {
			it->end = l->start - 1;
			at = &it->next;
		} else if (it->end > l->end) {
			it->start = l->end + 1;
			at = &it->next;
		} else {
			*at = it->next;
			kfree(it);
		}
	}
}

static void insert_merged(struct inode *inode, struct file_lock *l)
{
	struct file_lock **at = &inode->locks, *it;

	while ((it = *at)) {
		if (it->whole == l->whole && it->owner == l->owner &&
			it->exclusive == l->exclusive &&
			(it->end + 1 == l->start || l->end + 1 == it->start)) {
			l->start = min(l->start, it->start);
			l->end = max(l->end, it->end);
			*at = it->next;
			kfree(it);
			continue;
		}
		at = &it->next;
	}
	l->next = inode->locks;
	inode->locks = l;
}

/* Removes all locks for which it is called for. */
static void remove_all(struct inode *inode, const void *owner, bool ranges, bool wholes)
{
	struct file_lock **at = &inode->locks, *it;
	bool any = false;

	mutex_lock(&locks_mutex);
	while ((it = *at)) {
		if (it->owner == owner && (it->whole ? wholes : ranges)) {
			*at = it->next;
			kfree(it);
			any = true;
			continue;
		}
		at = &it->next;
	}
	mutex_unlock(&locks_mutex);
	if (any)
		lock_gone();
}

void file_locks_close(struct file *f, void *owner)
{
	if (f->inode->locks)
		remove_all(f->inode, owner, true, false);
}

void file_locks_release(struct file *f)
{
	if (f->inode->locks)
		remove_all(f->inode, f, true, true);
}

/* ---------------------------------------------------------------- waiting */
/* Would `owner` wait for itself if it waited for `blocker`? */
static bool would_deadlock(const void *owner, const void *blocker)
{
	struct lock_waiter *w;
	u32 steps = 0;

again:
	if (blocker == owner)
		return true;
	if (++steps > 64)
		return false;
	list_for_each (w, &waiters, link)
		if (w->owner == blocker) {
			blocker = w->blocker;
			goto again;
		}
	return false;
}

static bool generation_is(u32 seen)
{
	return __atomic_load_n(&generation, __ATOMIC_ACQUIRE) == seen;
}

/* Waits, with locks_mutex held before and after, until some lock has gone away. */
static int wait_for(const struct file_lock *l, const struct file_lock *conflict, bool detect)
{
	struct lock_waiter w = { .owner = l->owner, .blocker = conflict->owner };
	u32 seen = generation;
	int err;

	if (detect && would_deadlock(w.owner, w.blocker))
		return -EDEADLK;
	list_append(&waiters, &w.link);
	mutex_unlock(&locks_mutex);
	err = wait_event_interruptible(&locks_wait, !generation_is(seen));
	mutex_lock(&locks_mutex);
	list_remove(&w.link);
	return err;
}

/* Sets l (a kmalloc'ed copy of which becomes the lock), or unlocks its range. */
static int set_lock(struct inode *inode, const struct file_lock *l, bool unlock, bool wait)
{
	struct file_lock *new = kmalloc(sizeof(*new)), *spare = kmalloc(sizeof(*spare)), *conflict;
	int err = new &&spare ? 0 : -ENOMEM;

	mutex_lock(&locks_mutex);
	while (!err && !unlock && (conflict = find_conflict(inode, l)))
		err = wait ? wait_for(l, conflict, !l->whole && !l->by_file) : -EAGAIN;
	if (!err) {
		carve(inode, l, &spare);
		if (!unlock) {
			*new = *l;
			insert_merged(inode, new);
			new = NULL;
		}
	}
	mutex_unlock(&locks_mutex);
	kfree(new);
	kfree(spare);
	if (!err)
		lock_gone(); /* an exclusive one may have become shared, or smaller */
	return err;
}

/* ---------------------------------------------------------------- fcntl */
static int range_of(const struct file *f, const struct flock *fl, struct file_lock *l)
{
	s64 base = 0, start, end;

	switch (fl->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		base = (s64)mapping_size(&f->inode->mapping);
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, (s64)fl->l_start, &start))
		return -EOVERFLOW;
	end = INT64_END;
	if (fl->l_len > 0) {
		if (__builtin_add_overflow(start, (s64)fl->l_len - 1, &end))
			return -EOVERFLOW;
	} else if (fl->l_len < 0) {
		end = start - 1;
		if (__builtin_add_overflow(start, (s64)fl->l_len, &start))
			return -EINVAL;
	}
	if (start < 0 || end < start)
		return -EINVAL;
	l->start = (u64)start;
	l->end = (u64)end;
	return 0;
}

static void report(struct flock *fl, const struct file_lock *l)
{
	fl->l_type = l->exclusive ? F_WRLCK : F_RDLCK;
	fl->l_whence = SEEK_SET;
	fl->l_start = (s64)l->start;
	fl->l_len = l->end == (u64)INT64_END ? 0 : (s64)(l->end - l->start + 1);
	fl->l_pid = l->by_file ? -1 : l->pid;
}

static void get_lock(struct inode *inode, const struct file_lock *l, struct flock *fl)
{
	struct file_lock *conflict;

	mutex_lock(&locks_mutex);
	conflict = find_conflict(inode, l);
	if (conflict)
		report(fl, conflict);
	else
		fl->l_type = F_UNLCK;
	mutex_unlock(&locks_mutex);
}

int file_lock_range(struct file *f, u32 cmd, struct flock *fl, pid_t pid)
{
	bool by_file = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
	bool get = cmd == F_GETLK || cmd == F_OFD_GETLK,
	     wait = cmd == F_SETLKW || cmd == F_OFD_SETLKW;
	struct file_lock l = { .by_file = by_file, .pid = pid };
	int err;

	l.owner = by_file ? (void *)f : (void *)current_files();
	l.exclusive = fl->l_type == F_WRLCK;
	if (by_file && fl->l_pid)
		return -EINVAL;
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && (get || fl->l_type != F_UNLCK))
		return -EINVAL;
	err = range_of(f, fl, &l);
	if (err)
		return err;
	if (get) {
		get_lock(f->inode, &l, fl);
		return 0;
	}
	if ((fl->l_type == F_RDLCK && !(f->mode & FILE_READ)) ||
		(l.exclusive && !(f->mode & FILE_WRITE)))
		return -EBADF;
	return set_lock(f->inode, &l, fl->l_type == F_UNLCK, wait);
}

/* ---------------------------------------------------------------- flock */
int file_lock_whole(struct file *f, int operation)
{
	struct file_lock l = { .owner = f, .whole = true, .by_file = true, .end = INT64_END };
	int kind = operation & ~LOCK_NB;

	if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
		return -EINVAL;
	l.exclusive = kind == LOCK_EX;
	return set_lock(f->inode, &l, kind == LOCK_UN, !(operation & LOCK_NB));
}
