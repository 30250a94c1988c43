// SPDX-License-Identifier: MIT
/*
 * ext2: directory entries. A directory is a file whose blocks are each filled exactly by entries:
 *
 *	| inode, rec_len, name_len, type, name... | ... | last entry, whose rec_len reaches the block's end |
 *
 * An entry with inode 0 is free; room also hides behind each name up to rec_len. Every entry is
 * checked before it is used: a damaged directory gives EUCLEAN.
 *
 * The block of a name, and one with room for a new entry, come from the directory's index
 * (ext2_index.c). A directory of one block needs none, and where it cannot be had (no memory,
 * damage) the entries are read from the start.
 *
 * Locks: dir->lock is held by the caller; the page lock while a page is changed.
 */
#include "fs/ext2_index.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/hashmap.h"
#include "lib/string.h"
#include "sched/sched.h"

/* Where an entry was found. */
struct place {
	struct page *page;             /* with a reference */
	u32 block;                     /* of the directory */
	struct ext2_dirent *de, *prev; /* prev: in the same block, or NULL */
};

static u64 nr_blocks(struct inode *dir)
{
	return mapping_size(&dir->mapping) >> ext2_sb(dir->sb)->block_shift;
}

/* Block `index` of the directory, through its pages. ERR_PTR. */
static struct page *dir_block(struct inode *dir, u64 index, char **data)
{
	u64 offset = index << ext2_sb(dir->sb)->block_shift;
	struct page *p = pagecache_read(&dir->mapping, offset >> PAGE_SHIFT, NULL);

	if (!IS_ERR(p))
		*data = (char *)page_address(p) + page_offset_in(offset);
	return p;
}

/* Is the entry at `at` of a block sound? */
static bool entry_valid(const struct ext2_super *es, const struct ext2_dirent *de, u32 at)
{
	return de->rec_len >= 12 && (de->rec_len & 3) == 0 && de->rec_len <= es->block_size - at &&
	       EXT2_DIRENT_LEN(de->name_len) <= de->rec_len && de->inode <= es->inodes_count;
}

/* Calls visit for every entry of the block until it returns true. 1: it did; 0: not; -EUCLEAN. */
static int scan_block(struct inode *dir, char *block, struct place *at,
	bool (*visit)(const struct ext2_dirent *de, void *arg), void *arg)
{
	struct ext2_super *es = ext2_sb(dir->sb);

	at->prev = NULL;
	for (u32 offset = 0; offset < es->block_size;) {
		struct ext2_dirent *de = (void *)(block + offset);

		if (es->block_size - offset < 12 || !entry_valid(es, de, offset))
			return ext2_corrupt(
				dir->sb, "directory %lu: bad entry at %u", dir->ino, offset);
		at->de = de;
		if (visit(de, arg))
			return 1;
		at->prev = de;
		offset += de->rec_len;
	}
	return 0;
}

/* The first entry of block `index` that visit accepts: 1 with at->page held, 0, or -errno. */
static int scan_one(struct inode *dir, u64 index, struct place *at,
	bool (*visit)(const struct ext2_dirent *de, void *arg), void *arg)
{
	char *block;
	int found;

	at->block = (u32)index;
	at->page = dir_block(dir, index, &block);
	if (IS_ERR(at->page))
		return (int)PTR_ERR(at->page);
	found = scan_block(dir, block, at, visit, arg);
	if (found <= 0)
		page_put(at->page);
	return found;
}

/* The same for all blocks. */
static int scan_dir(struct inode *dir, struct place *at,
	bool (*visit)(const struct ext2_dirent *de, void *arg), void *arg)
{
	int found = 0;

	for (u64 index = 0; index < nr_blocks(dir) && !found; index++) {
		found = scan_one(dir, index, at, visit, arg);
		cond_resched();
	}
	return found;
}

/* ---------------------------------------------------------------- the index */

/* How large an entry finds place behind de's name (or in all of it, if it is free). */
static u32 room_of(const struct ext2_dirent *de)
{
	return de->rec_len - (de->inode ? EXT2_DIRENT_LEN(de->name_len) : 0);
}

