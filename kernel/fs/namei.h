/* SPDX-License-Identifier: MIT */
/* Walking paths: path_resolution(7). dirfd is AT_FDCWD or an open directory. */
#pragma once

#include "fs/vfs.h"

#define LOOKUP_FOLLOW    1u /* follow a symbolic link at the end */
#define LOOKUP_DIRECTORY 2u /* -ENOTDIR otherwise */
#define LOOKUP_EMPTY     4u /* "" is dirfd itself (AT_EMPTY_PATH) */

/* The path (references), or -errno. name is a kernel string. May sleep. */
int namei_lookup(int dirfd, const char *name, u32 flags, struct path *out);
/* The same for a user's string: copies it (ENAMETOOLONG, EFAULT, ENOENT for ""). */
int namei_lookup_user(int dirfd, vaddr_t name, u32 flags, struct path *out);
/* A user's path into a buffer of PATH_LEN_MAX from namei_name_put's pool. ERR_PTR. */
char *namei_name_get(vaddr_t name, bool empty_ok);
void namei_name_put(char *name);

struct cred;
/* With other credentials than the current ones: access(2). */
int namei_lookup_as(
	const struct cred *cred, int dirfd, const char *name, u32 flags, struct path *out);

int namei_open(int dirfd, const char *name, u32 flags, umode_t mode, struct file **out);
int namei_mknod(int dirfd, const char *name, umode_t mode, dev_t dev);
int namei_mkdir(int dirfd, const char *name, umode_t mode);
int namei_unlink(int dirfd, const char *name);
int namei_rmdir(int dirfd, const char *name);
int namei_symlink(const char *target, int dirfd, const char *name);
/* Names may be namei_name_get()'s errors (link: new), so that all is complained of in Linux's
 * order. */
int namei_link(int old_dirfd, const char *old, int new_dirfd, const char *new, int flags);
int namei_rename(int old_dirfd, const char *old, int new_dirfd, const char *new, u32 flags);
void namei_init(void); /* called by dentry_init() */
