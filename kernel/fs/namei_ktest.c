/* SPDX-License-Identifier: MIT */
#include "fs/fs_ktest.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/threads_ktest.h"

KTEST(namei_lookup_rules)
{
	struct fs_ktest t;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "d", 0755));
	KCHECK(!fs_ktest_make("d/f"));
	KCHECK(!fs_ktest_exists("d//./f"));
	KCHECK(!fs_ktest_exists("d/../d/f"));
	KCHECK(!fs_ktest_exists("/dev/shm/d/f"));
	KCHECK(!fs_ktest_exists("/../../dev/shm/d/"));
	KCHECK(fs_ktest_exists("d/f/") == -ENOTDIR);
	KCHECK(fs_ktest_exists("d/f/x") == -ENOTDIR);
	KCHECK(fs_ktest_exists("d/g") == -ENOENT);
	KCHECK(fs_ktest_exists("g/f") == -ENOENT);
	KCHECK(fs_ktest_exists("") == -ENOENT);
	KCHECK(namei_mkdir(AT, "d", 0755) == -EEXIST);
	KCHECK(namei_mkdir(AT, ".", 0755) == -EEXIST);
	KCHECK(namei_mkdir(AT, "/", 0755) == -EEXIST);
	KCHECK(!namei_mkdir(AT, "d/e///", 0755));
	KCHECK(namei_rmdir(AT, "d") == -ENOTEMPTY);
	KCHECK(namei_rmdir(AT, "d/e/.") == -EINVAL);
	KCHECK(namei_rmdir(AT, "d/e/..") == -ENOTEMPTY);
	KCHECK(namei_rmdir(AT, "/") == -EBUSY);
	KCHECK(namei_rmdir(AT, "/dev/shm") == -EBUSY);
	KCHECK(namei_unlink(AT, "d/e") == -EISDIR);
	KCHECK(namei_unlink(AT, "d/f/") == -ENOTDIR);
	KCHECK(namei_rmdir(AT, "d/f") == -ENOTDIR);
	KCHECK(!namei_rmdir(AT, "d/e/"));
	KCHECK(fs_ktest_exists("d/e") == -ENOENT);
	KCHECK(!namei_unlink(AT, "d/f"));
	fs_ktest_end(&t);
}

KTEST(namei_long_names)
{
	struct fs_ktest t;
	char *name = kmalloc(PATH_LEN_MAX);

	if (!name || !fs_ktest_begin(&t, ""))
		return;
	memset(name, 'n', 256);
	name[256] = '\0';
	KCHECK(fs_ktest_make(name) == -ENAMETOOLONG);
	KCHECK(fs_ktest_exists(name) == -ENAMETOOLONG);
	name[255] = '\0';
	KCHECK(!fs_ktest_make(name));
	KCHECK(!fs_ktest_exists(name));
	KCHECK(!namei_rename(AT, name, AT, "short", 0));
	KCHECK(fs_ktest_exists(name) == -ENOENT);
	KCHECK(!namei_rename(AT, "short", AT, name, 0));
	KCHECK(!fs_ktest_exists(name));
	kfree(name);
	fs_ktest_end(&t);
}

