// SPDX-License-Identifier: MIT
/* Capabilities as a thread sees and changes its own (capabilities(7), capget(2), prctl(2)). What
 * changes of users and execve make of them is in sys_cred.c and exec.c. */
#include <linux/prctl.h>
#include <linux/securebits.h>
#include "arch/user.h"
#include "proc/process.h"
#include "sched/cred.h"
#include "syscall/capability.h"
#include "syscall/syscall.h"

/* ---------------------------------------------------------------- capget, capset */

/* How many words of 32 bits each set has in this version. -EINVAL: the header now says which one is
 * known. */
static int read_header(vaddr_t header, struct __user_cap_header_struct *h)
{
	u32 known = _LINUX_CAPABILITY_VERSION_3;

	if (copy_from_user(h, header, sizeof(*h)) != 0)
		return -EFAULT;
	if (h->version == _LINUX_CAPABILITY_VERSION_1)
		return _LINUX_CAPABILITY_U32S_1;
	if (h->version == _LINUX_CAPABILITY_VERSION_2 || h->version == _LINUX_CAPABILITY_VERSION_3)
		return _LINUX_CAPABILITY_U32S_3;
	return copy_to_user(header, &known, sizeof(known)) ? -EFAULT : -EINVAL;
}

struct cap_sets {
	u64 effective, permitted, inheritable;
};

/* Of the thread with this number, 0: the current one. 0 or -ESRCH. */
static int get_sets(pid_t tid, struct cap_sets *sets)
{
	const struct thread *t;

	process_table_lock();
	t = pid_find_thread_or_current(tid);
	if (t)
		*sets = (struct cap_sets){ t->cred->effective, t->cred->permitted,
			t->cred->inheritable };
	process_table_unlock();
	return t ? 0 : -ESRCH;
}

s64 sys_capget(vaddr_t header, vaddr_t data)
{
	struct __user_cap_data_struct words[2];
	struct __user_cap_header_struct h;
	int nr_words = read_header(header, &h), err;
	struct cap_sets sets;

	if (nr_words == -EINVAL && !data) /* it was only asked for the version */
		return 0;
	if (nr_words < 0 || !data)
		return min(nr_words, 0);
	if (h.pid < 0)
		return -EINVAL;
	err = get_sets(h.pid, &sets);
	if (err)
		return err;
	for (int i = 0; i < 2; i++)
		words[i] = (struct __user_cap_data_struct){ (u32)(sets.effective >> 32 * i),
			(u32)(sets.permitted >> 32 * i), (u32)(sets.inheritable >> 32 * i) };
	return copy_to_user(data, words, (size_t)nr_words * sizeof(words[0]));
}

/* 0 or -errno: as far as they exist. */
static int read_sets(vaddr_t data, int nr_words, struct cap_sets *sets)
{
	struct __user_cap_data_struct words[2] = { { 0 } };

	if (copy_from_user(words, data, (size_t)nr_words * sizeof(words[0])) != 0)
		return -EFAULT;
	sets->effective = CRED_ALL_CAPS & ((u64)words[1].effective << 32 | words[0].effective);
	sets->permitted = CRED_ALL_CAPS & ((u64)words[1].permitted << 32 | words[0].permitted);
	sets->inheritable =
		CRED_ALL_CAPS & ((u64)words[1].inheritable << 32 | words[0].inheritable);
	return 0;
}

static bool is_subset(u64 a, u64 b)
{
	return !(a & ~b);
}

/* capabilities(7), "Programmatically adjusting capability sets". */
static bool may_set(const struct cred *c, const struct cap_sets *sets)
{
	if (!cred_can(c, CAP_SETPCAP) &&
		!is_subset(sets->inheritable, c->inheritable | c->permitted))
		return false;
	return is_subset(sets->inheritable, c->inheritable | c->bounding) &&
	       is_subset(sets->permitted, c->permitted) &&
	       is_subset(sets->effective, sets->permitted);
}

