/* SPDX-License-Identifier: MIT */
/*
 * Terminals and job control: the session whose controlling terminal this is, the process group in
 * its foreground, and the signals that follow (credentials(7), "Sessions"; termios(3);
 * ioctl_tty(2); POSIX 11.1). Processes are numbers here.
 *
 * A process has no pointer to its terminal: its controlling terminal is the one that names its
 * session.
 */
#include <asm/signal.h>
#include "arch/user.h"
#include "drivers/tty_internal.h"

static const struct tty_proc_ops *proc;

void tty_set_proc_ops(const struct tty_proc_ops *ops)
{
	proc = ops;
}

bool tty_current_is_admin(void)
{
	return !proc || proc->current_is_admin();
}

struct tty *tty_current(void)
{
	return proc ? tty_of_session(proc->current_session()) : NULL;
}

pid_t tty_foreground(pid_t session)
{
	struct tty *tty = tty_of_session(session);
	pid_t pgrp;

	if (!tty)
		return -1;
	pgrp = atomic_load_relaxed(&tty->pgrp);
	tty_put(tty);
	return pgrp;
}

bool tty_is_controlling(const struct tty *tty)
{
	return proc && tty->session && tty->session == proc->current_session();
}

void tty_signal_foreground(struct tty *tty, int sig)
{
	if (proc && tty->pgrp)
		proc->signal_pgrp(tty->pgrp, tty->session, sig);
}

int tty_check_background(struct tty *tty, int sig)
{
	if (!tty_is_controlling(tty) || !tty->pgrp || proc->current_pgrp() == tty->pgrp)
		return 0;
	if (proc->current_ignores(sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (proc->current_pgrp_is_orphaned())
		return -EIO;
	proc->signal_pgrp(proc->current_pgrp(), proc->current_session(), sig);
	return -ERESTARTSYS;
}

static void take_control(struct tty *tty)
{
	atomic_store(&tty->session, proc->current_session());
	atomic_store(&tty->pgrp, proc->current_pgrp());
}

static bool has_terminal(void)
{
	struct tty *tty = tty_current();

	if (tty)
		tty_put(tty);
	return tty;
}

void tty_take_control_on_open(struct tty *tty)
{
	if (proc && !tty->session && proc->current_is_session_leader() && !has_terminal())
		take_control(tty);
}

static void give_up_control(struct tty *tty)
{
	atomic_store(&tty->session, 0);
	atomic_store(&tty->pgrp, 0);
}

static void hang_up_foreground(struct tty *tty)
{
	tty_signal_foreground(tty, SIGHUP);
	tty_signal_foreground(tty, SIGCONT);
	give_up_control(tty);
}

void tty_session_ends(pid_t session)
{
	struct tty *tty = tty_of_session(session);

	if (!tty)
		return;
	mutex_lock(&tty->lock);
	if (tty->session == session)
		hang_up_foreground(tty);
	mutex_unlock(&tty->lock);
	tty_put(tty);
}

void tty_hangup(struct tty *tty)
{
	mutex_lock(&tty->lock);
	atomic_store(&tty->hung_up, true);
	ldisc_flush_input(&tty->ldisc);
	if (proc && tty->session) {
		proc->signal_session_leader(tty->session, SIGHUP);
		proc->signal_session_leader(tty->session, SIGCONT);
		proc->leave_foreground(tty->session, tty->pgrp);
	}
	give_up_control(tty);
	mutex_unlock(&tty->lock);
	waitq_wake_all(&tty->readers);
	waitq_wake_all(&tty->writers);
}

/* ------------------------------------------------------------------ ioctls */

/* TIOCSCTTY: with arg 1, CAP_SYS_ADMIN may take it away from another session. */
static s64 set_controlling(struct tty *tty, u64 arg)
{
	if (!proc || !proc->current_is_session_leader())
		return -EPERM;
	if (tty->session == proc->current_session())
		return 0;
	if (has_terminal() || (tty->session && !(arg == 1 && proc->current_is_admin())))
		return -EPERM;
	take_control(tty);
	return 0;
}

/* TIOCNOTTY. A process that leads no session cannot leave its terminal alone: it belongs to the
 * session. */
static s64 drop_controlling(struct tty *tty)
{
	if (!tty_is_controlling(tty))
		return -ENOTTY;
	if (proc->current_is_session_leader())
		hang_up_foreground(tty);
	return 0;
}

static s64 set_foreground(struct tty *tty, vaddr_t arg)
{
	pid_t pgrp;
	s64 err = tty_check_background(tty, SIGTTOU);

	if (err)
		return err == -EIO ? -ENOTTY : err;
	if (copy_from_user(&pgrp, arg, sizeof(pgrp)))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	if (!tty_is_controlling(tty))
		return -ENOTTY;
	err = proc->pgrp_check_session(pgrp, tty->session);
	if (!err)
		atomic_store(&tty->pgrp, pgrp);
	return err;
}

static s64 get_pid(struct tty *tty, vaddr_t arg, pid_t pid)
{
	if (!tty_is_controlling(tty))
		return -ENOTTY;
	return copy_to_user(arg, &pid, sizeof(pid));
}

s64 tty_job_ioctl(struct tty *tty, u32 cmd, u64 arg)
{
	switch (cmd) {
	case TIOCSCTTY:
		return set_controlling(tty, arg);
	case TIOCNOTTY:
		return drop_controlling(tty);
	case TIOCGPGRP:
		return get_pid(tty, arg, tty->pgrp);
	case TIOCGSID:
		return get_pid(tty, arg, tty->session);
	case TIOCSPGRP:
		return set_foreground(tty, arg);
	}
	return -ENOIOCTL;
}
