// SPDX-License-Identifier: MIT
/*
 * System calls about who a process is: user and group ids (credentials(7), setresuid(2)). They
 * belong to the process, so a change holds for all its threads at once (POSIX; on Linux the C
 * library has to ask each thread).
 */
#include "arch/user.h"
#include "fs/context.h"
#include "lib/string.h"
#include "proc/process.h"
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
};

static struct ids user_ids(void)
{
	const struct cred *c = current_cred();

	return (struct ids){ c->uid, c->euid, c->suid, c->fsuid };
}

static struct ids group_ids(void)
{
	const struct cred *c = current_cred();

	return (struct ids){ c->gid, c->egid, c->sgid, c->fsgid };
}

/* A process whose rights change must not be looked into by whom it was before. */
static void forget_dumpable(bool changed)
{
	if (changed)
		current_process()->dumpable = false;
}

static void set_user_ids(const struct ids *i)
{
	struct cred *c = current_cred();

	forget_dumpable(c->euid != i->effective || c->fsuid != i->fs);
	c->uid = i->real;
	c->suid = i->saved;
	c->fsuid = i->fs;
	c->euid = i->effective;
}

static void set_group_ids(const struct ids *i)
{
	struct cred *c = current_cred();

	forget_dumpable(c->egid != i->effective || c->fsgid != i->fs);
	c->gid = i->real;
	c->egid = i->effective;
	c->sgid = i->saved;
	c->fsgid = i->fs;
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
	if (cred_is_root(current_cred()))
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
	bool root = cred_is_root(current_cred());

	if (real != KEEP) {
		if (!root && real != old.real && real != old.effective)
			return -EPERM;
		i->real = real;
	}
	if (effective != KEEP) {
		if (!root && !is_one_of(effective, &old))
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

	if (!cred_is_root(current_cred()) &&
		((real != KEEP && !is_one_of(real, &old)) ||
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

	if (id != KEEP && (cred_is_root(current_cred()) || id == i->fs || is_one_of(id, i)))
		i->fs = id;
	return old;
}

s64 sys_setuid(uid_t uid)
{
	struct ids i = user_ids();
	int err = change_all(&i, uid);

	if (!err)
		set_user_ids(&i);
	return err;
}

s64 sys_setgid(gid_t gid)
{
	struct ids i = group_ids();
	int err = change_all(&i, gid);

	if (!err)
		set_group_ids(&i);
	return err;
}

s64 sys_setreuid(uid_t real, uid_t effective)
{
	struct ids i = user_ids();
	int err = change_two(&i, real, effective);

	if (!err)
		set_user_ids(&i);
	return err;
}

s64 sys_setregid(gid_t real, gid_t effective)
{
	struct ids i = group_ids();
	int err = change_two(&i, real, effective);

	if (!err)
		set_group_ids(&i);
	return err;
}

s64 sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	struct ids i = user_ids();
	int err = change_three(&i, real, effective, saved);

	if (!err)
		set_user_ids(&i);
	return err;
}

s64 sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	struct ids i = group_ids();
	int err = change_three(&i, real, effective, saved);

	if (!err)
		set_group_ids(&i);
	return err;
}

s64 sys_setfsuid(uid_t uid)
{
	struct ids i = user_ids();
	u32 old = change_fs(&i, uid);

	set_user_ids(&i);
	return old;
}

s64 sys_setfsgid(gid_t gid)
{
	struct ids i = group_ids();
	u32 old = change_fs(&i, gid);

	set_group_ids(&i);
	return old;
}

s64 sys_getgroups(int size, vaddr_t to)
{
	const struct cred *c = current_cred();

	if (size < 0)
		return -EINVAL;
	if (!size)
		return c->nr_groups;
	if ((u32)size < c->nr_groups)
		return -EINVAL;
	if (copy_to_user(to, c->groups, c->nr_groups * sizeof(c->groups[0])) != 0)
		return -EFAULT;
	return c->nr_groups;
}

s64 sys_setgroups(int size, vaddr_t from)
{
	struct cred *c = current_cred();
	gid_t groups[NGROUPS_MAX_HERE];

	if (!cred_is_root(c))
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX_HERE)
		return -EINVAL;
	if (copy_from_user(groups, from, (u32)size * sizeof(groups[0])) != 0)
		return -EFAULT;
	memcpy(c->groups, groups, (u32)size * sizeof(groups[0]));
	c->nr_groups = (u32)size;
	return 0;
}
