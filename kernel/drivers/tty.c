/* SPDX-License-Identifier: MIT */
/*
 * Terminals: the queues between driver and line discipline, and the file operations read, write,
 * poll, open and close. Not here: what a byte means (ldisc.c), sessions and process groups
 * (tty_job.c), ioctls (tty_ioctl.c).
 *
 * Input comes in interrupts but may raise signals and wait for locks, so the interrupt only puts
 * bytes into the raw queue; the worker thread feeds them to the line discipline. What the line
 * discipline has no room for stays in the raw queue until somebody reads.
 *
 * Nobody sleeps with tty->lock held: a reader or writer unlocks, waits for its condition, locks,
 * looks again.
 */
#include "drivers/tty.h"
#include <asm/signal.h>
#include <linux/fcntl.h>
#include "drivers/tty_internal.h"
#include "lib/string.h"

#define OUT_MASK (TTY_OUT_SIZE - 1)
#define RAW_MASK (TTY_RAW_SIZE - 1)
/* Writers are woken when the queue is half empty, not for every byte. */
#define OUT_LOW_WATER    (TTY_OUT_SIZE / 2)
#define CLOSE_DRAIN_TIME (5 * NSEC_PER_SEC)

static struct spinlock ttys_lock = SPINLOCK_INIT(ttys_lock, RANK_TTYS);
static struct list all_ttys = LIST_INIT(all_ttys); /* ttys_lock */

/* ------------------------------------------------------------------ output queue */

static struct tty *tty_of(struct ldisc *ld)
{
	return container_of(ld, struct tty, ldisc);
}

static u32 out_room(struct ldisc *ld)
{
	return TTY_OUT_SIZE - tty_out_pending(tty_of(ld));
}

/* => n <= out_room() */
static void out_put(struct ldisc *ld, const u8 *bytes, u32 n)
{
	struct tty *tty = tty_of(ld);
	irqflags_t f = spin_lock_irqsave(&tty->queue_lock);
	u32 at = tty->out_head & OUT_MASK, first = min(n, TTY_OUT_SIZE - at);

	memcpy(tty->out + at, bytes, first);
	memcpy(tty->out, bytes + first, n - first);
	atomic_store(&tty->out_head, tty->out_head + n);
	spin_unlock_irqrestore(&tty->queue_lock, f);
}

/* => queue_lock held */
static void out_consume(struct tty *tty, u32 n)
{
	u32 before = tty_out_pending(tty), after = before - n;

	atomic_store(&tty->out_tail, tty->out_tail + n);
	if ((before > OUT_LOW_WATER && after <= OUT_LOW_WATER) || (before && !after))
		waitq_wake_all(&tty->writers);
}

u32 tty_out_take(struct tty *tty, u8 *bytes, u32 max)
{
	u32 n = min(max, tty_out_pending(tty));
	u32 at = tty->out_tail & OUT_MASK, first = min(n, TTY_OUT_SIZE - at);

	if (tty->out_held || !n)
		return 0;
	memcpy(bytes, tty->out + at, first);
	memcpy(bytes + first, tty->out, n - first);
	out_consume(tty, n);
	return n;
}

void tty_out_kick(struct tty *tty)
{
	bool more = true;

	while (more && tty_out_pending(tty)) {
		irqflags_t f = spin_lock_irqsave(&tty->queue_lock);

		more = !tty->out_held && tty->driver->start(tty);
		spin_unlock_irqrestore(&tty->queue_lock, f);
	}
}

void tty_discard_output(struct tty *tty)
{
	irqflags_t f = spin_lock_irqsave(&tty->queue_lock);

	out_consume(tty, tty_out_pending(tty));
	spin_unlock_irqrestore(&tty->queue_lock, f);
	tty_note(tty, TIOCPKT_FLUSHWRITE);
}

void tty_note(struct tty *tty, u8 event)
{
	if (tty->driver->note)
		tty->driver->note(tty, event);
}

/* ------------------------------------------------------------ what the line discipline asks for */

static void ldisc_discard_output(struct ldisc *ld)
{
	tty_discard_output(tty_of(ld));
}

static void ldisc_signal(struct ldisc *ld, enum ldisc_signal sig)
{
	static const int numbers[] = {
		[LDISC_INTR] = SIGINT, [LDISC_QUIT] = SIGQUIT, [LDISC_SUSP] = SIGTSTP
	};

	tty_signal_foreground(tty_of(ld), numbers[sig]);
}

