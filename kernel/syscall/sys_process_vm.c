// SPDX-License-Identifier: MIT
/*
 * sys_process_vm.c: process_vm_readv(2), process_vm_writev(2): between the caller's memory and that of
 * another process, page by page through a page of the kernel's.
 */
#include "fs/iobuf.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "proc/pid.h"
#include "proc/process.h"
#include "sched/sched.h"
#include "syscall/syscall.h"
#include "syscall/vector.h"

/* With a reference. ERR_PTR: -ESRCH, -EPERM. */
static struct mm *get_mm_of(pid_t pid)
{
	struct thread *t;
	struct mm *mm;

	process_table_lock();
	t = pid_find_thread(pid);
	mm = t ? process_look_into_locked(t->process, t, LOOK_REALCREDS) : NULL;
	process_table_unlock();
	if (IS_ERR(mm))
		return ERR_PTR(-EPERM);
	return mm ? mm : ERR_PTR(-ESRCH);
}

/* What one copy is about. */
struct transfer {
	struct mm *mm;
	struct iobuf local;
	bool write;
	u8 *page; /* on the way */
};

/* Up to n bytes at addr, in one page. Returns the number; fewer than n: the rest cannot be had. */
static size_t copy_part(struct transfer *t, vaddr_t addr, size_t n)
{
	if (t->write)
		return mm_access(t->mm, addr, t->page, iobuf_take(&t->local, t->page, n),
			ACCESS_WRITE | ACCESS_RIGHTS);
	return iobuf_put(&t->local, t->page, mm_access(t->mm, addr, t->page, n, ACCESS_RIGHTS));
}

/* One piece of the other process. False: it, or the local memory, cannot be had to its end. */
static bool copy_piece(struct transfer *t, const struct iovec *remote, s64 *done)
{
	vaddr_t addr = (vaddr_t)remote->iov_base, end = addr + remote->iov_len;

	while (addr < end && t->local.len) {
		size_t n = min(min(end - addr, PAGE_SIZE - page_offset_in(addr)), t->local.len);
		size_t copied = copy_part(t, addr, n);

		*done += (s64)copied;
		if (copied < n || thread_is_killed())
			return false;
		addr += n;
		cond_resched();
	}
	return end >= (vaddr_t)remote->iov_base;
}

/* Bytes copied; -EFAULT if there were none. */
static s64 copy_pieces(struct transfer *t, const struct vector *remote)
{
	bool whole = true;
	s64 done = 0;

	for (u32 i = 0; i < remote->count && whole && t->local.len; i++)
		whole = copy_piece(t, &remote->iov[i], &done);
	return done || whole ? done : -EFAULT;
}

static bool is_empty(const struct vector *v)
{
	for (u32 i = 0; i < v->count; i++)
		if (v->iov[i].iov_len)
			return false;
	return true;
}

static s64 process_vm(
	pid_t pid, const struct vector *local, const struct vector *remote, bool write)
{
	struct transfer t = { .local = iobuf_pieces(local->iov, local->total), .write = write };
	s64 result;

	if (is_empty(remote))
		return 0; /* nobody is asked */
	t.mm = get_mm_of(pid);
	if (IS_ERR(t.mm))
		return PTR_ERR(t.mm);
	t.page = kmalloc(PAGE_SIZE);
	result = t.page ? copy_pieces(&t, remote) : -ENOMEM;
	kfree(t.page);
	mm_put(t.mm);
	return result;
}

static s64 process_vm_vectors(pid_t pid, vaddr_t local_vec, size_t nr_local, vaddr_t remote_vec,
	size_t nr_remote, u64 flags, bool write)
{
	struct vector local, remote;
	s64 result;

	if (flags)
		return -EINVAL;
	result = vector_get(&local, local_vec, nr_local);
	if (result)
		return result;
	if (local.total) {
		result = vector_copy(&remote, remote_vec, nr_remote);
		if (!result) {
			result = process_vm(pid, &local, &remote, write);
			vector_free(&remote);
		}
	}
	vector_free(&local);
	return result;
}

s64 sys_process_vm_readv(pid_t pid, vaddr_t local_vec, size_t nr_local, vaddr_t remote_vec,
	size_t nr_remote, u64 flags)
{
	return process_vm_vectors(pid, local_vec, nr_local, remote_vec, nr_remote, flags, false);
}

s64 sys_process_vm_writev(pid_t pid, vaddr_t local_vec, size_t nr_local, vaddr_t remote_vec,
	size_t nr_remote, u64 flags)
{
	return process_vm_vectors(pid, local_vec, nr_local, remote_vec, nr_remote, flags, true);
}