/* A block on its way into the index. */
struct indexing {
	struct ext2_index *index;
	u32 block, room;
	bool no_memory;
};

static bool index_entry(const struct ext2_dirent *de, void *arg)
{
	struct indexing *n = arg;

	n->room = max(n->room, room_of(de));
	if (de->inode && !ext2_index_add(n->index, de->name, de->name_len, n->block))
		n->no_memory = true;
	return n->no_memory;
}

/* 0, or -errno: a block cannot be read, is damaged, or there is no memory. */
static int build_index(struct inode *dir, struct ext2_index *x)
{
	int err = 0;

	for (u64 i = 0; i < nr_blocks(dir) && !err; i++) {
		struct indexing n = { .index = x, .block = (u32)i };
		struct place at;

		err = scan_one(dir, i, &at, index_entry, &n);
		if (err > 0)
			page_put(at.page);
		if (n.no_memory || (!err && !ext2_index_set_room(x, n.block, n.room)))
			err = -ENOMEM;
		cond_resched();
	}
	return err;
}

/* The directory's index, built at the first need. NULL: do without. */
static struct ext2_index *get_index(struct inode *dir)
{
	struct ext2_inode *ei = ext2_i(dir);
	int err;

	if (ei->index || nr_blocks(dir) <= 1 || ei->no_index)
		return ei->index;
	if (!ext2_index_create(dir))
		return NULL;
	err = build_index(dir, ei->index);
	if (!err)
		return ei->index;
	ei->no_index = err != -ENOMEM; /* what lies before the damage can still be used */
	ext2_index_drop(dir);
	return NULL;
}

/* A name came into at->block. */
static void index_added(struct inode *dir, const struct place *at, const char *name, u32 len)
{
	struct ext2_index *x = ext2_i(dir)->index;

	if (x && !ext2_index_add(x, name, len, at->block))
		ext2_index_drop(dir);
}

/* A name left at->block, where an entry can now be as large as `room`. */
static void index_removed(
	struct inode *dir, const struct place *at, const char *name, u32 len, u32 room)
{
	struct ext2_index *x = ext2_i(dir)->index;

	if (!x)
		return;
	ext2_index_remove(x, name, len, at->block);
	if (!ext2_index_more_room(x, at->block, room))
		ext2_index_drop(dir);
}

/* ---------------------------------------------------------------- finding names */

struct wanted_name {
	const char *name;
	u32 len;
};

static bool has_name(const struct ext2_dirent *de, void *arg)
{
	const struct wanted_name *w = arg;

	return de->name_len == w->len && de->inode && memcmp(de->name, w->name, w->len) == 0;
}

/* In the blocks that the index names: 1 with at->page held, 0, or -errno. */
static int find_indexed(
	struct inode *dir, struct ext2_index *x, struct wanted_name *w, struct place *at)
{
	u32 walk = HASHMAP_NONE, block;
	int found = 0;

	while (!found && (block = ext2_index_next(x, w->name, w->len, &walk)) != HASHMAP_NONE)
		found = scan_one(dir, block, at, has_name, w);
	return found;
}

/* 0 with at->page held, -ENOENT, -EIO, -EUCLEAN. */
static int find_entry(struct inode *dir, const char *name, u32 len, struct place *at)
{
	struct wanted_name w = { name, len };
	struct ext2_index *x = get_index(dir);
	int found = x ? find_indexed(dir, x, &w, at) : scan_dir(dir, at, has_name, &w);

	return found > 0 ? 0 : found ? found : -ENOENT;
}

int ext2_dir_find(struct inode *dir, const char *name, u32 len, ino_t *ino)
{
	struct place at;
	int err = find_entry(dir, name, len, &at);

	if (err)
		return err;
	*ino = at.de->inode;
	page_put(at.page);
	return 0;
}

/* ---------------------------------------------------------------- changes */

static u8 type_of(const struct ext2_super *es, umode_t mode)
{
	static const u8 types[16] = {
		[1] = 5, [2] = 3, [4] = 2, [6] = 4, [8] = 1, [10] = 7, [12] = 6
	};

	if (!(es->disk->feature_incompat & EXT2_INCOMPAT_FILETYPE))
		return 0;
	return types[mode >> 12 & 15];
}

