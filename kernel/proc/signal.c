// SPDX-License-Identifier: MIT
/*
 * signal.c: sending signals, the queues that they wait in, masks. What a thread does with one is in
 * signal_deliver.c, stopping and continuing in signal_stop.c.
 *
 * Invariants, under process_lock:
 *  - bit n of a pending set is set if and only if a signal n is pending there; the list holds its siginfos (perhaps none).
 *  - a standard signal (< 32) is pending at most once in a set but for those of timers; real-time ones queue.
 *  - THREAD_SIGPENDING is set if the thread has something to take, must stop, or must die. It may be set for nothing.
 */
#include "proc/signal.h"

#include "arch/user.h"
#include "debug/assert.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/process.h"

struct siginfo_entry {
	struct list link;
	struct process *process; /* whose nr_queued counts it; alive as long as its queues are */
	siginfo_t info;
};

#define FIRST_REALTIME 32

static struct slab_cache *info_cache, *sighand_cache;

void signal_init(void)
{
	info_cache = slab_cache_create("siginfo", sizeof(struct siginfo_entry), 0);
	sighand_cache = slab_cache_create("sighand", sizeof(struct sighand), 0);
}

/* ---------------------------------------------------------------- handlers */

void sighand_copy_locked(struct sighand *to, const struct sighand *from)
{
	memcpy(to->actions, from->actions, sizeof(to->actions));
}

struct sighand *sighand_create(const struct sighand *copy)
{
	struct sighand *h = slab_alloc(sighand_cache, PAGE_ZEROED);

	if (!h)
		return NULL;
	if (copy) {
		process_table_lock();
		sighand_copy_locked(h, copy);
		process_table_unlock();
	}
	atomic_set(&h->refs, 1);
	return h;
}

void sighand_reset(struct sighand *h)
{
	for (int sig = 1; sig <= NR_SIGNALS; sig++) {
		struct sigaction *action = sighand_action(h, sig);

		if (action->sa_handler != SIG_IGN)
			action->sa_handler = SIG_DFL;
		action->sa_flags = 0;
		action->sa_mask = 0;
		action->sa_restorer = NULL;
	}
}

void sighand_put(struct sighand *h)
{
	if (atomic_dec_and_test(&h->refs))
		slab_free(sighand_cache, h);
}

bool signal_is_ignored_locked(struct process *p, int sig)
{
	__sighandler_t handler = sighand_action(p->sighand, sig)->sa_handler;

	if (handler == SIG_IGN)
		return true;
	return handler == SIG_DFL && sig < FIRST_REALTIME &&
	       (SIGNAL_BIT(sig) & SIGNALS_IGNORED_BY_DEFAULT);
}

bool signal_current_ignores(int sig)
{
	bool ignores;

	process_table_lock();
	ignores = (current_proc()->blocked & SIGNAL_BIT(sig)) ||
		  sighand_action(current_process()->sighand, sig)->sa_handler == SIG_IGN;
	process_table_unlock();
	return ignores;
}

/* ---------------------------------------------------------------- siginfos */

void siginfo_init(siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
}

void siginfo_init_user(siginfo_t *info, int sig, int code)
{
	siginfo_init(info, sig, code);
	info->si_pid = current_process()->pid;
	info->si_uid = current_cred()->uid;
}

int siginfo_copy_in(siginfo_t *info, vaddr_t from)
{
	if (copy_from_user(info, from, sizeof(*info)))
		return -EFAULT;
	if (info->si_code == SI_TIMER)
		info->si_sys_private = 0;
	return 0;
}

/* Did a timer send it? What a user gave a timer's code is not marked. */
static bool is_of_timer(const siginfo_t *info)
{
	return info->si_code == SI_TIMER && info->si_sys_private;
}

/* ---------------------------------------------------------------- queues */