/* The caller of the line discipline kicks the output afterwards. */
static void ldisc_hold_output(struct ldisc *ld, bool hold)
{
	struct tty *tty = tty_of(ld);
	irqflags_t f = spin_lock_irqsave(&tty->queue_lock);

	tty->out_held = hold;
	spin_unlock_irqrestore(&tty->queue_lock, f);
	tty_note(tty, hold ? TIOCPKT_STOP : TIOCPKT_START);
}

static const struct ldisc_ops tty_ldisc_ops = {
	.room = out_room,
	.output = out_put,
	.discard_output = ldisc_discard_output,
	.signal = ldisc_signal,
	.hold_output = ldisc_hold_output,
};

/* ------------------------------------------------------------------ input */

static u32 raw_used(const struct tty *tty)
{
	return atomic_load_relaxed(&tty->raw_head) - atomic_load_relaxed(&tty->raw_tail);
}

u32 tty_receive_room(const struct tty *tty)
{
	return TTY_RAW_SIZE - raw_used(tty);
}

static void raw_put(struct tty *tty, struct tty_raw_byte b)
{
	if (raw_used(tty) == TTY_RAW_SIZE)
		return;
	tty->raw[tty->raw_head & RAW_MASK] = b;
	atomic_store(&tty->raw_head, tty->raw_head + 1);
}

void tty_receive(struct tty *tty, const u8 *bytes, size_t n)
{
	irqflags_t f = spin_lock_irqsave(&tty->queue_lock);

	while (n--)
		raw_put(tty, (struct tty_raw_byte){ .c = *bytes++ });
	spin_unlock_irqrestore(&tty->queue_lock, f);
	work_queue(&tty->input_work);
}

void tty_receive_break(struct tty *tty)
{
	irqflags_t f = spin_lock_irqsave(&tty->queue_lock);

	raw_put(tty, (struct tty_raw_byte){ .is_break = true });
	spin_unlock_irqrestore(&tty->queue_lock, f);
	work_queue(&tty->input_work);
}

/* Only the worker takes bytes out, so what was seen stays. False: the line discipline is full. =>
 * tty->lock held */
static bool input_one(struct tty *tty)
{
	struct tty_raw_byte b = tty->raw[tty->raw_tail & RAW_MASK];

	if (b.is_break)
		ldisc_input_break(&tty->ldisc);
	else if (!tty->hung_up && !ldisc_input(&tty->ldisc, b.c))
		return false;
	atomic_store(&tty->raw_tail, tty->raw_tail + 1);
	return true;
}

static void input_worker(struct work *w)
{
	struct tty *tty = container_of(w, struct tty, input_work);
	bool any = false;

	mutex_lock(&tty->lock);
	while (raw_used(tty) && input_one(tty))
		any = true;
	mutex_unlock(&tty->lock);
	tty_out_kick(tty);
	if (ldisc_readable(&tty->ldisc, 1))
		waitq_wake_all(&tty->readers);
	if (any && tty->driver->resume_input)
		tty->driver->resume_input(tty);
}

void tty_input_resume(struct tty *tty)
{
	if (raw_used(tty))
		work_queue(&tty->input_work);
}

/* ------------------------------------------------------------------ read */

/* How long a read waits and for how much: termios(3), "Canonical and noncanonical mode". */
struct read_goal {
	size_t min; /* bytes that satisfy it; 0: whatever comes first */
	/* 0: for ever; otherwise the time for the first byte (min 0) or between bytes */
	nsec_t patience;
	bool canonical;
	bool no_wait; /* MIN 0, TIME 0 */
};

static struct read_goal read_goal(const struct tty *tty, size_t len)
{
	const cc_t *cc = tty->ldisc.termios.c_cc;
	struct read_goal goal = { .canonical = ldisc_is_canonical(&tty->ldisc) };

	if (goal.canonical)
		return goal;
	goal.min = min((size_t)cc[VMIN], len);
	goal.patience = cc[VTIME] * (NSEC_PER_SEC / 10);
	goal.no_wait = !cc[VMIN] && !cc[VTIME];
	return goal;
}

static bool read_satisfied(const struct read_goal *g, size_t done, bool line_done)
{
	if (g->canonical)
		return done || line_done;
	return g->no_wait || (g->min ? done >= g->min : done > 0);
}

/* => tty->lock held; returns with it held. 0: look again; -ERESTARTSYS, -ETIMEDOUT */
static int read_wait(struct tty *tty, nsec_t deadline)
{
	int err;

	mutex_unlock(&tty->lock);
	tty_input_resume(tty);
	err = wait_event_until(&tty->readers,
		ldisc_readable(&tty->ldisc, 1) || atomic_load_relaxed(&tty->hung_up), deadline);
	mutex_lock(&tty->lock);
	return err;
}

