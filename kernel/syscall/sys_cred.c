// SPDX-License-Identifier: MIT
/*
 * System calls about who a thread is: user and group ids (credentials(7), setresuid(2)). A change
 * holds for the calling thread alone; what POSIX says of processes the C library makes true, by
 * asking each thread (setuid(2), "C library/kernel differences").
 */
#include <linux/limits.h>
#include <linux/securebits.h>
#include "arch/user.h"
#include "proc/process.h"
#include "proc/rlimit.h"
#include "sched/cred.h"
#include "syscall/syscall.h"

#define KEEP 0xffffffffu /* -1: leave this id as it is */

s64 sys_getuid(void)
{
	return current_cred()->uid;
}

s64 sys_geteuid(void)
{
	return current_cred()->euid;
}

s64 sys_getgid(void)
{
	return current_cred()->gid;
}

s64 sys_getegid(void)
{
	return current_cred()->egid;
}

static int put_three(u32 a, u32 b, u32 c, vaddr_t to_a, vaddr_t to_b, vaddr_t to_c)
{
	if (copy_to_user(to_a, &a, sizeof(a)) || copy_to_user(to_b, &b, sizeof(b)) ||
		copy_to_user(to_c, &c, sizeof(c)))
		return -EFAULT;
	return 0;
}

s64 sys_getresuid(vaddr_t uid, vaddr_t euid, vaddr_t suid)
{
	const struct cred *c = current_cred();

	return put_three(c->uid, c->euid, c->suid, uid, euid, suid);
}

s64 sys_getresgid(vaddr_t gid, vaddr_t egid, vaddr_t sgid)
{
	const struct cred *c = current_cred();

	return put_three(c->gid, c->egid, c->sgid, gid, egid, sgid);
}

/* Real, effective, saved and filesystem id, of users or of groups: the rules are the same. */
struct ids {
	u32 real, effective, saved, fs;
	u32 cap; /* with which they may become any other */
};

static struct ids user_ids(void)
{
	const struct cred *c = current_cred();

	return (struct ids){ c->uid, c->euid, c->suid, c->fsuid, CAP_SETUID };
}

static struct ids group_ids(void)
{
	const struct cred *c = current_cred();

	return (struct ids){ c->gid, c->egid, c->sgid, c->fsgid, CAP_SETGID };
}

#define FILE_CAPS                                                                                  \
	(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_DAC_OVERRIDE) |                     \
		CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_FSETID) |         \
		CAP_BIT(CAP_LINUX_IMMUTABLE) | CAP_BIT(CAP_MAC_OVERRIDE))

static bool has_root_among_ids(const struct cred *c)
{
	return !c->uid || !c->euid || !c->suid;
}

/* Capabilities follow user ids (capabilities(7), "Effect of user ID changes on capabilities"). */
static void follow_user_ids(struct cred *c, const struct cred *old)
{
	if (has_root_among_ids(old) && !has_root_among_ids(c)) {
		if (!(c->securebits & SECBIT_KEEP_CAPS))
			c->permitted = c->effective = 0;
		c->ambient = 0;
	}
	if (!old->euid && c->euid)
		c->effective = 0;
	if (old->euid && !c->euid)
		c->effective = c->permitted;
}

/* Rights over files follow the filesystem user alone, if setfsuid(2) changes it. */
static void follow_fs_user(struct cred *c, const struct cred *old)
{
	if (!old->fsuid && c->fsuid)
		c->effective &= ~FILE_CAPS;
	if (old->fsuid && !c->fsuid)
		c->effective |= c->permitted & FILE_CAPS;
}

/* All: 0 or -ENOMEM. */
static int set_user_ids_and(
	const struct ids *i, void (*follow)(struct cred *c, const struct cred *old))
{
	struct cred c = *current_cred();

	c.uid = i->real;
	c.euid = i->effective;
	c.suid = i->saved;
	c.fsuid = i->fs;
	if (!(c.securebits & SECBIT_NO_SETUID_FIXUP))
		follow(&c, current_cred());
	return process_become(&c);
}

static int set_user_ids(const struct ids *i)
{
	bool has_room = !i->real || rlimit_has_room(i->real, 0);
	int err = set_user_ids_and(i, follow_user_ids);

	if (!err)
		current_proc()->is_one_too_many = !has_room;
	return err;
}

static int set_group_ids(const struct ids *i)
{
	struct cred c = *current_cred();

	c.gid = i->real;
	c.egid = i->effective;
	c.sgid = i->saved;
	c.fsgid = i->fs;
	return process_become(&c);
}

static bool is_one_of(u32 id, const struct ids *i)
{
	return id == i->real || id == i->effective || id == i->saved;
}

