// SPDX-License-Identifier: MIT
/*
 * Seals (fcntl(2), "File Sealing"). Every file in memory has a set of them; those that were not made
 * by memfd_create(MFD_ALLOW_SEALING) are born with F_SEAL_SEAL, so that none can be added.
 *
 *	seal                        forbids                               asked in
 *	SHRINK, GROW                other sizes, writes behind the end    seal_check_size, seal_clip_write
 *	WRITE, FUTURE_WRITE         write(2), holes                       seal_clip_write, seal_check_punch
 *	                            new shared mappings that may write    seal_map, and mm/mmap.c
 *	WRITE                       itself while there are such mappings  seal_add, and mm/rmap.c
 *
 * Locks: inode->lock for inode->seals; seal_map() reads them without, and what it may miss,
 * rmap_begin_shared_write() does not.
 */
#include "fs/seal.h"

#include <linux/fcntl.h>
#include <linux/mman.h>

#include "fs/file.h"
#include "mm/rmap.h"

#define ALL_SEALS                                                                                  \
	((u32)(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
#define NO_WRITES ((u32)(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))

void seal_init(struct inode *inode, bool sealable)
{
	inode->seals = sealable ? 0 : F_SEAL_SEAL;
	if (sealable)
		inode->mapping.flags |= MAPPING_SEALABLE;
}

static bool can_have_seals(const struct inode *inode)
{
	return S_ISREG(inode->mode) && (inode->mapping.flags & MAPPING_SWAPBACKED);
}

/* => inode->lock held */
static int add_locked(struct inode *inode, u32 seals)
{
	int err = 0;

	if (inode->seals & F_SEAL_SEAL)
		return -EPERM;
	if ((seals & F_SEAL_WRITE) && !(inode->seals & F_SEAL_WRITE))
		err = rmap_deny_shared_write(&inode->mapping);
	if (!err)
		inode->seals |= seals;
	return err;
}

int seal_add(struct file *f, u32 seals)
{
	struct inode *inode = f->inode;
	int err;

	if (!(f->mode & FILE_WRITE))
		return -EPERM;
	if ((seals & ~ALL_SEALS) || !can_have_seals(inode))
		return -EINVAL;
	mutex_lock(&inode->lock);
	err = add_locked(inode, seals);
	mutex_unlock(&inode->lock);
	return err;
}

s64 seal_get(struct file *f)
{
	return can_have_seals(f->inode) ? (s64)atomic_load(&f->inode->seals) : -EINVAL;
}

/* A page is written whole or not at all, as far as it goes behind a sealed end: so does Linux. */
s64 seal_clip_write(const struct inode *inode, u64 pos, u64 len)
{
	u64 size = mapping_size(&inode->mapping), whole = page_align_down(size);

	if (likely(!(inode->seals & (NO_WRITES | F_SEAL_GROW))))
		return (s64)len;
	if (inode->seals & NO_WRITES)
		return -EPERM;
	if (pos + len <= size)
		return (s64)len;
	return pos < whole ? (s64)(whole - pos) : -EPERM;
}

int seal_check_size(const struct inode *inode, u64 size)
{
	u64 old = mapping_size(&inode->mapping);

	if (size < old && (inode->seals & F_SEAL_SHRINK))
		return -EPERM;
	return size > old && (inode->seals & F_SEAL_GROW) ? -EPERM : 0;
}

int seal_check_punch(const struct inode *inode)
{
	return inode->seals & NO_WRITES ? -EPERM : 0;
}

int seal_map(struct file *f, struct map_request *rq)
{
	rq->file_sealed = atomic_load(&f->inode->seals) & NO_WRITES;
	return generic_map(f, rq);
}