/* After a change the hash index of a big directory made elsewhere is no longer true. */
static void directory_changed(struct inode *dir)
{
	ext2_i(dir)->disk_flags &= ~(u32)EXT2_FLAG_INDEX;
	inode_touch_modified(dir);
}

static void fill_entry(struct inode *dir, struct ext2_dirent *de, const char *name, u32 len,
	ino_t ino, umode_t mode)
{
	de->name_len = (u8)len;
	de->file_type = type_of(ext2_sb(dir->sb), mode);
	memcpy(de->name, name, len);
	de->inode = (u32)ino;
}

static bool has_room(const struct ext2_dirent *de, void *arg)
{
	u32 need = *(u32 *)arg;

	return room_of(de) >= need;
}

/* An entry with room: 1 with at->page held, 0: none, or -errno. */
static int find_room(struct inode *dir, u32 need, struct place *at)
{
	struct ext2_index *x = get_index(dir);
	u32 end = (u32)nr_blocks(dir), block;
	int found = 0;

	if (!x)
		return scan_dir(dir, at, has_room, &need);
	while (!found && (block = ext2_index_find_room(x, need, end)) < end) {
		found = scan_one(dir, block, at, has_room, &need);
		if (!found && !ext2_index_set_room(x, block, need - 1))
			return -ENOMEM;
	}
	return found;
}

/* The new entry takes the room behind de's name, or all of a free one. */
static struct ext2_dirent *split_entry(struct ext2_dirent *de)
{
	struct ext2_dirent *new;
	u32 used = EXT2_DIRENT_LEN(de->name_len);

	if (!de->inode)
		return de;
	new = (void *)((char *)de + used);
	new->rec_len = (u16)(de->rec_len - used);
	de->rec_len = (u16)used;
	return new;
}

/* One more block, one free entry in it. 0 with at->page locked. */
static int append_block(struct inode *dir, struct place *at)
{
	struct ext2_super *es = ext2_sb(dir->sb);
	u64 size = mapping_size(&dir->mapping);
	u32 offset = page_offset_in(size);
	struct page *p;
	int err = 0;

	if (size >= 0x7fffffff - es->block_size)
		return -EFBIG;
	p = pagecache_grab(&dir->mapping, size >> PAGE_SHIFT);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	if (!page_test(p, PG_UPTODATE))
		err = pagecache_fill(&dir->mapping, p);
	if (!err)
		err = ext2_mapping_ops.prepare_write(
			&dir->mapping, p, offset, offset + es->block_size);
	if (err) {
		page_unlock(p);
		page_put(p);
		return err;
	}
	if (ext2_i(dir)->index && !ext2_index_set_room(ext2_i(dir)->index,
					  (u32)(size >> es->block_shift), es->block_size))
		ext2_index_drop(dir);
	at->page = p;
	at->block = (u32)(size >> es->block_shift);
	at->de = (void *)((char *)page_address(p) + offset);
	memset(at->de, 0, es->block_size);
	at->de->rec_len = (u16)es->block_size;
	mapping_set_size(&dir->mapping, size + es->block_size);
	return 0;
}

int ext2_dir_add(struct inode *dir, const char *name, u32 len, ino_t ino, umode_t mode)
{
	struct place at;
	int found = find_room(dir, EXT2_DIRENT_LEN(len), &at);

	if (found < 0)
		return found;
	if (found) {
		page_lock(at.page);
	} else {
		int err = append_block(dir, &at);

		if (err)
			return err;
	}
	fill_entry(dir, split_entry(at.de), name, len, ino, mode);
	pagecache_mark_dirty(at.page);
	page_unlock(at.page);
	page_put(at.page);
	index_added(dir, &at, name, len);
	directory_changed(dir);
	return 0;
}

