/* SPDX-License-Identifier: MIT */
/*
 * User memory: checks of addresses around the instructions of user_access.asm.
 *
 * The _nofault forms work under locks: while thread->faults_disabled is set, the page-fault handler
 * goes to the fixup at once.
 */
#include "arch/user.h"
#include "lib/err.h"
#include "sched/thread.h"
#include "sync/spinlock.h"

size_t user_copy_raw(void *dst, const void *src, size_t n);
size_t user_clear_raw(vaddr_t dst, size_t n);
ssize_t user_strncpy_raw(char *dst, vaddr_t src, size_t size);
int user_touch_raw(vaddr_t addr, bool write);
int user_cmpxchg32_raw(vaddr_t addr, u32 expected, u32 desired, u32 *old);

size_t user_copy_in(void *dst, vaddr_t src, size_t n)
{
	might_fault();
	if (!user_range_ok(src, n))
		return n;
	return user_copy_raw(dst, (const void *)src, n);
}

size_t user_copy_out(vaddr_t dst, const void *src, size_t n)
{
	might_fault();
	if (!user_range_ok(dst, n))
		return n;
	return user_copy_raw((void *)dst, src, n);
}

size_t user_clear(vaddr_t dst, size_t n)
{
	might_fault();
	if (!user_range_ok(dst, n))
		return n;
	return user_clear_raw(dst, n);
}

bool user_faults_disabled(void)
{
	return current_thread()->faults_disabled;
}

size_t user_copy_in_nofault(void *dst, vaddr_t src, size_t n)
{
	struct thread *t = current_thread();

	if (!user_range_ok(src, n))
		return n;
	t->faults_disabled++;
	n = user_copy_raw(dst, (const void *)src, n);
	t->faults_disabled--;
	return n;
}

size_t user_copy_out_nofault(vaddr_t dst, const void *src, size_t n)
{
	struct thread *t = current_thread();

	if (!user_range_ok(dst, n))
		return n;
	t->faults_disabled++;
	n = user_copy_raw((void *)dst, src, n);
	t->faults_disabled--;
	return n;
}

ssize_t strncpy_from_user(char *dst, vaddr_t src, size_t size)
{
	size_t room = USER_END - src;
	ssize_t n;

	might_fault();
	if (src >= USER_END)
		return -EFAULT;
	n = user_strncpy_raw(dst, src, min(size, room));
	/* A string that runs into the end of the user half has no end, whatever the size. */
	return n == -ENAMETOOLONG && room < size ? -EFAULT : n;
}

int user_prefault(vaddr_t addr, size_t len, bool write)
{
	vaddr_t end = addr + len;
	int err = 0;

	might_fault();
	if (!user_range_ok(addr, len))
		return -EFAULT;
	for (; addr < end && !err; addr = page_align_down(addr) + PAGE_SIZE)
		err = user_touch_raw(addr, write);
	return err;
}

int user_cmpxchg32(vaddr_t addr, u32 expected, u32 desired, u32 *old)
{
	might_fault();
	if (!user_range_ok(addr, sizeof(u32)))
		return -EFAULT;
	return user_cmpxchg32_raw(addr, expected, desired, old);
}
