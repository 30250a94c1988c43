// SPDX-License-Identifier: MIT
/* unshare.c: see unshare.h. A copy takes the shared one's place under process_lock: procfs may be
 * looking at the thread. */
#include "proc/unshare.h"

#include <linux/sched.h>
#include "fs/context.h"
#include "fs/fdtable.h"
#include "proc/process.h"

/* ---------------------------------------------------------------- preparing */

static bool has_all(const struct unshare *u, bool files, bool fs, bool sighand)
{
	return (!files || u->files) && (!fs || u->fs) && (!sighand || u->sighand);
}

/* Another thread of ours may share the handlers with a new process until it is stopped. */
static bool sighand_may_be_shared(void)
{
	const struct process *p = current_process();

	return atomic_load(&p->nr_threads) > 1 || atomic_read(&p->sighand->refs) > 1;
}

int unshare_prepare(struct unshare *u, u64 what)
{
	bool files = (what & CLONE_FILES) && atomic_read(&current_files()->refs) > 1;
	bool fs = (what & CLONE_FS) && atomic_read(&current_fs()->refs) > 1;
	bool sighand = (what & CLONE_SIGHAND) && sighand_may_be_shared();

	*u = (struct unshare){
		.files = files ? fd_table_copy(current_files()) : NULL,
		.fs = fs ? fs_context_copy(current_fs()) : NULL,
		.sighand = sighand ? sighand_create(NULL) : NULL,
	};
	if (has_all(u, files, fs, sighand))
		return 0;
	unshare_cancel(u);
	return -ENOMEM;
}

void unshare_cancel(struct unshare *u)
{
	if (u->files)
		fd_table_put(u->files);
	if (u->fs)
		fs_context_put(u->fs);
	if (u->sighand)
		sighand_put(u->sighand);
	*u = (struct unshare){ NULL };
}

/* ---------------------------------------------------------------- taking their places */

/* All: => process_lock held. The old one goes to *u in exchange, so that unshare_cancel() puts it. */
static void exchange_files_locked(struct unshare *u, struct thread *t)
{
	struct fd_table *old = t->files;

	t->files = u->files;
	u->files = old;
}

static void exchange_sighand_locked(struct unshare *u, struct process *p)
{
	struct sighand *old = p->sighand;

	sighand_copy_locked(u->sighand, old);
	p->sighand = u->sighand;
	u->sighand = old;
}

/* Here the old one is dropped at once: exec counts who has it. Returned if it is to be freed. */
static struct fs_context *replace_fs_locked(struct unshare *u, struct thread *t)
{
	struct fs_context *old = t->fs;

	t->fs = u->fs;
	u->fs = NULL;
	return fs_context_drop(old) ? old : NULL;
}

void unshare_commit(struct unshare *u)
{
	struct thread *t = current_thread();
	struct fs_context *gone = NULL;

	process_table_lock();
	if (u->files && atomic_read(&t->files->refs) > 1)
		exchange_files_locked(u, t);
	if (u->fs && atomic_read(&t->fs->refs) > 1)
		gone = replace_fs_locked(u, t);
	if (u->sighand && atomic_read(&t->process->sighand->refs) > 1)
		exchange_sighand_locked(u, t->process);
	process_table_unlock();
	if (gone)
		fs_context_free(gone);
	unshare_cancel(u);
}

int unshare_now(u64 what)
{
	struct unshare u;
	int err = unshare_prepare(&u, what);

	if (!err)
		unshare_commit(&u);
	return err;
}