int ext2_dir_remove(struct inode *dir, const char *name, u32 len)
{
	struct place at;
	int err = find_entry(dir, name, len, &at);
	u32 room;

	if (err)
		return err;
	page_lock(at.page);
	if (at.prev)
		at.prev->rec_len += at.de->rec_len;
	at.de->inode = 0;
	room = room_of(at.prev ? at.prev : at.de);
	pagecache_mark_dirty(at.page);
	page_unlock(at.page);
	page_put(at.page);
	index_removed(dir, &at, name, len, room);
	directory_changed(dir);
	return 0;
}

int ext2_dir_set(struct inode *dir, const char *name, u32 len, ino_t ino, umode_t mode)
{
	struct place at;
	int err = find_entry(dir, name, len, &at);

	if (err)
		return err;
	page_lock(at.page);
	at.de->inode = (u32)ino;
	at.de->file_type = type_of(ext2_sb(dir->sb), mode);
	pagecache_mark_dirty(at.page);
	page_unlock(at.page);
	page_put(at.page);
	directory_changed(dir);
	return 0;
}

int ext2_dir_init(struct inode *dir, ino_t parent)
{
	struct place at;
	int err = append_block(dir, &at);
	struct ext2_dirent *dotdot;

	if (err)
		return err;
	fill_entry(dir, at.de, ".", 1, dir->ino, S_IFDIR);
	dotdot = split_entry(at.de);
	fill_entry(dir, dotdot, "..", 2, parent, S_IFDIR);
	pagecache_mark_dirty(at.page);
	page_unlock(at.page);
	page_put(at.page);
	inode_mark_dirty(dir);
	return 0;
}

static bool is_real_entry(const struct ext2_dirent *de, void *arg)
{
	(void)arg;
	if (!de->inode || (de->name_len == 1 && de->name[0] == '.') ||
		(de->name_len == 2 && de->name[0] == '.' && de->name[1] == '.'))
		return false;
	return true;
}

bool ext2_dir_is_empty(struct inode *dir)
{
	struct place at;
	int found = scan_dir(dir, &at, is_real_entry, NULL);

	if (found > 0)
		page_put(at.page);
	return found == 0; /* a damaged directory is not called empty */
}

/* ---------------------------------------------------------------- readdir */

static u32 dt_type(u8 file_type)
{
	static const u8 types[] = { 0, 8, 4, 2, 6, 1, 12, 10 }; /* DT_REG, DT_DIR, ... */

	return file_type < ARRAY_SIZE(types) ? types[file_type] : 0;
}

/* Emits the entries of one block that begin at or behind `from`. 1: the buffer is full; 0;
 * -EUCLEAN. */
static int emit_block(
	struct inode *dir, char *block, u64 block_pos, struct file *f, struct dir_context *ctx)
{
	struct ext2_super *es = ext2_sb(dir->sb);

	for (u32 offset = 0; offset < es->block_size;) {
		struct ext2_dirent *de = (void *)(block + offset);
		loff_t next = (loff_t)(block_pos + offset);

		if (es->block_size - offset < 12 || !entry_valid(es, de, offset))
			return ext2_corrupt(
				dir->sb, "directory %lu: bad entry at %u", dir->ino, offset);
		next += de->rec_len;
		if (de->inode && (loff_t)(block_pos + offset) >= f->pos) {
			if (!dir_emit(ctx, de->name, de->name_len, de->inode,
				    dt_type(de->file_type), next))
				return 1;
			f->pos = next;
		}
		offset += de->rec_len;
	}
	f->pos = (loff_t)(block_pos + es->block_size);
	return 0;
}

static int ext2_readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->inode;
	u32 shift = ext2_sb(dir->sb)->block_shift;
	int full = 0;

	while ((u64)f->pos < mapping_size(&dir->mapping) && !full) {
		u64 index = (u64)f->pos >> shift;
		char *block;
		struct page *p = dir_block(dir, index, &block);

		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		full = emit_block(dir, block, index << shift, f, ctx);
		page_put(p);
	}
	return full < 0 ? full : 0;
}

const struct file_ops ext2_dir_fops = {
	.readdir = ext2_readdir,
	.fsync = generic_fsync,
	.seek = generic_seek,
};