/* Queues a copy of info. False: the limit is reached, or there is no memory. */
static bool queue_info(struct process *p, struct sigpending *q, const siginfo_t *info, bool limited)
{
	struct siginfo_entry *e;

	if (limited && p->nr_queued >= process_limit(p, RLIMIT_SIGPENDING))
		return false;
	e = slab_alloc(info_cache, PAGE_NOWAIT);
	if (!e)
		return false;
	e->process = p;
	e->info = *info;
	p->nr_queued++;
	list_append(&q->infos, &e->link);
	return true;
}

static void free_info(struct siginfo_entry *e)
{
	list_remove(&e->link);
	e->process->nr_queued--;
	slab_free(info_cache, e);
}

/* The signal is pending from now on. Only a real-time signal that a user queued can fail. That of a timer
 * is queued whichever it is: each timer has one of its own. */
static int add_pending(struct process *p, struct sigpending *q, int sig, const siginfo_t *info)
{
	bool realtime = sig >= FIRST_REALTIME;
	siginfo_t own;

	if (!realtime && (q->set & SIGNAL_BIT(sig)) && !(info && is_of_timer(info)))
		return 0;
	if (!info) {
		siginfo_init(&own, sig, SI_KERNEL);
		info = &own;
	}
	if (sig != SIGKILL && !queue_info(p, q, info, realtime || info->si_code <= 0) && realtime &&
		info->si_code != SI_USER && info->si_code < 0)
		return -EAGAIN;
	q->set |= SIGNAL_BIT(sig);
	return 0;
}

void signal_flush_locked(struct process *p, struct sigpending *q, u64 set)
{
	struct siginfo_entry *e, *next;

	(void)p;
	if (!(q->set & set))
		return;
	q->set &= ~set;
	list_for_each_safe (e, next, &q->infos, link)
		if (set & SIGNAL_BIT(e->info.si_signo))
			free_info(e);
}

static void flush_everywhere(struct process *p, u64 set)
{
	struct thread *t;

	signal_flush_locked(p, &p->pending, set);
	list_for_each (t, &p->threads, all_link)
		signal_flush_locked(p, &thread_proc(t)->pending, set);
}

/* Takes the oldest siginfo of this signal out of the queue. */
static void take_info(struct sigpending *q, int sig, siginfo_t *info)
{
	struct siginfo_entry *e, *next, *found = NULL;

	list_for_each_safe (e, next, &q->infos, link) {
		if (e->info.si_signo != sig)
			continue;
		if (found) /* one more of the same is waiting: the bit stays */
			goto more;
		found = e;
	}
	q->set &= ~SIGNAL_BIT(sig);
more:
	if (!found) {
		siginfo_init(info, sig, SI_USER);
		return;
	}
	*info = found->info;
	if (is_of_timer(info))
		info->si_sys_private = 0; /* the mark is ours */
	free_info(found);
}

siginfo_t *signal_find_timer_locked(const struct sigpending *q, int sig, int timer)
{
	struct siginfo_entry *e;

	assert_process_locked();
	if (!(q->set & SIGNAL_BIT(sig)))
		return NULL;
	list_for_each (e, &q->infos, link)
		if (e->info.si_signo == sig && is_of_timer(&e->info) && e->info.si_tid == timer)
			return &e->info;
	return NULL;
}

static int lowest_signal(u64 set)
{
	u64 first = set & SIGNALS_SYNCHRONOUS;

	if (!set)
		return 0;
	return __builtin_ctzl(first ? first : set) + 1;
}

int signal_take_locked(struct thread *t, u64 set, siginfo_t *info)
{
	struct sigpending *queues[2] = { &thread_proc(t)->pending, &t->process->pending };

	assert_process_locked();
	for (int i = 0; i < 2; i++) {
		int sig = lowest_signal(queues[i]->set & set);

		if (!sig)
			continue;
		take_info(queues[i], sig, info);
		return sig;
	}
	return 0;
}

