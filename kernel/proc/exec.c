// SPDX-License-Identifier: MIT
/*
 * exec.c: execve in two halves.
 *
 *	prepare (may fail, nothing has changed)                         commit (cannot fail)
 *	find the file, follow #! lines -> arguments into the kernel ->  other threads die -> memory, credentials, handlers,
 *	new address space: segments, stack; own copies of               descriptors, name, registers
 *	handlers and descriptors that are shared
 *
 * The new address space is complete before the old one is left, so there is no point from which an
 * error could only kill. Waiting for the other threads stands between the halves: it fails only if
 * this thread is killed.
 *
 * Not here: ELF (elf.c), the stack's contents (exec_stack.c).
 */
#include "proc/exec.h"

#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/signal.h>
#include "arch/bootinfo.h"
#include "arch/user.h"
#include "debug/assert.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/namei.h"
#include "fs/random.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/elf.h"
#include "proc/futex.h"
#include "proc/posix_timer.h"
#include "proc/rlimit.h"
#include "proc/unshare.h"

#define SCRIPT_DEPTH_MAX  5
#define SCRIPT_LINE_MAX   256 /* BINPRM_BUF_SIZE */
#define STACK_RANDOM_BITS 22
#define MMAP_RANDOM_BITS  28
#define MMAP_GAP_MIN      MIB(128)
#define VDSO_SPAN         (2 * PAGE_SIZE) /* of mm_map_vdso() */

u32 exec_randomize_va_space = 2;

/* What execve is asked to do, and what the search for the program made of it. */
struct exec_job {
	int dirfd;
	int flags;
	const char *path; /* to look up */
	const char *name; /* what the program is told: AT_EXECFN, comm */
	bool from_user;
	struct trapframe *regs; /* where the program's registers go */
	vaddr_t user_argv, user_envp;
	const char *const *argv, *const *envp;
	struct file *file; /* the program found last; writing is denied */
	/* #! lines: strings that stand before the caller's arguments, whose argv[0] then falls
	 * away */
	char *lines[SCRIPT_DEPTH_MAX + 1];
	u32 nr_lines;
	const char *prefix[2 * (SCRIPT_DEPTH_MAX + 1) + 1];
	u32 nr_prefix;
};

u64 exec_random(void)
{
	u64 r;

	random_bytes(&r, sizeof(r));
	return r;
}

u64 exec_random_pages(bool randomize, u32 bits)
{
	return randomize ? exec_random() & ((1UL << bits) - 1) : 0;
}

/* ------------------------------------------------------ programs are not written while they run */

static void image_get(void *file)
{
	file_get(file);
	(void)!file_deny_write(file); /* it is denied already: this counts */
}

static void image_put(void *file)
{
	file_allow_write(file);
	file_put(file);
}

static const struct map_file_ops image_file_ops = { .get = image_get, .put = image_put };

/* ---------------------------------------------------------------- finding the program */

static int check_program(const struct path *p)
{
	const struct inode *inode = p->dentry->inode;

	if (S_ISLNK(inode->mode))
		return -ELOOP; /* AT_SYMLINK_NOFOLLOW */
	if (!S_ISREG(inode->mode) || (p->mount->flags & MS_NOEXEC))
		return -EACCES;
	return inode_permission(inode, p->mount, MAY_EXEC);
}

/* The file, with writing denied, or ERR_PTR. */
static struct file *open_program(int dirfd, const char *name, int flags)
{
	struct file *f;
	struct path p;
	int err;