static ssize_t read_locked(struct tty *tty, u8 *buf, size_t len, bool nonblock)
{
	nsec_t deadline = NSEC_NEVER;
	size_t done = 0, n;
	bool line_done, first = true;
	int err = tty_check_background(tty, SIGTTIN);

	while (!err && !tty->hung_up) {
		struct read_goal goal = read_goal(tty, len); /* the settings may have changed */

		n = ldisc_read(&tty->ldisc, buf + done, len - done, &line_done);
		done += n;
		if (read_satisfied(&goal, done, line_done))
			return (ssize_t)done;
		if (nonblock) {
			err = -EAGAIN;
			break;
		}
		if (goal.patience && (goal.min ? n > 0 : first))
			deadline = clock_now() + goal.patience;
		first = false;
		err = read_wait(tty, deadline);
	}
	return done || err == -ETIMEDOUT ? (ssize_t)done : err;
}

ssize_t tty_read(struct tty *tty, void *buf, size_t len, bool nonblock)
{
	ssize_t n;

	if (!len)
		return 0;
	mutex_lock(&tty->lock);
	n = read_locked(tty, buf, len, nonblock);
	mutex_unlock(&tty->lock);
	tty_input_resume(tty);
	tty_out_kick(tty); /* IXOFF: the START character */
	return n;
}

/* ------------------------------------------------------------------ write */

static bool out_has_room(struct tty *tty)
{
	return tty_out_pending(tty) <= OUT_LOW_WATER;
}

/* Bytes that went into the queue, or -errno. */
static ssize_t write_some(struct tty *tty, const u8 *bytes, size_t len)
{
	ssize_t n;

	mutex_lock(&tty->lock);
	if (tty->hung_up)
		n = -EIO;
	else
		n = tty->ldisc.termios.c_lflag & TOSTOP ? tty_check_background(tty, SIGTTOU) : 0;
	if (!n)
		n = (ssize_t)ldisc_write(&tty->ldisc, bytes, len);
	mutex_unlock(&tty->lock);
	tty_out_kick(tty);
	return n;
}

static ssize_t write_all(struct tty *tty, const u8 *bytes, size_t len, bool nonblock)
{
	size_t done = 0;
	ssize_t n;

	for (;;) {
		n = write_some(tty, bytes + done, len - done);
		if (n < 0)
			break;
		done += (size_t)n;
		if (done == len)
			break;
		if (n || out_has_room(tty))
			continue;
		n = nonblock ? -EAGAIN
			     : wait_event_interruptible(&tty->writers,
				       out_has_room(tty) || atomic_load_relaxed(&tty->hung_up));
		if (!n && thread_signal_pending())
			n = -ERESTARTSYS; /* room came by the flush that goes with the signal */
		if (n < 0)
			break;
	}
	return done ? (ssize_t)done : n;
}

ssize_t tty_write(struct tty *tty, const void *buf, size_t len, bool nonblock)
{
	ssize_t n;

	if (!len)
		return 0;
	if (nonblock) {
		if (!mutex_trylock(&tty->write_lock))
			return -EAGAIN;
	} else {
		n = mutex_lock_interruptible(&tty->write_lock);
		if (n < 0)
			return n;
	}
	n = write_all(tty, buf, len, nonblock);
	mutex_unlock(&tty->write_lock);
	return n;
}

int tty_drain(struct tty *tty, nsec_t deadline)
{
	int err;

	if (tty->driver->sends_at_once)
		return 0;
	err = wait_event_until(&tty->writers,
		!tty_out_pending(tty) || atomic_load_relaxed(&tty->hung_up), deadline);
	/* The queue is empty; the device has a few bytes left, for which no interrupt is asked. */
	while (!err && tty->driver->is_idle && !tty->driver->is_idle(tty)) {
		if (clock_now() >= deadline)
			return -ETIMEDOUT;
		err = wait_event_until(&tty->writers, false, clock_now() + NSEC_PER_MSEC);
		if (err == -ETIMEDOUT)
			err = 0;
	}
	return err;
}

void tty_drain_all(nsec_t timeout)
{
	nsec_t deadline = clock_now() + timeout;
	struct tty *tty = NULL;

	while ((tty = tty_next(tty))) {
		if (tty->driver->sends_at_once)
			continue;
		tty_out_kick(tty);
		wait_event_timeout(&tty->writers, !tty_out_pending(tty) || tty->out_held, deadline);
		while (tty->driver->is_idle && !tty->driver->is_idle(tty) && clock_now() < deadline)
			cpu_relax();
	}
}