u64 signal_pending_set_locked(struct thread *t)
{
	return thread_proc(t)->pending.set | t->process->pending.set;
}

/* ---------------------------------------------------------------- who takes it */

void signal_recalc_locked(struct thread *t)
{
	struct thread_proc *tp = thread_proc(t);
	struct process *p = t->process;

	assert_process_locked();
	if ((signal_pending_set_locked(t) & ~tp->blocked) || (t->flags & THREAD_KILLED) ||
		(p->stop.requested && !tp->stopped))
		thread_set_flag(t, THREAD_SIGPENDING);
	else
		thread_clear_flag(t, THREAD_SIGPENDING);
}

static void wake_for_signal(struct thread *t, u32 states)
{
	thread_set_flag(t, THREAD_SIGPENDING);
	if (!thread_wake_states(t, states))
		thread_kick(t);
}

static bool wants_signal(struct thread *t, int sig)
{
	struct thread_proc *tp = thread_proc(t);

	return !tp->exiting &&
	       (!(tp->blocked & SIGNAL_BIT(sig)) || (tp->waiting_for & SIGNAL_BIT(sig)));
}

/* A thread that takes a signal sent to the process: the leader, or else any; NULL: all block it. */
static struct thread *choose_thread(struct process *p, int sig)
{
	struct thread *t;

	if (p->leader && p->leader->process == p && thread_proc(p->leader) &&
		wants_signal(p->leader, sig))
		return p->leader;
	list_for_each (t, &p->threads, all_link)
		if (wants_signal(t, sig))
			return t;
	return NULL;
}

/* ---------------------------------------------------------------- death of all threads */

static void kill_thread(struct thread *t)
{
	thread_set_flag(t, THREAD_KILLED);
	wake_for_signal(t, WAKE_SIGNAL | WAKE_STOPPED);
}

void signal_begin_exit_locked(struct process *p, u32 status)
{
	struct thread *t;

	assert_process_locked();
	if (p->exiting)
		return;
	p->exiting = true;
	p->exit_status = status;
	list_for_each (t, &p->threads, all_link)
		kill_thread(t);
}

void signal_kill_others_locked(struct process *p, struct thread *survivor)
{
	struct thread *t;

	list_for_each (t, &p->threads, all_link)
		if (t != survivor)
			kill_thread(t);
}

void signal_force_kill(struct process *p)
{
	process_table_lock();
	signal_begin_exit_locked(p, SIGKILL);
	process_table_unlock();
}

/* True if taking this signal ends the process, so that the sender may end it at once. */
static bool is_fatal(struct process *p, int sig)
{
	if (sig == SIGKILL)
		return true;
	if (sighand_action(p->sighand, sig)->sa_handler != SIG_DFL)
		return false;
	return sig >= FIRST_REALTIME ||
	       !(SIGNAL_BIT(sig) & (SIGNALS_IGNORED_BY_DEFAULT | SIGNALS_STOP));
}

/* ---------------------------------------------------------------- sending */

/* What a signal does at the moment when it is sent, whoever takes it. False: it is to be
 * forgotten. */
static bool prepare(struct process *p, struct thread *t, int sig)
{
	u64 bit = SIGNAL_BIT(sig);

	if (p->state != PROCESS_ALIVE || p->exiting)
		return false;
	if (bit & SIGNALS_STOP) {
		flush_everywhere(p, SIGNAL_BIT(SIGCONT));
	} else if (sig == SIGCONT) {
		flush_everywhere(p, SIGNALS_STOP);
		signal_continue_locked(p);
	}
	if (p->unkillable && sighand_action(p->sighand, sig)->sa_handler == SIG_DFL)
		return false;
	if (t && thread_proc(t)->blocked & bit)
		return true; /* the handler may change until it is unblocked */
	return !signal_is_ignored_locked(p, sig);
}

/* Sends to thread t, or (process_wide) to the process, of which t is a thread. */
static int send(
	struct process *p, struct thread *t, bool process_wide, int sig, const siginfo_t *info)
{
	struct thread *taker;
	int err;

