// SPDX-License-Identifier: MIT
/* System calls about processes and threads: making, running, ending, waiting, their families and
 * their attributes. */
#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include "arch/context.h"
#include "arch/user.h"
#include "lib/string.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "proc/exec.h"
#include "proc/exit.h"
#include "proc/fork.h"
#include "proc/pgrp.h"
#include "proc/pidfd.h"
#include "proc/unshare.h"
#include "proc/usage.h"
#include "proc/wait.h"
#include "syscall/capability.h"
#include "syscall/syscall.h"

/* ---------------------------------------------------------------- making, running, ending */

static const struct trapframe *current_regs(void)
{
	return arch_trapframe(&current_thread()->arch);
}

s64 sys_fork(void)
{
	struct clone_request rq = { .exit_signal = SIGCHLD };

	return fork_clone(current_regs(), &rq);
}

s64 sys_vfork(void)
{
	struct clone_request rq = { .flags = CLONE_VFORK | CLONE_VM, .exit_signal = SIGCHLD };

	return fork_clone(current_regs(), &rq);
}

s64 sys_clone(u64 flags, vaddr_t stack, vaddr_t parent_tid, vaddr_t child_tid, vaddr_t tls)
{
	struct clone_request rq = {
		.flags = (u32)flags & ~(u32)CSIGNAL,
		.exit_signal = flags & CSIGNAL,
		.stack = stack,
		.parent_tid = parent_tid,
		.pidfd = parent_tid,
		.child_tid = child_tid,
		.tls = tls,
	};

	return fork_clone(current_regs(), &rq);
}

/* Is user memory [from, from + len) all zero? 0, -E2BIG (it is not) or -EFAULT. */
static int check_zeroed(vaddr_t from, size_t len)
{
	u8 part[64];

	for (size_t done = 0, n; done < len; done += n) {
		n = min(sizeof(part), len - done);
		if (copy_from_user(part, from + done, n) != 0)
			return -EFAULT;
		for (size_t i = 0; i < n; i++)
			if (part[i])
				return -E2BIG;
	}
	return 0;
}

/* A struct that grew over the years: what an older program does not give is 0, and what a newer one
 * gives and we do not know must be 0. */
static int read_clone_args(struct clone_args *args, vaddr_t from, size_t size)
{
	int err = 0;

	*args = (struct clone_args){ 0 };
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > sizeof(*args))
		err = check_zeroed(from + sizeof(*args), size - sizeof(*args));
	return err ? err : copy_from_user(args, from, min(size, sizeof(*args)));
}

/* What clone(2) bears or cannot say. */
static int check_clone_args(const struct clone_args *args, size_t size)
{
	const u64 no_longer_flags = CLONE_DETACHED | CSIGNAL;

	if (args->flags & no_longer_flags)
		return -EINVAL;
	if (args->exit_signal & ~(u64)CSIGNAL)
		return -EINVAL;
	if ((args->flags & (CLONE_THREAD | CLONE_PARENT)) && args->exit_signal)
		return -EINVAL;
	if (!args->set_tid != !args->set_tid_size)
		return -EINVAL;
	if ((args->flags & CLONE_INTO_CGROUP) &&
		(args->cgroup > 0x7fffffff || size < CLONE_ARGS_SIZE_VER2))
		return -EINVAL;
	if (!args->stack != !args->stack_size)
		return -EINVAL;
	return args->stack && !user_range_ok(args->stack, args->stack_size) ? -EINVAL : 0;
}

s64 sys_clone3(vaddr_t from, size_t size)
{
	struct clone_request rq;
	struct clone_args args;
	int err = read_clone_args(&args, from, size);

	if (!err)
		err = check_clone_args(&args, size);
	if (err)
		return err;
	rq = (struct clone_request){
		.flags = args.flags,
		.exit_signal = (u32)args.exit_signal,
		.stack = args.stack + args.stack_size,
		.parent_tid = args.parent_tid,
		.child_tid = args.child_tid,
		.pidfd = args.pidfd,
		.tls = args.tls,
		.nr_set_tids = (u32)min(args.set_tid_size, (u64)2),
	};
	if (rq.nr_set_tids && copy_from_user(&rq.set_tid, args.set_tid, sizeof(rq.set_tid)) != 0)
		return -EFAULT;
	return fork_clone(current_regs(), &rq);
}

/* ---------------------------------------------------------------- unshare */

#define UNSHARE_KNOWN                                                                              \
	(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)

/* What threads must share cannot be taken apart: such flags are right if nobody shares it. */
static int check_alone(u64 flags)
{
	struct process *p = current_process();

	if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && atomic_load(&p->nr_threads) > 1)
		return -EINVAL;
	if ((flags & (CLONE_SIGHAND | CLONE_VM)) && atomic_read(&p->sighand->refs) > 1)
		return -EINVAL;
	return (flags & CLONE_VM) && atomic_read(&p->mm->owners) > 1 ? -EINVAL : 0;
}