/* setuid(2) */
static int change_all(struct ids *i, u32 id)
{
	if (id == KEEP)
		return -EINVAL;
	if (current_can(i->cap))
		i->real = i->saved = id;
	else if (id != i->real && id != i->saved)
		return -EPERM;
	i->effective = i->fs = id;
	return 0;
}

/* setreuid(2) */
static int change_two(struct ids *i, u32 real, u32 effective)
{
	struct ids old = *i;
	bool may_any = current_can(i->cap);

	if (real != KEEP) {
		if (!may_any && real != old.real && real != old.effective)
			return -EPERM;
		i->real = real;
	}
	if (effective != KEEP) {
		if (!may_any && !is_one_of(effective, &old))
			return -EPERM;
		i->effective = effective;
	}
	if (real != KEEP || (effective != KEEP && effective != old.real))
		i->saved = i->effective;
	i->fs = i->effective;
	return 0;
}

/* setresuid(2) */
static int change_three(struct ids *i, u32 real, u32 effective, u32 saved)
{
	struct ids old = *i;

	if (!current_can(i->cap) && ((real != KEEP && !is_one_of(real, &old)) ||
					    (effective != KEEP && !is_one_of(effective, &old)) ||
					    (saved != KEEP && !is_one_of(saved, &old))))
		return -EPERM;
	if (real != KEEP)
		i->real = real;
	if (effective != KEEP)
		i->effective = effective;
	if (saved != KEEP)
		i->saved = saved;
	i->fs = i->effective;
	return 0;
}

/* setfsuid(2): the old one, whether it was changed or not. */
static u32 change_fs(struct ids *i, u32 id)
{
	u32 old = i->fs;

	if (id != KEEP && (current_can(i->cap) || id == i->fs || is_one_of(id, i)))
		i->fs = id;
	return old;
}

s64 sys_setuid(uid_t uid)
{
	struct ids i = user_ids();
	int err = change_all(&i, uid);

	return err ? err : set_user_ids(&i);
}

s64 sys_setgid(gid_t gid)
{
	struct ids i = group_ids();
	int err = change_all(&i, gid);

	return err ? err : set_group_ids(&i);
}

s64 sys_setreuid(uid_t real, uid_t effective)
{
	struct ids i = user_ids();
	int err = change_two(&i, real, effective);

	return err ? err : set_user_ids(&i);
}

s64 sys_setregid(gid_t real, gid_t effective)
{
	struct ids i = group_ids();
	int err = change_two(&i, real, effective);

	return err ? err : set_group_ids(&i);
}

s64 sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	struct ids i = user_ids();
	int err = change_three(&i, real, effective, saved);

	return err ? err : set_user_ids(&i);
}

s64 sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	struct ids i = group_ids();
	int err = change_three(&i, real, effective, saved);

	return err ? err : set_group_ids(&i);
}

s64 sys_setfsuid(uid_t uid)
{
	struct ids i = user_ids();
	u32 old = change_fs(&i, uid);

	if (i.fs != old)
		set_user_ids_and(
			&i, follow_fs_user); /* without memory, as without permission: nothing */
	return old;
}

s64 sys_setfsgid(gid_t gid)
{
	struct ids i = group_ids();
	u32 old = change_fs(&i, gid);

	if (i.fs != old)
		set_group_ids(&i); /* without memory, as without permission: nothing */
	return old;
}

s64 sys_getgroups(int size, vaddr_t to)
{
	const struct group_list *groups = current_cred()->groups;
	u32 nr = groups ? groups->nr : 0;

	if (size < 0)
		return -EINVAL;
	if (!size || !nr)
		return nr;
	if ((u32)size < nr)
		return -EINVAL;
	if (copy_to_user(to, groups->gids, nr * sizeof(groups->gids[0])) != 0)
		return -EFAULT;
	return nr;
}

/* The user's groups, sorted. ERR_PTR: -ENOMEM, -EFAULT, -EINVAL. */
static struct group_list *read_groups(vaddr_t from, u32 nr)
{
	struct group_list *groups = groups_create(nr);
	int err = -EFAULT;

	if (!groups)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(groups->gids, from, nr * sizeof(groups->gids[0])) == 0) {
		groups_sort(groups);
		if (!nr || groups->gids[nr - 1] != KEEP)
			return groups;
		err = -EINVAL;
	}
	groups_put(groups);
	return ERR_PTR(err);
}

s64 sys_setgroups(int size, vaddr_t from)
{
	struct cred c = *current_cred();
	int err;

	if (!current_can(CAP_SETGID))
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX)
		return -EINVAL;
	c.groups = read_groups(from, (u32)size);
	if (IS_ERR(c.groups))
		return PTR_ERR(c.groups);
	err = process_become(&c);
	groups_put(c.groups);
	return err;
}