KTEST(namei_symlinks)
{
	struct fs_ktest t;
	struct path p;
	char name[8], target[8];

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "d", 0755));
	KCHECK(!fs_ktest_make("d/f"));
	KCHECK(!namei_symlink("d", AT, "to_d"));
	KCHECK(!namei_symlink("../d/f", AT, "d/to_f"));
	KCHECK(!namei_symlink("nowhere", AT, "dangling"));
	KCHECK(!namei_symlink("self", AT, "self"));
	KCHECK(!namei_symlink("/dev/shm/d/", AT, "absolute"));
	KCHECK(namei_symlink("x", AT, "d/") == -EEXIST);
	KCHECK(namei_symlink("x", AT, "new/") == -ENOENT);

	KCHECK(!fs_ktest_open("to_d/to_f", O_RDONLY, 0));
	KCHECK(!fs_ktest_open("absolute/to_f", O_RDONLY, 0));
	KCHECK(fs_ktest_open("d/to_f/", O_RDONLY, 0) == -ENOTDIR);
	KCHECK(fs_ktest_open("self", O_RDONLY, 0) == -ELOOP);
	KCHECK(fs_ktest_open("self/x", O_RDONLY, 0) == -ELOOP);
	KCHECK(fs_ktest_open("dangling", O_RDONLY, 0) == -ENOENT);
	KCHECK(fs_ktest_open("dangling", O_CREAT | O_EXCL | O_RDWR, 0644) == -EEXIST);
	KCHECK(fs_ktest_open("d/to_f", O_NOFOLLOW, 0) == -ELOOP);
	KCHECK(fs_ktest_open("to_d", O_NOFOLLOW | O_DIRECTORY, 0) == -ENOTDIR);
	KCHECK(!fs_ktest_open("to_d", O_NOFOLLOW | O_PATH, 0));
	KCHECK(!fs_ktest_open("dangling", O_CREAT | O_RDWR, 0644));
	KCHECK(!fs_ktest_exists("nowhere"));

	KCHECK(!namei_lookup(AT, "to_d", 0, &p)); /* lstat */
	KCHECK(S_ISLNK(p.dentry->inode->mode));
	path_put(&p);
	KCHECK(!namei_lookup(AT, "to_d/", 0, &p));
	KCHECK(S_ISDIR(p.dentry->inode->mode));
	path_put(&p);

	/* A chain of 40 links is walked, one of 41 is not. */
	KCHECK(!namei_symlink("d/f", AT, "l1"));
	for (u32 i = 2; i <= 41; i++) {
		snprintf(name, sizeof(name), "l%u", i);
		snprintf(target, sizeof(target), "l%u", i - 1);
		KCHECK(!namei_symlink(target, AT, name));
	}
	KCHECK(!fs_ktest_open("l40", O_RDONLY, 0));
	KCHECK(fs_ktest_open("l41", O_RDONLY, 0) == -ELOOP);
	fs_ktest_end(&t);
}

KTEST(namei_open_flags)
{
	struct fs_ktest t;
	struct file *f;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(fs_ktest_open("f", O_RDONLY, 0) == -ENOENT);
	KCHECK(!fs_ktest_open("f", O_CREAT | O_WRONLY, 0600));
	KCHECK(fs_ktest_open("f", O_CREAT | O_EXCL | O_WRONLY, 0600) == -EEXIST);
	KCHECK(!fs_ktest_open("f", O_CREAT | O_RDONLY, 0600));
	KCHECK(fs_ktest_open("f", O_DIRECTORY, 0) == -ENOTDIR);
	KCHECK(fs_ktest_open("f/", O_CREAT | O_WRONLY, 0600) == -EISDIR);
	KCHECK(fs_ktest_open("g/", O_CREAT | O_WRONLY, 0600) == -EISDIR);
	KCHECK(fs_ktest_open(".", O_WRONLY, 0) == -EISDIR);
	KCHECK(fs_ktest_open(".", O_CREAT, 0) == -EISDIR);
	KCHECK(fs_ktest_open("/", O_CREAT, 0) == -EISDIR);
	KCHECK(!fs_ktest_open(".", O_RDONLY | O_DIRECTORY, 0));

	KCHECK(!namei_open(AT, "f", O_RDWR, 0, &f));
	KCHECK(file_write_kernel(f, "hello", 5, 0) == 5);
	KCHECK(mapping_size(&f->inode->mapping) == 5);
	KCHECK(!fs_ktest_open("f", O_RDONLY | O_TRUNC, 0));
	KCHECK(mapping_size(&f->inode->mapping) == 0);
	file_put(f);

	KCHECK(!namei_open(AT, "f", O_RDONLY, 0, &f));
	KCHECK(!file_deny_write(f)); /* as a program that runs */
	KCHECK(fs_ktest_open("f", O_WRONLY, 0) == -ETXTBSY);
	KCHECK(fs_ktest_open("f", O_RDONLY | O_TRUNC, 0) == -ETXTBSY);
	file_allow_write(f);
	file_put(f);
	KCHECK(!namei_open(AT, "f", O_WRONLY, 0, &f));
	KCHECK(file_deny_write(f) == -ETXTBSY);
	file_put(f);
	fs_ktest_end(&t);
}