/* There are no namespaces, and no System V semaphores, whose list of undo operations would be left. */
s64 sys_unshare(u64 flags)
{
	int err;

	if (flags & ~(u64)(UNSHARE_KNOWN | CLONE_NAMESPACES))
		return -EINVAL;
	err = check_alone(flags);
	if (!err)
		err = fork_check_namespaces(flags);
	return err ? err : unshare_now(flags & (CLONE_FS | CLONE_FILES));
}

s64 sys_execve(vaddr_t path, vaddr_t argv, vaddr_t envp)
{
	return exec_user(AT_FDCWD, path, argv, envp, 0);
}

s64 sys_execveat(int dirfd, vaddr_t path, vaddr_t argv, vaddr_t envp, int flags)
{
	return exec_user(dirfd, path, argv, envp, flags);
}

s64 sys_exit(int code)
{
	exit_thread_code(code);
}

s64 sys_exit_group(int code)
{
	exit_group(code);
}

/* ---------------------------------------------------------------- waiting */

static void set_who(struct wait_request *rq, pid_t pid)
{
	rq->which = pid == -1 ? P_ALL : pid > 0 ? P_PID : P_PGID;
	rq->id = pid > 0 ? pid : pid ? -pid : (pid_t)pgrp_get(0);
}

s64 sys_wait4(pid_t pid, vaddr_t status, int options, vaddr_t usage)
{
	const u32 known = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
	struct wait_request rq = { .options = (u32)options | WEXITED };
	struct wait_result result;
	int err;

	if ((u32)options & ~known)
		return -EINVAL;
	if (pid == (pid_t)0x80000000)
		return -ESRCH;
	set_who(&rq, pid);
	err = wait_for_child(&rq, &result);
	if (err || !result.pid)
		return err;
	if (status && copy_to_user(status, &result.status, sizeof(result.status)) != 0)
		return -EFAULT;
	if (usage && usage_copy_out(usage, &result.usage) != 0)
		return -EFAULT;
	return result.pid;
}

static void fill_siginfo(siginfo_t *info, const struct wait_result *r)
{
	siginfo_init(info, 0, 0);
	if (!r->pid)
		return;
	info->si_signo = SIGCHLD;
	info->si_code = r->code;
	info->si_pid = r->pid;
	info->si_uid = r->uid;
	if (r->code == CLD_EXITED || r->code == CLD_STOPPED)
		info->si_status = (int)(r->status >> 8);
	else
		info->si_status =
			r->code == CLD_CONTINUED ? SIGCONT : (int)WAIT_STATUS_SIGNAL(r->status);
}