/* ------------------------------------------------------------------ poll, open, close */

u32 tty_poll(struct tty *tty, struct poll_table *pt)
{
	const cc_t *cc = tty->ldisc.termios.c_cc;
	u32 min_bytes = cc[VMIN] && !cc[VTIME] ? cc[VMIN] : 1;
	u32 events = 0;

	poll_wait(pt, &tty->readers);
	poll_wait(pt, &tty->writers);
	if (atomic_load_relaxed(&tty->hung_up))
		return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLHUP | POLLERR;
	if (ldisc_readable(&tty->ldisc, min_bytes))
		events |= POLLIN | POLLRDNORM;
	if (out_has_room(tty))
		events |= POLLOUT | POLLWRNORM;
	return events;
}

int tty_open(struct tty *tty, u32 o_flags)
{
	int err = 0;

	mutex_lock(&tty->lock);
	if (tty->driver->may_open)
		err = tty->driver->may_open(tty);
	if (!err && tty->exclusive && !tty_current_is_admin())
		err = -EBUSY;
	if (!err) {
		tty_get(tty);
		tty->hung_up = false;
		if (!tty->nr_open++ && tty->driver->opened)
			tty->driver->opened(tty);
		if (!(o_flags & O_NOCTTY) && (o_flags & O_ACCMODE) != O_WRONLY &&
			!tty->never_controls)
			tty_take_control_on_open(tty);
	}
	mutex_unlock(&tty->lock);
	return err;
}

void tty_close(struct tty *tty)
{
	bool last;

	mutex_lock(&tty->lock);
	last = tty->nr_open == 1;
	mutex_unlock(&tty->lock);
	if (last && !tty->out_held && !tty->driver->sends_at_once)
		wait_event_timeout(
			&tty->writers, !tty_out_pending(tty), clock_now() + CLOSE_DRAIN_TIME);
	mutex_lock(&tty->lock);
	if (!--tty->nr_open) {
		tty->exclusive = false;
		if (tty->driver->closed)
			tty->driver->closed(tty);
	}
	mutex_unlock(&tty->lock);
	tty_put(tty);
}

/* ------------------------------------------------------------------ all terminals */

void tty_register(struct tty *tty)
{
	mutex_init_named(&tty->lock, RANK_TTY, tty->name);
	mutex_init_named(&tty->write_lock, RANK_TTY_WRITE, tty->name);
	spin_init_named(&tty->queue_lock, RANK_TTY_QUEUE, tty->name);
	waitq_init(&tty->readers);
	waitq_init(&tty->writers);
	work_init(&tty->input_work, input_worker);
	ldisc_init(&tty->ldisc, &tty_ldisc_ops);
	atomic_set(&tty->refs, 1);
	spin_lock(&ttys_lock);
	list_append(&all_ttys, &tty->link);
	spin_unlock(&ttys_lock);
}

void tty_get(struct tty *tty)
{
	atomic_inc(&tty->refs);
}

/* The worker takes its works in order: whatever was still queued for this terminal is done when
 * this one comes. */
static void free_worker(struct work *w)
{
	struct tty *tty = container_of(w, struct tty, free_work);

	tty->driver->free(tty);
}

void tty_put(struct tty *tty)
{
	bool last;

	spin_lock(&ttys_lock);
	last = atomic_dec_and_test(&tty->refs);
	if (last)
		list_remove(&tty->link);
	spin_unlock(&ttys_lock);
	if (!last)
		return;
	work_init(&tty->free_work, free_worker);
	work_queue(&tty->free_work);
}

struct tty *tty_next(struct tty *prev)
{
	struct list *next;
	struct tty *tty = NULL;

	spin_lock(&ttys_lock);
	next = prev ? prev->link.next : all_ttys.next;
	if (next != &all_ttys) {
		tty = list_entry(next, struct tty, link);
		tty_get(tty);
	}
	spin_unlock(&ttys_lock);
	if (prev)
		tty_put(prev);
	return tty;
}

struct tty *tty_of_session(pid_t session)
{
	struct tty *tty, *found = NULL;

	if (!session)
		return NULL;
	spin_lock(&ttys_lock);
	list_for_each (tty, &all_ttys, link)
		if (atomic_load_relaxed(&tty->session) == session) {
			tty_get(tty);
			found = tty;
			break;
		}
	spin_unlock(&ttys_lock);
	return found;
}
