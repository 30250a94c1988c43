// SPDX-License-Identifier: MIT
/*
 * procfs_mem.c: the files of /proc/PID whose bytes are bytes of the process's memory: mem, environ,
 * cmdline (proc(5)); and auxv, which the kernel keeps. What they are about, mem and environ know from
 * their opening on (procfs_open_memory()), cmdline asks for at each read.
 */
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "sched/sched.h"

int procfs_open_memory(void *object, void **opened)
{
	struct proc_subject *s = object;
	struct mm *mm = process_look_into(s->process, s->thread);

	*opened = mm;
	return IS_ERR(mm) ? (int)PTR_ERR(mm) : 0;
}

void procfs_close_memory(void *mm)
{
	if (mm)
		mm_put(mm);
}

/* Up to len bytes between the caller and memory at `at`, through chunk. -EFAULT: the caller's cannot be
 * had; -EIO: the other. */
static ssize_t move_chunk(
	struct iobuf *buf, struct mm *mm, vaddr_t at, u8 *chunk, size_t len, u32 how)
{
	size_t n;

	if ((how & ACCESS_WRITE) && iobuf_take(buf, chunk, len) < len)
		return -EFAULT;
	n = mm_access(mm, at, chunk, len, how);
	if (!n)
		return -EIO;
	if (!(how & ACCESS_WRITE) && iobuf_put(buf, chunk, n) < n)
		return -EFAULT;
	return (ssize_t)n;
}

/* The file's byte 0 is at `start`, and its end at `end`. Bytes, or -EIO: there are none. */
static ssize_t move(struct proc_io *io, struct mm *mm, vaddr_t start, vaddr_t end, u32 how)
{
	vaddr_t at = start + (u64)*io->pos;
	ssize_t done = 0, n = 0;
	u8 *chunk = kmalloc(PAGE_SIZE);
	size_t len = 0;

	if (!chunk)
		return -ENOMEM;
	/* If a chunk was moved in part that is all: of what is written, more has been taken from buf. */
	while (n == (ssize_t)len && io->buf->len && at < end && !thread_is_killed()) {
		len = min(io->buf->len, min(PAGE_SIZE, end - at));
		n = move_chunk(io->buf, mm, at, chunk, len, how);
		if (n < 0)
			break;
		at += (u64)n;
		done += n;
		cond_resched();
	}
	kfree(chunk);
	*io->pos = (loff_t)(at - start);
	return n == -EFAULT || !done ? n : done;
}

/* Like move() for reading; what cannot be had is the end. */
static ssize_t read_stretch(struct proc_io *io, struct mm *mm, vaddr_t start, vaddr_t end)
{
	ssize_t n;

	if ((u64)*io->pos >= end - start)
		return 0;
	n = move(io, mm, start, end, ACCESS_RIGHTS | ACCESS_ZEROS);
	return n == -EIO ? 0 : n;
}

/* ---------------------------------------------------------------- mem */

/* As who traces it may (ptrace(2)): what is protected, too. */
static ssize_t access_mem(struct proc_io *io, u32 how)
{
	struct mm *mm = io->object;

	if (!mm || mm_is_left(mm))
		return 0;
	return move(io, mm, 0, ~0UL, how | ACCESS_FORCED);
}

ssize_t procfs_read_mem(struct proc_io *io)
{
	return access_mem(io, 0);
}

ssize_t procfs_write_mem(struct proc_io *io)
{
	return access_mem(io, ACCESS_WRITE);
}

/* ---------------------------------------------------------------- environ, cmdline, auxv */

ssize_t procfs_read_environ(struct proc_io *io)
{
	struct mm *mm = io->object;

	return mm ? read_stretch(io, mm, mm->env_start, mm->env_end) : 0;
}

/* Did the program overwrite the zero behind its arguments? Then it says something of its own there, which
 * may go on in its environment and ends with a zero: setproctitle(3). */
static bool has_own_title(struct mm *mm)
{
	char last;

	return mm_access(mm, mm->arg_end - 1, &last, 1, ACCESS_RIGHTS | ACCESS_ZEROS) == 1 && last;
}

/* Where its own title, of a page at most, ends. */
static vaddr_t end_of_title(struct mm *mm)
{
	vaddr_t limit = min(mm->arg_start + PAGE_SIZE,
		mm->env_start == mm->arg_end ? mm->env_end : mm->arg_end);
	char part[64], *zero;
	size_t n;

	for (vaddr_t at = mm->arg_start; at < limit; at += n) {
		n = mm_access(
			mm, at, part, min(sizeof(part), limit - at), ACCESS_RIGHTS | ACCESS_ZEROS);
		zero = memchr(part, 0, n);
		if (zero)
			return at + (u64)(zero - part) + 1;
		if (!n)
			return at;
	}
	return limit;
}

ssize_t procfs_read_cmdline(struct proc_io *io)
{
	struct mm *mm = subject_get_mm(io->object);
	ssize_t n = 0;

	if (!mm)
		return 0;
	if (mm->arg_start < mm->arg_end)
		n = read_stretch(
			io, mm, mm->arg_start, has_own_title(mm) ? end_of_title(mm) : mm->arg_end);
	mm_put(mm);
	return n;
}

int procfs_show_auxv(struct proc_text *t, void *opened)
{
	const struct mm *mm = opened;
	u32 n = 0;

	if (!mm)
		return 0;
	while (n + 2 < ARRAY_SIZE(mm->auxv) && mm->auxv[n])
		n += 2;
	proc_put(t, mm->auxv, (n + 2) * sizeof(u64));
	return 0;
}