static umode_t mode_of(const char *name)
{
	struct path p;
	umode_t mode;

	if (namei_lookup(AT, name, 0, &p))
		return 0;
	mode = p.dentry->inode->mode;
	path_put(&p);
	return mode;
}

KTEST(namei_rename_cases)
{
	struct fs_ktest t;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "a", 0755));
	KCHECK(!namei_mkdir(AT, "a/b", 0755));
	KCHECK(!namei_mkdir(AT, "c", 0755));
	KCHECK(!fs_ktest_make("f"));
	KCHECK(!fs_ktest_make("c/g"));

	KCHECK(namei_rename(AT, "a", AT, "a/b/x", 0) == -EINVAL);
	KCHECK(namei_rename(AT, "a", AT, "a/b", 0) == -EINVAL);
	KCHECK(namei_rename(AT, "a/b", AT, "a", 0) == -ENOTEMPTY);
	KCHECK(namei_rename(AT, "f", AT, "a", 0) == -EISDIR);
	KCHECK(namei_rename(AT, "a", AT, "f", 0) == -ENOTDIR);
	KCHECK(namei_rename(AT, "a", AT, "c", 0) == -ENOTEMPTY);
	KCHECK(namei_rename(AT, "f", AT, "new/", 0) == -ENOTDIR);
	KCHECK(namei_rename(AT, "f/", AT, "new", 0) == -ENOTDIR);
	KCHECK(namei_rename(AT, "nothing", AT, "new", 0) == -ENOENT);
	KCHECK(namei_rename(AT, ".", AT, "new", 0) == -EBUSY);
	KCHECK(namei_rename(AT, "a", AT, "..", 0) == -EBUSY);
	KCHECK(namei_rename(AT, "f", AT, "/dev/null", 0) == -EXDEV);
	KCHECK(namei_rename(AT, "f", AT, "c/g", RENAME_NOREPLACE) == -EEXIST);
	KCHECK(namei_rename(AT, "f", AT, "new", RENAME_EXCHANGE) == -ENOENT);
	KCHECK(namei_rename(AT, "f", AT, "f", 0) == 0);

	KCHECK(!namei_rename(AT, "f", AT, "c/g", 0)); /* replaces */
	KCHECK(fs_ktest_exists("f") == -ENOENT);
	KCHECK(!namei_rename(AT, "a", AT, "c/a", 0)); /* a tree moves */
	KCHECK(!fs_ktest_exists("c/a/b/../../g"));
	KCHECK(!namei_rename(AT, "c/a", AT, "c/g", RENAME_EXCHANGE));
	KCHECK(S_ISDIR(mode_of("c/g")) && S_ISREG(mode_of("c/a")));
	KCHECK(!fs_ktest_exists("c/g/b"));
	KCHECK(!namei_mkdir(AT, "empty", 0755));
	KCHECK(!namei_rename(AT, "c/g", AT, "empty/", 0)); /* a directory replaces an empty one */
	KCHECK(!fs_ktest_exists("empty/b"));
	fs_ktest_end(&t);
}

KTEST(namei_hard_links)
{
	struct fs_ktest t;
	struct path p;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!fs_ktest_make("f"));
	KCHECK(!namei_link(AT, "f", AT, "g", 0));
	KCHECK(namei_link(AT, "f", AT, "g", 0) == -EEXIST);
	KCHECK(namei_link(AT, ".", AT, "h", 0) == -EPERM);
	KCHECK(namei_link(AT, "/dev/null", AT, "h", 0) == -EXDEV);
	KCHECK(!namei_lookup(AT, "g", 0, &p));
	KCHECK(p.dentry->inode->nlink == 2);
	KCHECK(!namei_rename(AT, "f", AT, "g", 0)); /* two names of one file: both stay */
	KCHECK(!fs_ktest_exists("f"));
	KCHECK(!namei_unlink(AT, "f"));
	KCHECK(p.dentry->inode->nlink == 1);
	KCHECK(!namei_unlink(AT, "g"));
	KCHECK(p.dentry->inode->nlink == 0);
	path_put(&p);
	fs_ktest_end(&t);
}

