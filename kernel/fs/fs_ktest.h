/* SPDX-License-Identifier: MIT */
/* For in-kernel tests of the filesystem: a fresh tmpfs on /dev/shm, which is the working directory
 * between begin and end. */
#pragma once

#include <linux/fcntl.h>
#include <linux/fs.h>

#include "debug/ktest.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"

struct fs_ktest {
	struct path at, cwd;
};

/* False: there is no /dev to mount on. options: of the tmpfs. */
static inline bool fs_ktest_begin(struct fs_ktest *t, const char *options)
{
	int err;

	if (!current_fs()->root.mount) /* tests run before the root is mounted */
		mount_root_from("none", "tmpfs", 0);
	if (namei_lookup(AT_FDCWD, "/dev/shm", LOOKUP_FOLLOW, &t->at)) {
		ktest_fail(__FILE__, __LINE__, "no /dev/shm");
		return false;
	}
	err = mount_at("tmpfs", "ktest", &t->at, 0, options);
	KCHECK(!err);
	fs_context_get_cwd(&t->cwd);
	path_put(&t->at);
	KCHECK(!namei_lookup(AT_FDCWD, "/dev/shm", LOOKUP_FOLLOW, &t->at));
	fs_context_set_cwd(&t->at);
	return true;
}

static inline void fs_ktest_end(struct fs_ktest *t)
{
	int err;

	fs_context_set_cwd(&t->cwd);
	path_put(&t->cwd);
	err = mount_unmount(&t->at, 0); /* busy: a reference leaked */
	KCHECK(!err);
	if (err)
		mount_unmount(&t->at, MNT_DETACH);
	path_put(&t->at);
}

/* Opens and closes: 0 or -errno. */
static inline int fs_ktest_open(const char *name, u32 flags, umode_t mode)
{
	struct file *f;
	int err = namei_open(AT_FDCWD, name, flags, mode, &f);

	if (!err)
		file_put(f);
	return err;
}

static inline int fs_ktest_make(const char *name)
{
	return fs_ktest_open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);
}

static inline int fs_ktest_exists(const char *name)
{
	struct path p;
	int err = namei_lookup(AT_FDCWD, name, 0, &p);

	if (!err)
		path_put(&p);
	return err;
}

#define AT AT_FDCWD