static int check_waitid(int which, pid_t id, u32 options)
{
	const u32 known = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			  __WCLONE | __WALL;

	if ((options & ~known) || !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	if (which != P_ALL && which != P_PID && which != P_PGID && which != P_PIDFD)
		return -EINVAL;
	if ((which == P_PID && id <= 0) || ((which == P_PGID || which == P_PIDFD) && id < 0))
		return -EINVAL;
	return 0;
}

/* A pidfd that does not block says EAGAIN where another one waits. */
static int wait_for_pidfd(int fd, struct wait_request *rq, struct wait_result *result)
{
	struct file *f = fd_get(fd);
	bool nonblock;
	int err;

	if (!f)
		return -EBADF;
	rq->only = pidfd_process(f);
	nonblock = rq->only && (f->flags & O_NONBLOCK) && !(rq->options & WNOHANG);
	if (nonblock)
		rq->options |= WNOHANG;
	if (rq->only) {
		rq->which = P_PID;
		rq->id = rq->only->pid;
	}
	err = rq->only ? wait_for_child(rq, result) : -EBADF;
	file_put(f);
	return !err && nonblock && !result->pid ? -EAGAIN : err;
}

s64 sys_waitid(int which, pid_t id, vaddr_t to, int options, vaddr_t usage)
{
	struct wait_request rq = { .which = which, .id = id, .options = (u32)options };
	struct wait_result result;
	siginfo_t info;
	int err = check_waitid(which, id, (u32)options);

	if (err)
		return err;
	if (which == P_PGID && !id)
		rq.id = (pid_t)pgrp_get(0);
	err = which == P_PIDFD ? wait_for_pidfd(id, &rq, &result) : wait_for_child(&rq, &result);
	if (err)
		return err;
	if (usage && result.pid && usage_copy_out(usage, &result.usage) != 0)
		return -EFAULT;
	fill_siginfo(&info, &result);
	/* Linux writes the fields that are meant and no more. */
	return to ? copy_to_user(to, &info, offsetof(siginfo_t, si_status) + sizeof(info.si_status))
		  : 0;
}

/* ---------------------------------------------------------------- numbers and groups */

s64 sys_getpid(void)
{
	return current_process()->pid;
}

s64 sys_gettid(void)
{
	return current_thread()->tid;
}

s64 sys_getppid(void)
{
	return atomic_load(&current_process()->parent_pid);
}

s64 sys_setpgid(pid_t pid, pid_t pgid)
{
	return pgrp_set(pid, pgid);
}

s64 sys_getpgid(pid_t pid)
{
	return pgrp_get(pid);
}

s64 sys_getpgrp(void)
{
	return pgrp_get(0);
}

s64 sys_setsid(void)
{
	return pgrp_new_session();
}

s64 sys_getsid(pid_t pid)
{
	return pgrp_get_session(pid);
}

/* ---------------------------------------------------------------- threads */

s64 sys_set_tid_address(vaddr_t addr)
{
	current_proc()->clear_child_tid = addr;
	return current_thread()->tid;
}

s64 sys_set_robust_list(vaddr_t head, size_t len)
{
	if (len != 3 * sizeof(u64))
		return -EINVAL;
	current_proc()->robust_list = head;
	return 0;
}

s64 sys_get_robust_list(pid_t tid, vaddr_t head, vaddr_t len)
{
	u64 size = 3 * sizeof(u64), list = 0;
	struct thread *t;
	int err = 0;

	process_table_lock();
	t = pid_find_thread_or_current(tid);
	if (!t)
		err = -ESRCH;
	else if (!process_may_be_seen_locked(t->process, t, LOOK_REALCREDS))
		err = -EPERM;
	else
		list = thread_proc(t)->robust_list;
	process_table_unlock();
	if (err)
		return err;
	if (copy_to_user(len, &size, sizeof(size)) != 0)
		return -EFAULT;
	return copy_to_user(head, &list, sizeof(list));
}

s64 sys_arch_prctl(int option, vaddr_t arg)
{
	return arch_prctl_current(&current_thread()->arch, option, arg);
}

s64 sys_personality(u32 persona)
{
	struct thread_proc *tp = current_proc();
	u32 old = tp->personality;

	if (persona != 0xffffffff)
		tp->personality = persona;
	return old;
}

/* ---------------------------------------------------------------- prctl */

static s64 set_name(vaddr_t from)
{
	struct thread *t = current_thread();
	char name[sizeof(t->name)] = { 0 };

	/* At most 15 characters; a string that ends earlier may lie before a page that is not
	 * there. */
	for (u32 i = 0; i < sizeof(name) - 1; i++) {
		if (copy_from_user(&name[i], from + i, 1) != 0)
			return -EFAULT;
		if (!name[i])
			break;
	}
	memcpy(t->name, name, sizeof(name));
	return 0;
}

static s64 set_death_signal(struct thread_proc *tp, u64 sig)
{
	if (sig > NR_SIGNALS)
		return -EINVAL;
	process_table_lock();
	tp->death_signal = (u32)sig;
	process_table_unlock();
	return 0;
}

static s64 set_flag(bool *flag, u64 value)
{
	if (value > 1)
		return -EINVAL;
	*flag = value;
	return 0;
}

static s64 set_subreaper(struct process *p, bool on)
{
	process_table_lock();
	p->is_subreaper = on;
	process_table_unlock();
	return 0;
}

static s64 put_int(vaddr_t to, int value)
{
	return copy_to_user(to, &value, sizeof(value));
}

s64 sys_prctl(int option, u64 arg2, u64 arg3, u64 arg4, u64 arg5)
{
	struct process *p = current_process();
	struct thread_proc *tp = current_proc();

	switch (option) {
	case PR_SET_NAME:
		return set_name(arg2);
	case PR_GET_NAME:
		return copy_to_user(arg2, current_thread()->name, sizeof(current_thread()->name));
	case PR_SET_PDEATHSIG:
		return set_death_signal(tp, arg2);
	case PR_GET_PDEATHSIG:
		return put_int(arg2, (int)tp->death_signal);
	case PR_SET_DUMPABLE:
		return set_flag(&current_mm()->dumpable, arg2);
	case PR_GET_DUMPABLE:
		return current_mm()->dumpable;
	case PR_SET_CHILD_SUBREAPER:
		return set_subreaper(p, arg2 != 0);
	case PR_GET_CHILD_SUBREAPER:
		return put_int(arg2, p->is_subreaper);
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1 || arg3 || arg4 || arg5)
			return -EINVAL;
		tp->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL : tp->no_new_privs;
	case PR_SET_TIMERSLACK:
		tp->timer_slack = arg2 ? arg2 : 50 * NSEC_PER_USEC;
		return 0;
	case PR_GET_TIMERSLACK:
		return (s64)tp->timer_slack;
	case PR_GET_SECCOMP:
	case PR_GET_THP_DISABLE:
		return 0;
	}
	return capability_prctl(option, arg2, arg3, arg4, arg5);
}