	assert_process_locked();
	if (!prepare(p, t, sig))
		return 0;
	err = add_pending(p, process_wide ? &p->pending : &thread_proc(t)->pending, sig, info);
	if (err)
		return err;
	taker = process_wide ? choose_thread(p, sig) : wants_signal(t, sig) ? t : NULL;
	if (!taker)
		return 0;
	if (is_fatal(p, sig) && !(thread_proc(taker)->blocked & SIGNAL_BIT(sig)))
		signal_begin_exit_locked(p, (u32)sig);
	else
		wake_for_signal(taker, WAKE_SIGNAL);
	return 0;
}

int signal_send_process_locked(struct process *p, int sig, const siginfo_t *info)
{
	struct thread *t = p->leader && p->leader->proc_private ? p->leader : NULL;

	if (!t && !list_empty(&p->threads))
		t = list_first(&p->threads, struct thread, all_link);
	return send(p, t, true, sig, info);
}

int signal_send_process(struct process *p, int sig, const siginfo_t *info)
{
	int err;

	process_table_lock();
	err = signal_send_process_locked(p, sig, info);
	process_table_unlock();
	return err;
}

int signal_send_thread_locked(struct thread *t, int sig, const siginfo_t *info)
{
	if (!t->process || !thread_proc(t))
		return 0;
	return send(t->process, t, false, sig, info);
}

void signal_send_group_locked(struct pid *group, int sig)
{
	struct process *p;

	list_for_each (p, &group->group, group_link)
		signal_send_process_locked(p, sig, NULL);
}

/* ---------------------------------------------------------------- kill(2) */

int signal_permission_locked(const struct process *p, const struct thread *t, int sig)
{
	const struct cred *mine = current_cred(), *its = t->cred;

	assert_process_locked();
	if (sig < 0 || sig > NR_SIGNALS)
		return -EINVAL;
	if (p == current_process() || cred_can(mine, CAP_KILL) || mine->euid == its->suid ||
		mine->euid == its->uid || mine->uid == its->suid || mine->uid == its->uid)
		return 0;
	if (sig == SIGCONT && p->session == current_process()->session)
		return 0;
	return -EPERM;
}

/* t: the thread of p that was named, whose user is asked for. */
static int kill_by_thread(struct process *p, const struct thread *t, int sig, const siginfo_t *info)
{
	int err = signal_permission_locked(p, t, sig);

	if (err || !sig)
		return err;
	return signal_send_process_locked(p, sig, info);
}

static int kill_one(struct process *p, int sig, const siginfo_t *info)
{
	return kill_by_thread(p, p->leader, sig, info);
}

/* Success if one process could be signalled, else the last error; -ESRCH if there is no process. */
static int kill_group(struct pid *group, int sig, const siginfo_t *info)
{
	int err, result = -ESRCH;
	bool success = false;
	struct process *p;

	list_for_each (p, &group->group, group_link) {
		err = kill_one(p, sig, info);
		success |= err == 0;
		result = err;
	}
	return success ? 0 : result;
}

/* kill(-1): all but init and oneself. That one may signal none of them is no error, as on Linux. */
static int kill_all(int sig, const siginfo_t *info)
{
	int err, result = -ESRCH;
	struct process *p;

	for (p = pid_next_process(2); p; p = pid_next_process(p->pid + 1)) {
		if (p == current_process())
			continue;
		err = kill_one(p, sig, info);
		if (err != -EPERM)
			result = err;
		else if (result == -ESRCH)
			result = 0;
	}
	return result;
}

/* A process, or one that a thread is named of. */
static int kill_number(pid_t nr, int sig, const siginfo_t *info)
{
	struct process *p = pid_find_process(nr);
	struct thread *t = p ? p->leader : pid_find_thread(nr);

	return t ? kill_by_thread(p ? p : t->process, t, sig, info) : -ESRCH;
}

