// SPDX-License-Identifier: MIT
/* System calls about signals: sending, handlers, masks, waiting. What they mean is in
 * proc/signal*.c. */
#include <linux/signal.h>
#include <linux/time_types.h>
#include "arch/context.h"
#include "arch/user.h"
#include "lib/string.h"
#include "proc/altstack.h"
#include "proc/process.h"
#include "proc/signal.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

static bool is_signal(int sig)
{
	return sig >= 1 && sig <= NR_SIGNALS;
}

/* ---------------------------------------------------------------- sending */

s64 sys_kill(pid_t pid, int sig)
{
	siginfo_t info;

	siginfo_init_user(&info, sig, SI_USER);
	return signal_kill(pid, sig, &info);
}

static s64 send_to_thread(pid_t tgid, pid_t tid, int sig)
{
	siginfo_t info;

	if (tid <= 0)
		return -EINVAL;
	siginfo_init_user(&info, sig, SI_TKILL);
	return signal_kill_thread(tgid, tid, sig, &info);
}

s64 sys_tkill(pid_t tid, int sig)
{
	return send_to_thread(0, tid, sig);
}

s64 sys_tgkill(pid_t tgid, pid_t tid, int sig)
{
	return tgid <= 0 ? -EINVAL : send_to_thread(tgid, tid, sig);
}

/* A siginfo of the user's: he may not pretend to be the kernel, or kill, in front of others. */
static int get_queued_info(vaddr_t from, int sig, pid_t target, siginfo_t *info)
{
	if (siginfo_copy_in(info, from))
		return -EFAULT;
	info->si_signo = sig;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && target != current_process()->pid)
		return -EPERM;
	return 0;
}

s64 sys_rt_sigqueueinfo(pid_t pid, int sig, vaddr_t from)
{
	siginfo_t info;
	int err = get_queued_info(from, sig, pid, &info);

	if (err)
		return err;
	return pid <= 0 ? -ESRCH : signal_kill(pid, sig, &info);
}

s64 sys_rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, vaddr_t from)
{
	siginfo_t info;
	int err = get_queued_info(from, sig, tgid, &info);

	if (err)
		return err;
	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	return signal_kill_thread(tgid, tid, sig, &info);
}

/* ---------------------------------------------------------------- handlers */

static void set_action(int sig, const struct sigaction *new)
{
	struct process *p = current_process();
	struct thread *t;

	*sighand_action(p->sighand, sig) = *new;
	sighand_action(p->sighand, sig)->sa_mask &= ~SIGNALS_UNBLOCKABLE;
	if (!signal_is_ignored_locked(p, sig))
		return;
	/* What is ignored now is no longer pending either (sigaction(2), POSIX). */
	signal_flush_locked(p, &p->pending, SIGNAL_BIT(sig));
	list_for_each (t, &p->threads, all_link)
		signal_flush_locked(p, &thread_proc(t)->pending, SIGNAL_BIT(sig));
}

