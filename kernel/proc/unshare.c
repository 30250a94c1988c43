// SPDX-License-Identifier: MIT
/* unshare.c: see unshare.h. The copy is made first, and then takes the shared one's place under
 * process_lock: procfs may be looking at the thread. */
#include "proc/unshare.h"

#include "fs/context.h"
#include "fs/fdtable.h"
#include "proc/process.h"

int unshare_files(void)
{
	struct thread *t = current_thread();
	struct fd_table *old = t->files, *new;

	if (atomic_read(&old->refs) == 1)
		return 0;
	new = fd_table_copy(old);
	if (!new)
		return -ENOMEM;
	process_table_lock();
	t->files = new;
	process_table_unlock();
	fd_table_put(old);
	return 0;
}

int unshare_fs(void)
{
	struct thread *t = current_thread();
	struct fs_context *old = t->fs, *new;
	bool last;

	if (atomic_read(&old->refs) == 1)
		return 0;
	new = fs_context_copy(old);
	if (!new)
		return -ENOMEM;
	process_table_lock();
	t->fs = new;
	last = fs_context_drop(old); /* at once: exec counts who has it */
	process_table_unlock();
	if (last)
		fs_context_free(old);
	return 0;
}

int unshare_sighand(void)
{
	struct process *p = current_process();
	struct sighand *old = p->sighand, *new;

	if (atomic_read(&old->refs) == 1)
		return 0;
	new = sighand_create(old);
	if (!new)
		return -ENOMEM;
	process_table_lock();
	p->sighand = new;
	process_table_unlock();
	sighand_put(old);
	return 0;
}
