// SPDX-License-Identifier: MIT
/*
 * tmpfs: regular files, and those without a name: memfd_create(2), shared memory.
 *
 * Space: a page counts from when it first becomes dirty (prepare_write) until it leaves the mapping
 * (give_back), against the mount's size=. The same pages are promised memory (mm/commit.h), but for
 * shared anonymous memory, where that was done for all of it when it was made.
 *
 * Locks: atomics for the space of the super; the mapping's lock for an inode's own.
 */
#include <linux/fcntl.h>

#include "debug/assert.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/seal.h"
#include "fs/tmpfs_inode.h"
#include "mm/commit.h"
#include "mm/shm.h"

static struct mount *unnamed_mount;

/* ---------------------------------------------------------------- space */
static void add_charged(struct inode *inode, s64 delta)
{
	struct tmpfs_inode *ti = tmpfs_of(inode);

	spin_lock(&inode->mapping.lock);
	ti->charged += (u64)delta;
	inode->blocks = ti->charged << (PAGE_SHIFT - 9);
	spin_unlock(&inode->mapping.lock);
}

static void add_promise(const struct inode *inode, void *sum)
{
	const struct tmpfs_inode *ti = tmpfs_of(inode);

	*(u64 *)sum += ti->reserved ? ti->reserved : ti->charged;
}

static void add_promises(struct super *sb, void *sum)
{
	if (sb->ops == &tmpfs_super_ops)
		inode_for_each(sb, add_promise, sum);
}

/* What all files in memory together were promised. */
static u64 sum_of_promises(void)
{
	u64 sum = 0;

	fs_for_each_super(add_promises, &sum);
	return sum;
}

static u64 current_address_space(void)
{
	const struct mm *mm = current_mm();

	return mm ? mm->total_pages : 0;
}

/* The page is going to be dirty, which in a tmpfs is for ever: it takes space. => page locked */
static int prepare_write(struct mapping *m, struct page *page, u32 from, u32 to)
{
	struct inode *inode = m->host;
	struct tmpfs_super *ts = tmpfs_super_of(inode);
	u64 total;

	(void)from, (void)to;
	if (page_test(page, PG_DIRTY))
		return 0;
	total = (u64)atomic64_add_return(&ts->pages, 1);
	if (ts->max_pages && total > ts->max_pages) {
		atomic64_add_return(&ts->pages, -1);
		return -ENOSPC;
	}
	if (!tmpfs_of(inode)->reserved && commit_charge(1, current_address_space())) {
		atomic64_add_return(&ts->pages, -1);
		return -ENOSPC; /* Linux too calls it so */
	}
	add_charged(inode, 1);
	return 0;
}

/* Page by page, as they go: faults charge for new ones while a file is cut. (Race, found by
 * shmem_charge_storm, when both counted what was there.) */
static void give_back(struct mapping *m)
{
	struct inode *inode = m->host;

	add_charged(inode, -1);
	atomic64_add_return(&tmpfs_super_of(inode)->pages, -1);
	if (!tmpfs_of(inode)->reserved)
		commit_uncharge(1);
}

const struct mapping_ops tmpfs_mapping_ops = {
	.prepare_write = prepare_write,
	.give_back = give_back,
	.stored = inode_mapping_stored,
	.hold = inode_hold_mapping,
	.release = inode_release_mapping,
};

/* Page by page, as on Linux. */
static int find_data(struct inode *inode, u64 *at, bool data)
{
	pgoff_t index = *at >> PAGE_SHIFT, found = index;

	pagecache_find_data(&inode->mapping, &found, data);
	if (found > index)
		*at = found << PAGE_SHIFT;
	return 0;
}

const struct inode_ops tmpfs_file_ops = { .punch_hole = inode_punch_cache_only,
	.find_data = find_data };
const struct file_ops tmpfs_file_fops = {
	.read = generic_read,
	.write = generic_write,
	.fsync = noop_fsync,
	.seek = generic_seek,
	.map = seal_map,
};

void tmpfs_file_end(struct tmpfs_inode *ti)
{
	commit_uncharge(ti->reserved); /* its pages have given back theirs */
}

/* ---------------------------------------------------------------- unnamed files */
struct file *tmpfs_unnamed_file(const char *name, u64 size, u32 flags, bool sealable)
{
	struct super *sb = unnamed_mount->sb;
	struct inode *inode = tmpfs_make_inode(sb, NULL, S_IFREG | 0777, 0);

	if (IS_ERR(inode))
		return (struct file *)inode;
	inode->nlink = 0;
	seal_init(inode, sealable);
	mapping_set_size(&inode->mapping, size);
	return file_open_anonymous(inode, &tmpfs_file_fops, flags, name);
}

static int create_shm(const char *name, u64 size, u32 how, struct shm_object *out)
{
	u64 reserved = how & SHM_NORESERVE ? 0 : page_align_up(size) >> PAGE_SHIFT;
	struct file *f;

	if (reserved && commit_charge(reserved, current_address_space()))
		return -ENOMEM;
	f = tmpfs_unnamed_file(name, size, O_RDWR, false);
	if (IS_ERR(f)) {
		commit_uncharge(reserved);
		return (int)PTR_ERR(f);
	}
	tmpfs_of(f->inode)->reserved = reserved;
	out->mapping = &f->inode->mapping;
	out->file = f;
	out->file_ops = &file_map_ops;
	return 0;
}

void tmpfs_file_init(void)
{
	struct tmpfs_super *ts;

	unnamed_mount = mount_kernel_internal("tmpfs");
	if (!unnamed_mount)
		panic("no memory for shared memory");
	ts = unnamed_mount->sb->private;
	ts->max_pages = ts->max_inodes = 0;
	shm_set_provider(create_shm);
	commit_set_shared_sum(sum_of_promises);
}
