// SPDX-License-Identifier: MIT
/*
 * pidfd.c: a descriptor that names a process and goes on to name it, and nobody else, when its
 * number has been given out again. It is readable from the process's death on.
 *
 * The file holds a reference to the process, in f->private. All have one inode in common.
 * Lock: process_lock for the state.
 */
#include "proc/pidfd.h"

#include <linux/fcntl.h>
#include <linux/magic.h>

#include "debug/panic.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "lib/err.h"

static struct inode *common_inode;

static u32 pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct process *p = f->private;

	poll_wait(pt, &p->death_wait);
	return atomic_load(&p->state) == PROCESS_ALIVE ? 0 : POLLIN | POLLRDNORM;
}

static void pidfd_release(struct file *f)
{
	if (f->private)
		process_put(f->private);
}

static const struct file_ops pidfd_ops = { .poll = pidfd_poll, .release = pidfd_release };

/* The process with a reference; ERR_PTR. */
static struct process *find_process(pid_t pid)
{
	struct process *p;

	process_table_lock();
	p = pid_find_process(pid);
	if (p)
		process_get(p);
	else
		p = ERR_PTR(pid_find_thread(pid) ? -EINVAL : -ESRCH);
	process_table_unlock();
	return p;
}

struct file *pidfd_for(struct process *p, u32 flags)
{
	struct file *f;

	inode_get(common_inode);
	f = file_open_anonymous(common_inode, &pidfd_ops, O_RDWR | flags, "anon_inode:[pidfd]");
	if (IS_ERR(f))
		return f;
	process_get(p);
	f->private = p;
	f->mode |= FILE_NOSEEK;
	return f;
}

struct file *pidfd_open(pid_t pid, u32 flags)
{
	struct process *p = find_process(pid);
	struct file *f;

	if (IS_ERR(p))
		return (struct file *)p;
	f = pidfd_for(p, flags);
	process_put(p);
	return f;
}

struct process *pidfd_process(const struct file *f)
{
	return f->ops == &pidfd_ops ? f->private : NULL;
}

int pidfd_signal(struct process *p, int sig, const siginfo_t *info)
{
	int err = -ESRCH;

	process_table_lock();
	if (p->state != PROCESS_REAPED)
		err = signal_permission_locked(p, p->leader, sig);
	if (!err && sig && p->state == PROCESS_ALIVE)
		err = signal_send_process_locked(p, sig, info);
	process_table_unlock();
	return err;
}

/* ------------------------------------------------ their filesystem: only a place for the inode */
static int mount_anon(struct super *sb, const char *data)
{
	(void)data;
	return mount_bare(sb, ANON_INODE_FS_MAGIC);
}

static struct fs_type anon_inodefs = { .name = "anon_inodefs", .mount = mount_anon };

void pidfd_init(void)
{
	struct mount *m;

	fs_register(&anon_inodefs);
	m = mount_kernel_internal("anon_inodefs");
	common_inode = m ? inode_new(m->sb, 2) : NULL;
	if (!common_inode)
		panic("no memory for pidfds");
	common_inode->mode = 0600;
	inode_new_done(common_inode);
}
