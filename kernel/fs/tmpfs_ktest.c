/* SPDX-License-Identifier: MIT */
#include "fs/fs_ktest.h"
#include "lib/bitmap.h"
#include "lib/format.h"
#include "lib/string.h"

#define NR_NAMES 200

struct listing {
	struct dir_context ctx;
	u32 count, room; /* stops after room entries */
	u64 seen[BITMAP_WORDS(NR_NAMES)];
	bool twice;
};

static bool note(
	struct dir_context *ctx, const char *name, u32 len, ino_t ino, u32 type, loff_t next)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	u64 number;
	char text[16];

	(void)ino, (void)type, (void)next;
	if (!l->room)
		return false;
	l->room--;
	if (name[0] == '.')
		return true;
	memcpy(text, name, len);
	text[len] = '\0';
	if (parse_u64(text, 10, &number) || number >= NR_NAMES)
		return true;
	l->twice |= bitmap_test(l->seen, number);
	bitmap_set(l->seen, number);
	l->count++;
	return true;
}

/* readdir(3): what exists all the time is listed once, whatever is removed and made in between. */
KTEST(tmpfs_readdir_while_deleting)
{
	struct listing l = { .ctx.emit = note };
	struct fs_ktest t;
	struct file *f;
	char name[16];

	if (!fs_ktest_begin(&t, ""))
		return;
	for (u32 i = 0; i < NR_NAMES; i++) {
		snprintf(name, sizeof(name), "%u", i);
		KCHECK(!fs_ktest_make(name));
	}
	KCHECK(!namei_open(AT, ".", O_RDONLY | O_DIRECTORY, 0, &f));
	for (u32 round = 0; round < NR_NAMES; round++) {
		l.room = 3;
		KCHECK(!file_readdir(f, &l.ctx));
		if (round % 2 == 0) { /* remove an even one, seen or not */
			snprintf(name, sizeof(name), "%u", round);
			KCHECK(!namei_unlink(AT, name));
			snprintf(name, sizeof(name), "new%u", round);
			KCHECK(!fs_ktest_make(name));
		}
	}
	KCHECK(!l.twice);
	for (u32 i = 1; i < NR_NAMES; i += 2)
		KCHECK(bitmap_test(l.seen, i));
	file_put(f);
	fs_ktest_end(&t);
}

KTEST(tmpfs_size_limit)
{
	static char page[PAGE_SIZE];
	struct fs_stats st = { 0 };
	struct fs_ktest t;
	struct file *f, *g;

	if (!fs_ktest_begin(&t, "size=64k,mode=700"))
		return;
	KCHECK((t.at.dentry->inode->mode & 07777) == 0700);
	KCHECK(!namei_open(AT, "f", O_CREAT | O_RDWR, 0644, &f));
	KCHECK(!namei_open(AT, "g", O_CREAT | O_RDWR, 0644, &g));
	for (u32 i = 0; i < 15; i++)
		KCHECK(file_write_kernel(f, page, sizeof(page), i * PAGE_SIZE) == PAGE_SIZE);
	/* sparse: one page */
	KCHECK(file_write_kernel(g, page, sizeof(page), MIB(1)) == PAGE_SIZE);
	KCHECK(g->inode->blocks == 8);
	KCHECK(file_write_kernel(g, page, sizeof(page), 0) == -ENOSPC);
	KCHECK(file_write_kernel(f, page, sizeof(page), 0) == PAGE_SIZE); /* it is there already */
	KCHECK(!t.at.mount->sb->ops->statfs(t.at.mount->sb, &st));
	KCHECK(st.blocks == 16 && st.blocks_free == 0);
	mutex_lock(&f->inode->lock);
	KCHECK(!inode_set_size(f->inode, 2 * PAGE_SIZE));
	mutex_unlock(&f->inode->lock);
	KCHECK(!t.at.mount->sb->ops->statfs(t.at.mount->sb, &st));
	KCHECK(st.blocks_free == 13);
	file_put(g);
	KCHECK(!namei_unlink(AT, "g"));
	KCHECK(!t.at.mount->sb->ops->statfs(t.at.mount->sb, &st));
	KCHECK(st.blocks_free == 14);
	file_put(f);
	fs_ktest_end(&t);
}

KTEST(mount_and_busy)
{
	struct fs_ktest t;
	struct path d, e, inner;
	struct file *f;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "d", 0755));
	KCHECK(!namei_mkdir(AT, "e", 0755));
	KCHECK(!fs_ktest_make("d/below"));
	KCHECK(!namei_lookup(AT, "d", 0, &d));
	KCHECK(!namei_lookup(AT, "e", 0, &e));
	KCHECK(mount_at("nofs", NULL, &d, 0, NULL) == -ENODEV);
	KCHECK(!mount_at("tmpfs", NULL, &d, 0, ""));
	KCHECK(fs_ktest_exists("d/below") == -ENOENT); /* hidden */
	KCHECK(namei_rmdir(AT, "d") == -EBUSY);
	KCHECK(namei_rename(AT, "d", AT, "x", 0) == -EBUSY);
	KCHECK(!namei_open(AT, "d/open", O_CREAT | O_RDWR, 0644, &f));
	KCHECK(!namei_lookup(AT, "d", 0, &inner));
	KCHECK(mount_unmount(&inner, 0) == -EBUSY);
	KCHECK(mount_remount(&inner, MS_RDONLY, "") == -EBUSY);
	file_put(f);
	KCHECK(!mount_remount(&inner, MS_RDONLY, ""));
	KCHECK(fs_ktest_open("d/open", O_RDWR, 0) == -EROFS);
	KCHECK(fs_ktest_make("d/new") == -EROFS);
	KCHECK(namei_mkdir(AT, "d/open", 0755) == -EEXIST);
	KCHECK(namei_unlink(AT, "d/open") == -EROFS);
	KCHECK(!fs_ktest_open("d/open", O_RDONLY, 0));
	KCHECK(!mount_remount(&inner, 0, ""));
	KCHECK(!fs_ktest_make("d/new"));
	KCHECK(!mount_bind(&inner, &e));
	KCHECK(!fs_ktest_exists("e/new"));
	KCHECK(!mount_unmount(&inner, 0));
	path_put(&inner);
	KCHECK(!fs_ktest_exists("d/below"));
	KCHECK(!fs_ktest_exists("e/new")); /* the bind keeps the filesystem */
	KCHECK(!namei_lookup(AT, "e", 0, &inner));
	KCHECK(!mount_move(&inner, &d));
	KCHECK(!fs_ktest_exists("d/new"));
	KCHECK(!namei_open(AT, "d/open", O_RDWR, 0, &f));
	KCHECK(!mount_unmount(&inner, MNT_DETACH));
	KCHECK(fs_ktest_exists("d/new") == -ENOENT);
	KCHECK(file_write_kernel(f, "x", 1, 0) == 1); /* lazily: open files go on */
	file_put(f);
	path_put(&inner);
	path_put(&d);
	path_put(&e);
	fs_ktest_end(&t);
}
