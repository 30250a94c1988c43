/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: an array of files and two bitmaps, of used numbers and of those that exec closes.
 * The lowest free number is found from next_free, below which nothing is free, a word of 64 at a
 * time.
 *
 * A reserved descriptor (in open_map, files[] NULL) is not visible yet. The table grows by
 * doubling; arrays are allocated without the lock. A table that only one thread uses needs no lock
 * for looking: nobody else changes it (procfs only looks, under the lock).
 */
#include "fs/fdtable.h"

#include "debug/assert.h"
#include "fs/file.h"
#include "fs/filelock.h"
#include "lib/bitmap.h"
#include "mm/slab.h"

#define FIRST_SIZE 64u

struct fd_arrays {
	struct file **files;
	u64 *open_map, *cloexec_map;
};

static size_t map_bytes(u32 size)
{
	return BITMAP_WORDS((u64)size) * sizeof(u64);
}

/* One block of memory: files, then the two maps. */
static bool arrays_alloc(struct fd_arrays *a, u32 size)
{
	char *mem = kzalloc(size * sizeof(struct file *) + 2 * map_bytes(size));

	if (!mem)
		return false;
	a->files = (struct file **)mem;
	a->open_map = (u64 *)(mem + size * sizeof(struct file *));
	a->cloexec_map = (u64 *)((char *)a->open_map + map_bytes(size));
	return true;
}

static void arrays_install(struct fd_table *t, const struct fd_arrays *a, u32 size)
{
	t->files = a->files;
	t->open_map = a->open_map;
	t->cloexec_map = a->cloexec_map;
	t->size = size;
}

struct fd_table *fd_table_create(void)
{
	struct fd_table *t = kzalloc(sizeof(*t));
	struct fd_arrays a;

	if (!t)
		return NULL;
	if (!arrays_alloc(&a, FIRST_SIZE)) {
		kfree(t);
		return NULL;
	}
	spin_init_named(&t->lock, RANK_FILES, "files");
	atomic_set(&t->refs, 1);
	arrays_install(t, &a, FIRST_SIZE);
	return t;
}

/* 0 or -ENOMEM. Afterwards the table has room for fd. */
static int grow(struct fd_table *t, u32 fd)
{
	struct fd_arrays a;
	struct file **old = NULL;
	u32 size = max(t->size, FIRST_SIZE);

	while (size <= fd)
		size *= 2;
	if (!arrays_alloc(&a, size))
		return -ENOMEM;
	spin_lock(&t->lock);
	if (t->size < size) { /* else another thread was faster */
		memcpy(a.files, t->files, t->size * sizeof(struct file *));
		memcpy(a.open_map, t->open_map, map_bytes(t->size));
		memcpy(a.cloexec_map, t->cloexec_map, map_bytes(t->size));
		old = t->files;
		arrays_install(t, &a, size);
	} else {
		old = a.files;
	}
	spin_unlock(&t->lock);
	kfree(old);
	return 0;
}

static void copy_locked(struct fd_table *t, struct fd_table *old)
{
	struct file *f;

	for (u64 fd = bitmap_next_set(old->open_map, old->size, 0); fd < old->size;
		fd = bitmap_next_set(old->open_map, old->size, fd + 1)) {
		f = old->files[fd];
		if (!f)
			continue; /* reserved by another thread */
		file_get(f);
		t->files[fd] = f;
		bitmap_set(t->open_map, fd);
		if (bitmap_test(old->cloexec_map, fd))
			bitmap_set(t->cloexec_map, fd);
	}
	t->next_free = 0;
}

struct fd_table *fd_table_copy(struct fd_table *old)
{
	struct fd_table *t = fd_table_create();

	if (!t)
		return NULL;
	for (;;) {
		spin_lock(&old->lock);
		if (old->size <= t->size)
			break;
		spin_unlock(&old->lock);
		if (grow(t, old->size - 1)) {
			fd_table_put(t);
			return NULL;
		}
	}
	copy_locked(t, old);
	spin_unlock(&old->lock);
	return t;
}

void fd_table_put(struct fd_table *t)
{
	struct file *f;

	if (!atomic_dec_and_test(&t->refs))
		return;
	for (u64 fd = bitmap_next_set(t->open_map, t->size, 0); fd < t->size;
		fd = bitmap_next_set(t->open_map, t->size, fd + 1)) {
		f = t->files[fd];
		if (f) {
			file_locks_close(f, t);
			file_put(f);
		}
	}
	kfree(t->files);
	kfree(t);
}

/* ---------------------------------------------------------------- looking */
static struct file *find_locked(const struct fd_table *t, u32 fd)
{
	return fd < t->size ? t->files[fd] : NULL;
}

struct file *fd_table_get(struct fd_table *t, int fd)
{
	struct file *f;

	spin_lock(&t->lock);
	f = find_locked(t, (u32)fd);
	if (f)
		file_get(f);
	spin_unlock(&t->lock);
	return f;
}

struct file *fd_get_any(int fd)
{
	struct fd_table *t = current_files();
	struct file *f;

	if (atomic_read(&t->refs) > 1)
		return fd_table_get(t, fd);
	f = find_locked(t, (u32)fd);
	if (f)
		file_get(f);
	return f;
}

