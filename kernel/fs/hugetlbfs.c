// SPDX-License-Identifier: MIT
/*
 * hugetlbfs: files of huge pages, of which none are set aside (/proc/meminfo: HugePages_Total 0). So
 * these files have a size and no contents: they read as zeros, there is no space for anything else
 * (ENOSPC), a mapping that wants pages reserved is ENOMEM, and one that does not (MAP_NORESERVE) gives
 * SIGBUS (mm/back_huge.c). As on Linux they cannot be written by write(2).
 *
 * Not here: mounting it. There are only the unnamed files of mmap(2) and memfd_create(2).
 */
#include "fs/hugetlbfs.h"

#include <linux/fcntl.h>
#include <linux/mman.h>

#include "debug/assert.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/seal.h"

#define HUGETLBFS_MAGIC 0x958458f6

static struct mount *internal_mount;
static ino_t last_ino;

u64 hugetlbfs_page_size(u32 shift)
{
	if (!shift || shift == MAP_HUGE_2MB >> MAP_HUGE_SHIFT)
		return MIB(2);
	return shift == MAP_HUGE_1GB >> MAP_HUGE_SHIFT ? GIB(1) : 0;
}

/* ---------------------------------------------------------------- contents */
static int no_page(struct mapping *m, struct page *page, u32 from, u32 to)
{
	(void)m, (void)page, (void)from, (void)to;
	return -ENOSPC;
}

static const struct mapping_ops mapping_ops = { .prepare_write = no_page };

static ssize_t read_zeros(struct file *f, struct iobuf *buf, loff_t *pos)
{
	u64 size = mapping_size(&f->inode->mapping);
	ssize_t n = 0;

	if ((u64)*pos < size)
		n = iobuf_put_zeros(buf, min(buf->len, size - (u64)*pos));
	if (n > 0)
		*pos += n;
	return n;
}

static int truncate(struct inode *inode, u64 old_size, u64 new_size)
{
	(void)old_size;
	return new_size & (inode->block_size - 1) ? -EINVAL : 0;
}

/* ---------------------------------------------------------------- mapping */
/* The last question of a mapping, when all else is right: is there a page for each of its own? */
static int reserve(struct vma *v, void *file)
{
	const struct file *f = file;

	if ((v->pgoff << PAGE_SHIFT) & (f->inode->block_size - 1))
		return -EINVAL;
	return v->flags & VMA_NORESERVE ? 0 : -ENOMEM;
}

static int map(struct file *f, struct map_request *rq)
{
	u64 page_size = f->inode->block_size;

	rq->len = ALIGN_UP(rq->len, page_size);
	rq->huge_size = page_size;
	rq->extra_vma_flags |= VMA_HUGETLB | (page_size == GIB(1) ? VMA_GIGANTIC : 0);
	rq->device_map = reserve;
	return seal_map(f, rq);
}

void hugetlbfs_mapped(struct file *f, const struct map_request *rq)
{
	struct inode *inode = f->inode;
	u64 end = (rq->pgoff << PAGE_SHIFT) + rq->len;

	if (!(rq->prot & PROT_WRITE))
		return;
	end = min(end, inode_largest_size(inode));
	mutex_lock(&inode->lock);
	if (end > mapping_size(&inode->mapping))
		mapping_set_size(&inode->mapping, end);
	mutex_unlock(&inode->lock);
}

/* ---------------------------------------------------------------- files */
static const struct inode_ops inode_ops = { .truncate = truncate,
	.punch_hole = inode_punch_cache_only };
static const struct file_ops file_ops = { .read = read_zeros, .fsync = noop_fsync, .map = map };

bool hugetlbfs_is_file(const struct file *f)
{
	return f->ops == &file_ops;
}

struct file *hugetlbfs_unnamed_file(
	const char *name, u64 page_size, u64 size, u32 flags, bool sealable)
{
	struct inode *inode =
		inode_new(internal_mount->sb, __atomic_add_fetch(&last_ino, 1, __ATOMIC_RELAXED));

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode_init_owner(inode, NULL, S_IFREG | 0777);
	inode->ops = &inode_ops;
	inode->fops = &file_ops;
	inode->block_size = (u32)page_size;
	inode->nlink = 0;
	inode->mapping.ops = &mapping_ops;
	inode->mapping.flags |= MAPPING_SWAPBACKED | MAPPING_HUGE;
	seal_init(inode, sealable);
	mapping_set_size(&inode->mapping, size);
	inode_new_done(inode);
	return file_open_anonymous(inode, &file_ops, flags, name);
}

static int mount_internal(struct super *sb, const char *data)
{
	int err = mount_bare(sb, HUGETLBFS_MAGIC);

	(void)data;
	sb->block_size = (u32)MIB(2);
	sb->max_file_size = MAPPING_MAX_SIZE;
	return err;
}

static struct fs_type hugetlbfs = { .name = "hugetlbfs", .mount = mount_internal };

void hugetlbfs_init(void)
{
	fs_register(&hugetlbfs);
	internal_mount = mount_kernel_internal("hugetlbfs");
	if (!internal_mount)
		panic("no memory for hugetlbfs");
}