	err = namei_lookup(dirfd, name,
		(flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
			(flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
		&p);
	if (err)
		return ERR_PTR(err);
	err = check_program(&p);
	f = err ? ERR_PTR(err) : file_open_path(&p, O_RDONLY);
	path_put(&p);
	if (IS_ERR(f))
		return f;
	err = file_deny_write(f);
	if (!err)
		return f;
	file_put(f);
	return ERR_PTR(err);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts "#! name arg" up: terminates both in place. -ENOEXEC: no name, or it is longer than the
 * buffer. */
static int parse_script_line(char *line, ssize_t len, char **name, char **arg)
{
	char *end = memchr(line, '\n', (size_t)len), *p = line + 2;
	bool cut = !end && len == SCRIPT_LINE_MAX;

	if (!end)
		end = line + len;
	while (end > p && is_blank(end[-1]) && !cut)
		end--;
	while (p < end && is_blank(*p))
		p++;
	*name = p;
	while (p < end && !is_blank(*p) && *p)
		p++;
	if (p == *name || (cut && p == end))
		return -ENOEXEC;
	*arg = NULL;
	if (p == end) {
		*p = '\0';
		return 0;
	}
	*p++ = '\0';
	while (p < end && is_blank(*p))
		p++;
	if (p < end)
		*arg = p;
	*end = '\0';
	return 0;
}

/* The arguments' new beginning: interpreter, its argument, the script. */
static void prepend(struct exec_job *job, const char *name, const char *arg, const char *script)
{
	const char *front[3] = { name, arg ? arg : script, script };
	u32 nr = arg ? 3 : 2, keep = job->nr_prefix ? job->nr_prefix - 1 : 0;

	memmove(&job->prefix[nr], &job->prefix[1], keep * sizeof(job->prefix[0]));
	memcpy(job->prefix, front, nr * sizeof(front[0]));
	job->nr_prefix = nr + keep;
}

/* 1: the file is a script, and job->file is now its interpreter; 0: it is none; -errno. */
static int follow_script(struct exec_job *job)
{
	const char *script = job->nr_prefix ? job->prefix[0] : job->name;
	char *line = kmalloc(SCRIPT_LINE_MAX + 1), *name, *arg;
	struct file *f;
	ssize_t len;
	int err;

	if (!line)
		return -ENOMEM;
	len = file_read_kernel(job->file, line, SCRIPT_LINE_MAX, 0);
	if (len < 2 || line[0] != '#' || line[1] != '!') {
		kfree(line);
		return len < 0 ? (int)len : 0;
	}
	line[len] = '\0';
	err = job->nr_lines >= SCRIPT_DEPTH_MAX ? -ELOOP
						: parse_script_line(line, len, &name, &arg);
	if (err) {
		kfree(line);
		return err;
	}
	job->lines[job->nr_lines++] = line;
	f = open_program(AT_FDCWD, name, 0);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	image_put(job->file);
	job->file = f;
	prepend(job, name, arg, script);
	return 1;
}

static int find_program(struct exec_job *job)
{
	struct file *f = open_program(job->dirfd, job->path, job->flags);
	int more;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	job->file = f;
	do
		more = follow_script(job);
	while (more > 0);
	return more;
}

static void job_end(struct exec_job *job)
{
	if (job->file)
		image_put(job->file);
	for (u32 i = 0; i < job->nr_lines; i++)
		kfree(job->lines[i]);
}

/* ---------------------------------------------------------------- arguments */

static int collect_argv(struct exec_job *job, struct exec_args *a)
{
	u32 skip = job->nr_prefix ? 1 : 0;
	int err = 0;

	for (u32 i = 0; i < job->nr_prefix && !err; i++) {
		err = exec_args_add(a, job->prefix[i]);
		a->argc++;
	}
	if (err)
		return err;
	if (job->from_user)
		err = exec_args_add_user_array(a, job->user_argv, skip, &a->argc);
	else
		err = exec_args_add_array(a, job->argv, skip, &a->argc);
	if (!err && !a->argc) { /* a program may rely on argv[0] */
		err = exec_args_add(a, "");
		a->argc = 1;
	}
	return err;
}

static int collect_args(struct exec_job *job, struct exec_args *a)
{
	int err = collect_argv(job, a);

	if (!err && job->from_user)
		err = exec_args_add_user_array(a, job->user_envp, 0, &a->envc);
	else if (!err)
		err = exec_args_add_array(a, job->envp, 0, &a->envc);
	return err ? err : exec_args_add(a, job->name);
}

/* ---------------------------------------------------------------- the new address space */

/* Where mmap's area begins, from the top, below the largest stack (Linux's mmap_base()). */
static vaddr_t choose_mmap_base(bool randomize, u64 stack_limit)
{
	u64 gap = stack_limit, pad = STACK_GUARD_GAP;

	if (randomize)
		pad += ((1UL << STACK_RANDOM_BITS) - 1) << PAGE_SHIFT;
	if (gap + pad > gap)
		gap += pad;
	gap = clamp(gap, MMAP_GAP_MIN, USER_END / 6 * 5);
	return page_align_up(
		USER_END - gap - (exec_random_pages(randomize, MMAP_RANDOM_BITS) << PAGE_SHIFT));
}

/* The same for the layout of old, from the bottom. */
static vaddr_t choose_bottom_base(bool randomize)
{
	return page_align_up(USER_END / 3) +
	       (exec_random_pages(randomize, MMAP_RANDOM_BITS) << PAGE_SHIFT);
}

/* personality(MMAP_PAGE_ZERO): System V had zeros at address 0. Who may not map there does without. */
static void map_page_zero(const struct exec_image *image)
{
	struct map_request rq = { .len = PAGE_SIZE,
		.prot = PROT_READ | PROT_EXEC,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };

	if ((image->personality & MMAP_PAGE_ZERO) && cred_can(image->cred, CAP_SYS_RAWIO))
		mm_map(image->mm, &rq);
}

static bool has_other_ids(const struct cred *c)
{
	return c->euid != c->uid || c->egid != c->gid;
}

/*
 * What becomes of capabilities (capabilities(7), "Transformation of capabilities during execve" and
 * what follows it; files have none). Who shares his directories with another process, or has
 * no_new_privs, gets nothing new. c: still the old ones, but for the effective ids.
 */
static void set_capabilities(struct exec_image *image, struct cred *c)
{
	bool as_root = !(c->securebits & SECBIT_NOROOT), sets_ids = has_other_ids(c);
	bool root = as_root && !c->euid;
	bool no_new = current_proc()->no_new_privs;
	u64 old = c->permitted;

	c->permitted = as_root && (!c->euid || !c->uid) ? c->bounding | c->inheritable : 0;
	if ((image->shares_fs || no_new) && (sets_ids || (c->permitted & ~old))) {
		if (no_new || !current_can(CAP_SETUID)) {
			c->euid = c->uid;
			c->egid = c->gid;
		}
		c->permitted &= old;
	}
	if (sets_ids)
		c->ambient = 0;
	c->permitted |= c->ambient;
	c->effective = root ? c->permitted : c->ambient;
	c->securebits &= ~SECBIT_KEEP_CAPS;
	image->secure = sets_ids || (c->uid && (root || (c->permitted & ~c->ambient)));
}

/* set-user-ID and set-group-ID programs (execve(2)). 0 or -ENOMEM. */
static int set_credentials(struct exec_image *image)
{
	const struct file *f = image->file;
	const struct inode *inode = f->inode;
	struct cred *c = cred_copy(current_cred());

	if (!c)
		return -ENOMEM;
	image->cred = c;
	image->personality = current_proc()->personality & ~READ_IMPLIES_EXEC;
	if (!(f->path.mount->flags & MS_NOSUID) && !current_proc()->no_new_privs) {
		if (inode->mode & S_ISUID) {
			c->euid = inode->uid;
			image->personality &= ~PER_CLEAR_ON_SETID;
		}
		if ((inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)) {
			c->egid = inode->gid;
			image->personality &= ~PER_CLEAR_ON_SETID;
		}
	}
	set_capabilities(image, c);
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	return 0;
}

/* At random above the stack, in the 2 MiB around its end; where there is no room, mmap chooses. */
static int map_vdso(struct exec_image *image, vaddr_t stack_top)
{
	vaddr_t end = (stack_top + VDSO_SPAN + MIB(2) - 1) & -MIB(2), hint = stack_top;
	s64 at;

	end = min(end, USER_END) - VDSO_SPAN;
	if (end > stack_top)
		hint += exec_random() % ((end - stack_top) >> PAGE_SHIFT) << PAGE_SHIFT;
	at = mm_map_vdso(image->mm, hint);
	image->vdso = (vaddr_t)at;
	return at < 0 ? (int)at : 0;
}

static int fill_mm(struct exec_image *image, const struct elf_headers *program,
	const struct elf_headers *interpreter, const struct exec_args *args)
{
	vaddr_t top =
		USER_END - (exec_random_pages(image->randomize, STACK_RANDOM_BITS) << PAGE_SHIFT);
	struct mm *mm = image->mm;
	int err;

	mm->randomized = image->randomize;
	mm->bottom_up = mm_legacy_layout || (image->personality & ADDR_COMPAT_LAYOUT);
	mm->mmap_base = mm->bottom_up
				? choose_bottom_base(image->randomize)
				: choose_mmap_base(image->randomize, current_limit(RLIMIT_STACK));
	err = mm_setup_stack(mm, top, image->executable_stack);
	if (!err)
		err = elf_load(image, program, interpreter);
	if (err)
		return err;
	map_page_zero(image);
	err = map_vdso(image, top);
	if (err)
		return err;
	return exec_setup_stack(image, args, top);
}

/* What of the program its user may not read, he must not read from its memory. */
static void note_readable(struct exec_image *image, const struct file *f)
{
	image->unreadable |= inode_permission(f->inode, f->path.mount, MAY_READ) != 0;
}

/* The interpreter's file and headers, if the program names one. */
static int open_interpreter(
	struct exec_image *image, const struct elf_headers *program, struct elf_headers *headers)
{
	char *path = elf_interpreter_path(image->file, program);
	struct file *f;
	int err;

	if (!path || IS_ERR(path))
		return (int)PTR_ERR(path);
	f = open_program(AT_FDCWD, path, 0);
	kfree(path);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	image->interpreter = f;
	note_readable(image, f);
	err = elf_read_headers(f, headers);
	if (err != -ENOEXEC)
		return err;
	/* as Linux has it */
	return mapping_size(&f->inode->mapping) < sizeof(Elf64_Ehdr) ? -EIO : -ELIBBAD;
}

static int build_image_from(
	struct exec_image *image, const struct elf_headers *program, const struct exec_args *args)
{
	struct elf_headers interpreter = { .phdrs = NULL };
	int err = open_interpreter(image, program, &interpreter);

	if (!err) {
		image->executable_stack = elf_wants_executable_stack(program);
		image->mm = mm_create();
		err = image->mm ? fill_mm(image, program, image->interpreter ? &interpreter : NULL,
					  args)
				: -ENOMEM;
	}
	elf_free_headers(&interpreter);
	if (image->interpreter)
		image_put(image->interpreter);
	return err;
}

/* Who it will be, and a complete address space for the program. On error discard_image() is still
 * due. */
static int build_image(struct exec_image *image, const struct exec_args *args)
{
	struct elf_headers program;
	int err = set_credentials(image);

	if (err)
		return err;
	note_readable(image, image->file);
	image->randomize = exec_randomize_va_space && !(image->personality & ADDR_NO_RANDOMIZE);
	err = elf_read_headers(image->file, &program);
	if (err)
		return err;
	err = build_image_from(image, &program, args);
	elf_free_headers(&program);
	if (!err) {
		image->mm->exe = image->file;
		image->mm->exe_ops = &image_file_ops;
		image_get(image->file);
	}
	return err;
}

static void discard_image(struct exec_image *image)
{
	if (image->mm)
		mm_leave(image->mm);
	if (image->cred)
		cred_put(image->cred);
}

/* ---------------------------------------------------------------- alone */

/* The process's number is its leader's: if another thread called exec, it becomes the leader. =>
 * process_lock held */
static void become_leader_locked(struct process *p, struct thread *t)
{
	struct pid *own;

	if (p->leader == t)
		return;
	own = pid_find(t->tid);
	own->thread = NULL;
	pid_release(own);
	p->pid_entry->thread = t;
	t->tid = p->pid;
	thread_put(p->leader);
	thread_get(t);
	p->leader = t;
}

/* All other threads die. 0, or -EAGAIN: this one is being killed itself. */
static int become_single_threaded(struct process *p, struct thread *t)
{
	process_table_lock();
	if (p->exiting || p->exec_thread) {
		process_table_unlock();
		return -EAGAIN;
	}
	p->exec_thread = t;
	signal_kill_others_locked(p, t);
	process_table_unlock();
	wait_event(&p->thread_wait, atomic_load(&p->nr_threads) == 1);
	process_table_lock();
	p->exec_thread = NULL;
	become_leader_locked(p, t);
	process_table_unlock();
	return 0;
}

/*
 * Does another process share our directories (CLONE_FS)? A set-user-ID program must not run where
 * somebody else moves it by chdir(2) or chroot(2), so it gets no rights then. If none does, none
 * will until end_claim().
 */
static void claim_directories(struct exec_image *image)
{
	struct fs_context *fs = current_fs();
	struct thread *t;
	s32 nr_own = 0;

	process_table_lock();
	list_for_each (t, &current_process()->threads, all_link)
		nr_own += t->fs == fs;
	spin_lock(&fs->lock);
	image->shares_fs = atomic_read(&fs->refs) > nr_own;
	if (!image->shares_fs)
		fs->nr_execs++;
	spin_unlock(&fs->lock);
	process_table_unlock();
}

static void end_claim(const struct exec_image *image)
{
	struct fs_context *fs = current_fs();

	if (image->shares_fs)
		return;
	spin_lock(&fs->lock);
	fs->nr_execs--;
	spin_unlock(&fs->lock);
}

/* ---------------------------------------------------------------- commit */

static void set_name(struct thread *t, const char *path)
{
	const char *slash = strrchr(path, '/');

	strlcpy(t->name, slash ? slash + 1 : path, sizeof(t->name));
}

/* What of the thread lies in the old memory, or is about it. */
static void leave_old_program(struct thread *t)
{
	struct thread_proc *tp = thread_proc(t);
	u32 zero = 0;

	if (t->mm && tp->robust_list)
		futex_exit_robust(tp->robust_list);
	if (t->mm && tp->clear_child_tid && atomic_read(&t->mm->owners) > 1) {
		user_copy_out(tp->clear_child_tid, &zero, sizeof(zero));
		futex_wake_address(tp->clear_child_tid);
	}
	tp->robust_list = tp->clear_child_tid = 0;
	/* The flags stay, as on Linux; without a size nothing is set. */
	tp->altstack.ss_sp = NULL;
	tp->altstack.ss_size = 0;
	tp->restart.restart = NULL;
}

static void switch_mm(struct process *p, struct mm *new)
{
	struct mm *old;

	mm_activate(new);
	process_table_lock();
	old = p->mm;
	p->mm = new;
	p->did_exec = true;
	p->nr_execs++;
	p->exit_signal = SIGCHLD;
	p->vfork_pending = false;
	if (old)
		p->dead_threads.max_rss =
			max(p->dead_threads.max_rss, max(old->rss_peak, mm_rss(old)));
	sighand_reset(p->sighand);
	process_table_unlock();
	waitq_wake_all(&p->vfork_wait);
	if (old)
		mm_leave(old);
}

/* From here on it is the new program. */
static void commit(struct exec_image *image, const struct exec_job *job)
{
	struct thread *t = current_thread();
	struct process *p = t->process;
	bool had_other_ids = has_other_ids(t->cred);

	leave_old_program(t);
	switch_mm(p, image->mm);
	posix_timer_delete_all(p);
	/* Until it is known who the thread is now, nobody may look at the new memory. */
	image->mm->dumpable =
		!process_set_cred(image->cred) && !had_other_ids && !image->unreadable;
	thread_proc(t)->personality = image->personality;
	if (image->secure)
		thread_proc(t)->death_signal = 0;
	fd_table_close_on_exec(t->files);
	set_name(t, job->name);
	arch_thread_reset_user(&t->arch);
	arch_setup_exec(job->regs, image->start, image->stack);
}

/* ---------------------------------------------------------------- both halves */

static s64 run(struct exec_job *job, struct exec_args *args)
{
	struct exec_image image = { .file = NULL };
	struct unshare own = { NULL };
	int err = find_program(job);

	if (!err)
		err = collect_args(job, args);
	if (err)
		return err;
	image.file = job->file;
	claim_directories(&image);
	err = build_image(&image, args);
	/* Handlers and descriptors that another process shares; directories stay shared. */
	if (!err)
		err = unshare_prepare(&own, CLONE_SIGHAND | CLONE_FILES);
	if (!err)
		err = become_single_threaded(current_process(), current_thread());
	if (err) {
		unshare_cancel(&own);
		discard_image(&image);
	} else {
		unshare_commit(&own);
		commit(&image, job);
	}
	end_claim(&image);
	return err;
}

/* Who became a user with too many processes was not told by setuid(2), whose callers seldom look, but
 * is told here (execve(2), EAGAIN). If there is room again, that is over. */
static int check_process_limit(void)
{
	struct thread_proc *tp = current_proc();

	if (tp->is_one_too_many && !rlimit_has_room(current_cred()->uid, 0))
		return -EAGAIN;
	tp->is_one_too_many = false;
	return 0;
}

static s64 exec(struct exec_job *job)
{
	struct exec_args *args;
	s64 err = check_process_limit();

	if (err)
		return err;
	args = exec_args_create(current_limit(RLIMIT_STACK));
	if (!args)
		return -ENOMEM;
	err = run(job, args);
	job_end(job);
	exec_args_free(args);
	return err;
}

s64 exec_kernel(
	const char *path, const char *const *argv, const char *const *envp, struct trapframe *regs)
{
	struct exec_job job = {
		.dirfd = AT_FDCWD,
		.path = path,
		.name = path,
		.regs = regs,
		.argv = argv,
		.envp = envp,
	};

	if (boot_option("norandmaps", NULL, 0))
		exec_randomize_va_space = 0;
	return exec(&job);
}

/* The name under which a program that was found by a descriptor is known: "/dev/fd/N" or
 * "/dev/fd/N/path". */
static const char *name_by_descriptor(int dirfd, const char *path, char *buf, size_t size)
{
	if (dirfd == AT_FDCWD || path[0] == '/')
		return path;
	snprintf(buf, size, path[0] ? "/dev/fd/%d/%s" : "/dev/fd/%d", dirfd, path);
	return buf;
}

s64 exec_user(int dirfd, vaddr_t path, vaddr_t argv, vaddr_t envp, int flags)
{
	struct exec_job job = {
		.dirfd = dirfd,
		.flags = flags,
		.from_user = true,
		.regs = arch_trapframe(&current_thread()->arch),
		.user_argv = argv,
		.user_envp = envp,
	};
	char shown[64], *name;
	s64 err;

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	name = namei_name_get(path, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	job.path = name;
	job.name = name_by_descriptor(dirfd, name, shown, sizeof(shown));
	err = exec(&job);
	namei_name_put(name);
	if (!err)
		mm_stress_begin();
	return err;
}