struct file *fd_get(int fd)
{
	struct file *f = fd_get_any(fd);

	if (likely(f) && unlikely(f->mode & FILE_PATH)) {
		file_put(f);
		return NULL;
	}
	return f;
}

int fd_table_next(struct fd_table *t, int fd)
{
	u64 next;

	spin_lock(&t->lock);
	next = bitmap_next_set(t->open_map, t->size, (u64)(fd < 0 ? 0 : fd));
	while (next < t->size && !t->files[next])
		next = bitmap_next_set(t->open_map, t->size, next + 1);
	if (next >= t->size)
		next = ~0UL;
	spin_unlock(&t->lock);
	return (int)next;
}

/* ---------------------------------------------------------------- changing */
static void set_cloexec_locked(struct fd_table *t, u32 fd, bool cloexec)
{
	if (cloexec)
		bitmap_set(t->cloexec_map, fd);
	else
		bitmap_clear(t->cloexec_map, fd);
}

int fd_reserve(u32 min, bool cloexec)
{
	struct fd_table *t = current_files();
	u64 limit = current_limit(RLIMIT_NOFILE), fd;

	for (;;) {
		spin_lock(&t->lock);
		fd = bitmap_next_clear(t->open_map, t->size, max(min, t->next_free));
		if (fd >= limit) {
			spin_unlock(&t->lock);
			return -EMFILE;
		}
		if (fd < t->size)
			break;
		spin_unlock(&t->lock);
		if (grow(t, (u32)fd))
			return -ENOMEM;
	}
	bitmap_set(t->open_map, fd);
	set_cloexec_locked(t, (u32)fd, cloexec);
	if (min <= t->next_free)
		t->next_free = (u32)fd + 1;
	spin_unlock(&t->lock);
	return (int)fd;
}

void fd_install(int fd, struct file *f)
{
	struct fd_table *t = current_files();

	spin_lock(&t->lock);
	assert(!t->files[fd]);
	t->files[fd] = f;
	spin_unlock(&t->lock);
}

static void release_locked(struct fd_table *t, u32 fd)
{
	t->files[fd] = NULL;
	bitmap_clear(t->open_map, fd);
	bitmap_clear(t->cloexec_map, fd);
	if (fd < t->next_free)
		t->next_free = fd;
}

void fd_release(int fd)
{
	struct fd_table *t = current_files();

	spin_lock(&t->lock);
	release_locked(t, (u32)fd);
	spin_unlock(&t->lock);
}

int fd_close(int fd)
{
	struct fd_table *t = current_files();
	struct file *f;

	spin_lock(&t->lock);
	f = find_locked(t, (u32)fd);
	if (f)
		release_locked(t, (u32)fd);
	spin_unlock(&t->lock);
	if (!f)
		return -EBADF;
	file_locks_close(f, t);
	file_put(f);
	return 0;
}

/* `to` becomes f (a reference, taken over in any case). */
static int replace(struct fd_table *t, struct file *f, u32 to, bool cloexec)
{
	struct file *old;

	while (to >= t->size)
		if (grow(t, to)) {
			file_put(f);
			return -ENOMEM;
		}
	spin_lock(&t->lock);
	old = t->files[to];
	if (!old && bitmap_test(t->open_map, to)) { /* another thread is opening it */
		spin_unlock(&t->lock);
		file_put(f);
		return -EBUSY;
	}
	bitmap_set(t->open_map, to);
	set_cloexec_locked(t, to, cloexec);
	t->files[to] = f;
	spin_unlock(&t->lock);
	if (old) {
		file_locks_close(old, t);
		file_put(old);
	}
	return (int)to;
}

int fd_dup_to(int from, int to, bool cloexec)
{
	struct file *f = fd_get_any(from);

	if (!f)
		return -EBADF;
	if (to < 0 || (u64)to >= current_limit(RLIMIT_NOFILE)) {
		file_put(f);
		return -EBADF;
	}
	return replace(current_files(), f, (u32)to, cloexec);
}

bool fd_get_cloexec(int fd, bool *cloexec)
{
	struct fd_table *t = current_files();
	bool found;

	spin_lock(&t->lock);
	found = find_locked(t, (u32)fd) != NULL;
	if (found)
		*cloexec = bitmap_test(t->cloexec_map, (u32)fd);
	spin_unlock(&t->lock);
	return found;
}

bool fd_set_cloexec(int fd, bool cloexec)
{
	struct fd_table *t = current_files();
	bool found;

	spin_lock(&t->lock);
	found = find_locked(t, (u32)fd) != NULL;
	if (found)
		set_cloexec_locked(t, (u32)fd, cloexec);
	spin_unlock(&t->lock);
	return found;
}

void fd_table_close_on_exec(struct fd_table *t)
{
	struct file *f;
	u64 fd = 0;

	for (;;) {
		spin_lock(&t->lock);
		fd = bitmap_next_set(t->cloexec_map, t->size, fd);
		if (fd >= t->size) {
			spin_unlock(&t->lock);
			return;
		}
		f = t->files[fd];
		release_locked(t, (u32)fd);
		spin_unlock(&t->lock);
		if (f) {
			file_locks_close(f, t);
			file_put(f);
		}
	}
}