s64 sys_capset(vaddr_t header, vaddr_t data)
{
	struct __user_cap_header_struct h;
	int nr_words = read_header(header, &h), err;
	struct cap_sets sets;
	struct cred c;

	if (nr_words < 0)
		return nr_words;
	if (h.pid && h.pid != current_thread()->tid)
		return -EPERM;
	err = read_sets(data, nr_words, &sets);
	if (!err && !may_set(current_cred(), &sets))
		err = -EPERM;
	if (err)
		return err;
	c = *current_cred();
	c.effective = sets.effective;
	c.permitted = sets.permitted;
	c.inheritable = sets.inheritable;
	c.ambient &= sets.permitted & sets.inheritable;
	return process_become(&c);
}

/* ---------------------------------------------------------------- prctl */

static s64 drop_from_bounding(u64 cap)
{
	struct cred c = *current_cred();

	if (!current_can(CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	c.bounding &= ~CAP_BIT(cap);
	return process_become(&c);
}

static s64 set_ambient(u64 ambient)
{
	struct cred c = *current_cred();

	c.ambient = ambient;
	return process_become(&c);
}

static s64 change_ambient(u64 what, u64 cap, u64 arg4, u64 arg5)
{
	const struct cred *c = current_cred();

	if (what == PR_CAP_AMBIENT_CLEAR_ALL)
		return cap || arg4 || arg5 ? -EINVAL : set_ambient(0);
	if (cap > CAP_LAST_CAP || arg4 || arg5)
		return -EINVAL;
	switch (what) {
	case PR_CAP_AMBIENT_IS_SET:
		return c->ambient >> cap & 1;
	case PR_CAP_AMBIENT_LOWER:
		return set_ambient(c->ambient & ~CAP_BIT(cap));
	case PR_CAP_AMBIENT_RAISE:
		if (!(c->permitted & c->inheritable & CAP_BIT(cap)) ||
			(c->securebits & SECBIT_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		return set_ambient(c->ambient | CAP_BIT(cap));
	}
	return -EINVAL;
}

static s64 set_securebits(u32 bits)
{
	struct cred c = *current_cred();

	c.securebits = bits;
	return process_become(&c);
}

/* Locks stand one bit above what they lock, and stay. */
static s64 change_securebits(u64 bits)
{
	u32 old = current_cred()->securebits, locks = old & SECURE_ALL_LOCKS;

	if ((bits & ~(u64)(SECURE_ALL_BITS | SECURE_ALL_LOCKS)) || ((locks >> 1) & (old ^ bits)) ||
		(locks & ~bits) || !current_can(CAP_SETPCAP))
		return -EPERM;
	return set_securebits((u32)bits);
}

static s64 keep_capabilities(u64 keep)
{
	u32 old = current_cred()->securebits;

	if (keep > 1)
		return -EINVAL;
	if (old & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	return set_securebits(keep ? old | SECBIT_KEEP_CAPS : old & ~SECBIT_KEEP_CAPS);
}

s64 capability_prctl(int option, u64 arg2, u64 arg3, u64 arg4, u64 arg5)
{
	switch (option) {
	case PR_CAPBSET_READ:
		return arg2 > CAP_LAST_CAP ? -EINVAL : (s64)(current_cred()->bounding >> arg2 & 1);
	case PR_CAPBSET_DROP:
		return drop_from_bounding(arg2);
	case PR_GET_SECUREBITS:
		return current_cred()->securebits;
	case PR_SET_SECUREBITS:
		return change_securebits(arg2);
	case PR_GET_KEEPCAPS:
		return !!(current_cred()->securebits & SECBIT_KEEP_CAPS);
	case PR_SET_KEEPCAPS:
		return keep_capabilities(arg2);
	case PR_CAP_AMBIENT:
		return change_ambient(arg2, arg3, arg4, arg5);
	}
	return -EINVAL;
}