int signal_kill(pid_t nr, int sig, const siginfo_t *info)
{
	struct pid *group = NULL;
	int err = -ESRCH;

	if (nr == (pid_t)0x80000000)
		return -ESRCH;
	process_table_lock();
	if (nr == -1)
		err = kill_all(sig, info);
	else if (nr > 0)
		err = kill_number(nr, sig, info);
	else
		group = nr ? pid_find(-nr) : current_process()->group;
	if (group)
		err = kill_group(group, sig, info);
	process_table_unlock();
	return err;
}

int signal_kill_thread(pid_t tgid, pid_t tid, int sig, const siginfo_t *info)
{
	struct thread *t;
	int err = -ESRCH;

	process_table_lock();
	t = pid_find_thread(tid);
	if (t && (tgid <= 0 || t->process->pid == tgid)) {
		err = signal_permission_locked(t->process, t, sig);
		if (!err && sig)
			err = signal_send_thread_locked(t, sig, info);
	}
	process_table_unlock();
	return err;
}

/* ---------------------------------------------------------------- exceptions */

void signal_force_info(int sig, const siginfo_t *info)
{
	struct thread *t = current_thread();
	struct thread_proc *tp = thread_proc(t);
	struct process *p = t->process;
	struct sigaction *action;

	process_table_lock();
	action = sighand_action(p->sighand, sig);
	if ((tp->blocked & SIGNAL_BIT(sig)) || action->sa_handler == SIG_IGN) {
		action->sa_handler = SIG_DFL;
		tp->blocked &= ~SIGNAL_BIT(sig);
	}
	if (action->sa_handler == SIG_DFL) {
		signal_begin_exit_locked(p, (u32)sig); /* init dies too: its code is broken */
	} else {
		add_pending(p, &tp->pending, sig, info);
		thread_set_flag(t, THREAD_SIGPENDING);
	}
	process_table_unlock();
}

void signal_force(int sig, int code, vaddr_t addr)
{
	siginfo_t info;

	siginfo_init(&info, sig, code);
	info.si_addr = (void *)addr;
	signal_force_info(sig, &info);
}

/* ---------------------------------------------------------------- masks */

/* Signals of the process that this thread would have taken and blocks now: another thread is told
 * of them. */
static void hand_over(struct thread *t, u64 newly_blocked)
{
	struct process *p = t->process;
	u64 set = p->pending.set & newly_blocked;

	while (set) {
		int sig = lowest_signal(set);
		struct thread *taker = choose_thread(p, sig);

		if (taker)
			wake_for_signal(taker, WAKE_SIGNAL);
		set &= ~SIGNAL_BIT(sig);
	}
}

void signal_set_mask(u64 mask)
{
	struct thread *t = current_thread();
	struct thread_proc *tp = thread_proc(t);
	u64 old = tp->blocked;

	mask &= ~SIGNALS_UNBLOCKABLE;
	if (mask == old)
		return;
	process_table_lock();
	tp->blocked = mask;
	if (t->process->nr_threads > 1)
		hand_over(t, mask & ~old);
	signal_recalc_locked(t);
	process_table_unlock();
}

void signal_mask_begin(u64 mask)
{
	struct thread_proc *tp = current_proc();

	tp->saved_mask = tp->blocked;
	tp->restore_mask = true;
	signal_set_mask(mask);
}

void signal_mask_end(bool interrupted)
{
	struct thread_proc *tp = current_proc();

	if (!tp->restore_mask || (interrupted && thread_signal_pending()))
		return;
	tp->restore_mask = false;
	signal_set_mask(tp->saved_mask);
}

int signal_mask_begin_user(vaddr_t addr, size_t size)
{
	u64 mask;

	if (!addr)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, addr, sizeof(mask)) != 0)
		return -EFAULT;
	signal_mask_begin(mask);
	return 0;
}