KTEST(namei_permissions)
{
	const struct cred *old = current_cred();
	struct cred *mine;
	struct attr_change c = { .valid = ATTR_MODE, .mode = 01777 };
	struct fs_ktest t;
	struct path p;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "private", 0700));
	KCHECK(!fs_ktest_make("private/f"));
	KCHECK(!fs_ktest_make("readable"));
	KCHECK(!namei_mkdir(AT, "sticky", 0755));
	KCHECK(!namei_lookup(AT, "sticky", 0, &p));
	KCHECK(!inode_change(p.dentry->inode, p.mount, &c));
	path_put(&p);
	KCHECK(!fs_ktest_make("sticky/roots"));

	mine = cred_copy(old);
	KCHECK(mine);
	if (!mine)
		return;
	mine->uid = mine->euid = mine->suid = mine->fsuid = 1000;
	mine->gid = mine->egid = mine->sgid = mine->fsgid = 1000;
	mine->permitted = mine->effective = 0;
	current_thread()->cred = mine;
	KCHECK(fs_ktest_exists("private/f") == -EACCES);
	KCHECK(fs_ktest_open("private", O_RDONLY, 0) == -EACCES);
	KCHECK(!fs_ktest_open("readable", O_RDONLY, 0));
	KCHECK(fs_ktest_open("readable", O_RDWR, 0) == -EACCES);
	KCHECK(fs_ktest_open("readable", O_RDONLY | O_TRUNC, 0) == -EACCES);
	KCHECK(namei_unlink(AT, "sticky/roots") == -EPERM);
	KCHECK(!fs_ktest_make("sticky/mine"));
	KCHECK(namei_rename(AT, "sticky/mine", AT, "sticky/roots", 0) == -EPERM);
	KCHECK(namei_mknod(AT, "sticky/null", S_IFCHR | 0666, MKDEV(1, 3)) == -EPERM);
	KCHECK(!namei_lookup(AT, "readable", 0, &p));
	KCHECK(inode_change(p.dentry->inode, p.mount, &c) == -EPERM);
	path_put(&p);
	KCHECK(!namei_unlink(AT, "sticky/mine"));
	current_thread()->cred = old;
	cred_put(mine);
	fs_ktest_end(&t);
}

/* A deleted working directory: nothing can be made in it, and it stays until it is left. */
KTEST(namei_deleted_directory)
{
	struct fs_ktest t;
	struct path p;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "gone", 0755));
	KCHECK(!namei_lookup(AT, "gone", 0, &p));
	fs_context_set_cwd(&p);
	KCHECK(!namei_rmdir(AT, "/dev/shm/gone"));
	KCHECK(fs_ktest_make("x") == -ENOENT);
	KCHECK(namei_mkdir(AT, "x", 0755) == -ENOENT);
	KCHECK(!fs_ktest_exists("."));
	KCHECK(!fs_ktest_exists(".."));
	fs_context_set_cwd(&t.at);
	path_put(&p);
	fs_ktest_end(&t);
}

/* Several threads rename, look up, make and remove the same few names: nothing may break, and at
 * the end all is there. */
static void race(void *arg, u32 index)
{
	static const char *const names[] = { "x", "a/x", "b/x", "a/y", "b/y", "a", "b" };
	u64 random = index * 7919UL;
	u32 rounds = *(u32 *)arg;

	for (u32 i = 0; i < rounds; i++) {
		const char *one = names[ktest_random(&random) % ARRAY_SIZE(names)];
		const char *two = names[ktest_random(&random) % ARRAY_SIZE(names)];

		switch (ktest_random(&random) % 6) {
		case 0:
			namei_rename(AT, one, AT, two, 0);
			break;
		case 1:
			namei_rename(AT, one, AT, two, RENAME_EXCHANGE);
			break;
		case 2:
			fs_ktest_open(one, O_CREAT | O_RDWR, 0644);
			break;
		case 3:
			namei_unlink(AT, one);
			break;
		case 4:
			namei_mkdir(AT, one, 0755);
			break;
		default:
			fs_ktest_exists(two);
		}
		if (i % 16 == 0)
			sched_yield();
	}
}

KTEST(namei_races)
{
	u32 rounds = 2000;
	struct fs_ktest t;

	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!namei_mkdir(AT, "a", 0755));
	KCHECK(!namei_mkdir(AT, "b", 0755));
	ktest_run_crew(4, false, race, &rounds);
	fs_ktest_end(&t); /* unmounting finds leaked references */
}