s64 sys_rt_sigaction(int sig, vaddr_t from, vaddr_t to, size_t size)
{
	struct sigaction new, old;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (from && copy_from_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	if (!is_signal(sig) || (from && (SIGNAL_BIT(sig) & SIGNALS_UNBLOCKABLE)))
		return -EINVAL;
	process_table_lock();
	old = *sighand_action(current_process()->sighand, sig);
	if (from)
		set_action(sig, &new);
	process_table_unlock();
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

s64 sys_rt_sigreturn(void)
{
	return signal_return(arch_trapframe(&current_thread()->arch));
}

s64 sys_restart_syscall(void)
{
	struct restart_block *rb = &current_proc()->restart;

	return rb->restart ? rb->restart(rb) : -EINTR;
}

s64 sys_sigaltstack(vaddr_t from, vaddr_t to)
{
	struct thread_proc *tp = current_proc();
	vaddr_t sp = arch_trapframe(&current_thread()->arch)->rsp;
	stack_t new, old = altstack_tell(&tp->altstack, sp);
	int err;

	if (from) {
		if (copy_from_user(&new, from, sizeof(new)) != 0)
			return -EFAULT;
		err = altstack_set(&tp->altstack, &new, sp);
		if (err)
			return err;
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

/* ---------------------------------------------------------------- masks */

s64 sys_rt_sigprocmask(int how, vaddr_t from, vaddr_t to, size_t size)
{
	u64 old = current_proc()->blocked, set;

	if (size != sizeof(set))
		return -EINVAL;
	if (from) {
		if (copy_from_user(&set, from, sizeof(set)) != 0)
			return -EFAULT;
		if (how == SIG_BLOCK)
			set = old | (set & ~SIGNALS_UNBLOCKABLE);
		else if (how == SIG_UNBLOCK)
			set = old & ~set;
		else if (how != SIG_SETMASK)
			return -EINVAL;
		signal_set_mask(set);
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

s64 sys_rt_sigpending(vaddr_t to, size_t size)
{
	u64 set;

	if (size > sizeof(set))
		return -EINVAL;
	process_table_lock();
	set = signal_pending_set_locked(current_thread()) & current_proc()->blocked;
	process_table_unlock();
	return copy_to_user(to, &set, size);
}

/* ---------------------------------------------------------------- waiting */

static void sleep_for_signal(void)
{
	while (!thread_signal_pending()) {
		thread_set_state(THREAD_INTERRUPTIBLE);
		if (thread_signal_pending()) {
			thread_set_state(THREAD_RUNNABLE);
			return;
		}
		thread_sleep();
	}
}

s64 sys_pause(void)
{
	sleep_for_signal();
	return -ERESTARTNOHAND;
}

s64 sys_rt_sigsuspend(vaddr_t from, size_t size)
{
	int err;

	if (!from)
		return -EFAULT;
	err = signal_mask_begin_user(from, size);
	if (err)
		return err;
	sleep_for_signal();
	return -ERESTARTNOHAND;
}

/* Takes one of the signals in set, or waits until the deadline. The signal's number, -EAGAIN,
 * -EINTR. */
static s64 wait_for_signal(u64 set, nsec_t deadline, siginfo_t *info)
{
	struct thread *t = current_thread();
	struct thread_proc *tp = thread_proc(t);
	bool in_time = true;
	s64 sig;

	process_table_lock();
	for (;;) {
		sig = signal_take_locked(t, set, info);
		if (sig || !in_time)
			break;
		tp->waiting_for = set;
		signal_recalc_locked(t);
		if (thread_signal_pending())
			break;
		thread_set_state(THREAD_INTERRUPTIBLE);
		process_table_unlock();
		in_time = thread_sleep_until(deadline);
		process_table_lock();
	}
	tp->waiting_for = 0;
	signal_recalc_locked(t);
	process_table_unlock();
	return sig ? sig : in_time ? -EINTR : -EAGAIN;
}

static int get_deadline(vaddr_t from, nsec_t *deadline)
{
	struct __kernel_timespec ts;

	*deadline = NSEC_NEVER;
	if (!from)
		return 0;
	if (copy_from_user(&ts, from, sizeof(ts)) != 0)
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	if ((u64)ts.tv_sec < NSEC_NEVER / NSEC_PER_SEC / 4)
		*deadline = clock_now() + (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	return 0;
}

s64 sys_rt_sigtimedwait(vaddr_t from, vaddr_t to, vaddr_t timeout, size_t size)
{
	nsec_t deadline;
	siginfo_t info;
	s64 sig;
	u64 set;
	int err;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, from, sizeof(set)) != 0)
		return -EFAULT;
	err = get_deadline(timeout, &deadline);
	if (err)
		return err;
	sig = wait_for_signal(set & ~SIGNALS_UNBLOCKABLE, deadline, &info);
	if (sig > 0 && to && copy_to_user(to, &info, sizeof(info)) != 0)
		return -EFAULT;
	return sig;
}
