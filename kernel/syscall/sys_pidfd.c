// SPDX-License-Identifier: MIT
/* System calls on descriptors of processes: pidfd_open(2), pidfd_send_signal(2),
 * process_madvise(2). */
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/pidfd.h>
#include "arch/user.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "proc/pidfd.h"
#include "proc/procfs.h"
#include "syscall/syscall.h"
#include "syscall/vector.h"

/* The process that the descriptor names, with a reference. dir_too: a directory /proc/PID names one,
 * too. ERR_PTR(-EBADF) */
static struct process *get_process(int pidfd, bool dir_too)
{
	struct file *f = fd_get(pidfd);
	struct process *p;

	if (!f)
		return ERR_PTR(-EBADF);
	p = pidfd_process(f);
	if (!p && dir_too)
		p = procfs_process(f);
	if (p)
		process_get(p);
	file_put(f);
	return p ? p : ERR_PTR(-EBADF);
}

s64 sys_pidfd_open(pid_t pid, u32 flags)
{
	struct file *f;
	int fd;

	if ((flags & ~(u32)PIDFD_NONBLOCK) || pid <= 0)
		return -EINVAL;
	f = pidfd_open(pid, flags);
	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_reserve(0, true);
	if (fd < 0)
		file_put(f);
	else
		fd_install(fd, f);
	return fd;
}

/* What is sent: as by kill(2), or what rt_sigqueueinfo(2) may say. */
static int make_info(vaddr_t from, int sig, const struct process *p, siginfo_t *info)
{
	if (!from) {
		siginfo_init_user(info, sig, SI_USER);
		return 0;
	}
	if (siginfo_copy_in(info, from))
		return -EFAULT;
	if (info->si_signo != sig)
		return -EINVAL;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && p != current_process())
		return -EPERM;
	return 0;
}

s64 sys_pidfd_send_signal(int pidfd, int sig, vaddr_t uinfo, u32 flags)
{
	struct process *p;
	siginfo_t info;
	int err;

	if (flags)
		return -EINVAL;
	p = get_process(pidfd, true);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = make_info(uinfo, sig, p, &info);
	if (!err && (sig < 0 || sig > NR_SIGNALS))
		err = -EINVAL;
	if (!err)
		err = pidfd_signal(p, sig, &info);
	process_put(p);
	return err;
}

/* Only advice that changes nothing but speed may be given for others. */
static bool may_be_given(int advice)
{
	return advice == MADV_COLD || advice == MADV_PAGEOUT || advice == MADV_WILLNEED ||
	       advice == MADV_COLLAPSE;
}

/* The address space of p for its adviser, with a reference. ERR_PTR: -ESRCH (it is gone), -EACCES (it
 * must not be looked into), -EPERM (others may not make it slow). */
static struct mm *get_mm_to_advise(struct process *p)
{
	struct mm *mm = process_look_into(p, NULL);

	if (!mm)
		return ERR_PTR(-ESRCH);
	if (IS_ERR(mm) || current_can(CAP_SYS_NICE))
		return mm;
	mm_put(mm);
	return ERR_PTR(-EPERM);
}

/* Bytes of the pieces that were advised whole, or the first one's error. What is empty behind the last
 * byte is not looked at. */
static s64 advise_pieces(struct mm *mm, const struct vector *v, int advice)
{
	s64 done = 0;

	for (u32 i = 0; i < v->count && (size_t)done < v->total; i++) {
		const struct iovec *piece = &v->iov[i];
		s64 err = mm_advise(mm, (vaddr_t)piece->iov_base, piece->iov_len, advice);

		if (err)
			return done ? done : err;
		done += (s64)piece->iov_len;
	}
	return done;
}

static s64 advise_process(int pidfd, const struct vector *v, int advice)
{
	struct process *p = get_process(pidfd, false);
	struct mm *mm;
	s64 result;

	if (IS_ERR(p))
		return PTR_ERR(p);
	mm = may_be_given(advice) ? get_mm_to_advise(p) : ERR_PTR(-EINVAL);
	process_put(p);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	result = advise_pieces(mm, v, advice);
	mm_put(mm);
	return result;
}

s64 sys_process_madvise(int pidfd, vaddr_t vec, size_t count, int advice, u32 flags)
{
	struct vector v;
	s64 result;

	if (flags)
		return -EINVAL;
	result = vector_get(&v, vec, count);
	if (result)
		return result;
	result = advise_process(pidfd, &v, advice);
	vector_free(&v);
	return result;
}
