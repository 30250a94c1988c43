/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-terminals. The slave is a struct tty like any other; this file is its driver, and the
 * other end of its wire.
 *
 *	master write --tty_receive--> raw queue --worker--> ldisc --> slave read
 *	master read <--tty_out_take-- output queue <-- ldisc <------- slave write
 *
 * Life: references are the terminal's (tty->refs): the master, the node in devpts, each open slave.
 * The number is free when the last of them is gone, so that a number never means two terminals at a
 * time.
 *
 * Locks: tty->lock for `locked`, and for the slave's opens against the master's close. The rest is
 * atomic: flags that one side sets and the other looks at after it has queued itself.
 */
#include "drivers/pty.h"
#include <linux/fcntl.h>
#include "arch/user.h"
#include "drivers/tty_internal.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/slab.h"

struct pty {
	struct tty slave;
	bool locked;       /* slave.lock: it cannot be opened yet */
	bool master_open;  /* atomic, changes under slave.lock */
	bool slave_closed; /* atomic: it was open and is not now */
	bool packet_mode;  /* atomic: TIOCPKT */
	u8 events; /* slave.queue_lock to change: TIOCPKT_* that the master has not read yet */
	struct mutex input;            /* RANK_TTY_WRITE: one write to the master at a time */
	struct waitq readers, writers; /* of the master */
};

static struct mutex numbers_lock = MUTEX_INIT(numbers_lock, RANK_TTY);
static bool number_taken[PTY_MAX]; /* numbers_lock */

static struct pty *pty_of(struct tty *tty)
{
	return container_of(tty, struct pty, slave);
}

/* ------------------------------------------------------------------ the slave's driver */

static bool start(struct tty *tty)
{
	waitq_wake_all(&pty_of(tty)->readers);
	return false;
}

static void resume_input(struct tty *tty)
{
	waitq_wake_all(&pty_of(tty)->writers);
}

static int may_open(struct tty *tty)
{
	struct pty *pty = pty_of(tty);

	return pty->locked || !pty->master_open ? -EIO : 0;
}

static void opened(struct tty *tty)
{
	atomic_store(&pty_of(tty)->slave_closed, false);
}

static void closed(struct tty *tty)
{
	struct pty *pty = pty_of(tty);

	atomic_store(&pty->slave_closed, true);
	waitq_wake_all(&pty->readers);
}

/* Of each pair (stop and start, ...) only the last counts. */
static void note(struct tty *tty, u8 event)
{
	static const u8 pairs[] = { TIOCPKT_STOP | TIOCPKT_START, TIOCPKT_NOSTOP | TIOCPKT_DOSTOP };
	struct pty *pty = pty_of(tty);
	irqflags_t f;
	u8 events;

	if (!atomic_load(&pty->packet_mode))
		return;
	f = spin_lock_irqsave(&tty->queue_lock);
	events = pty->events | event;
	for (u32 i = 0; i < ARRAY_SIZE(pairs); i++)
		if (event & pairs[i])
			events &= ~pairs[i] | event;
	atomic_store(&pty->events, events);
	spin_unlock_irqrestore(&tty->queue_lock, f);
	waitq_wake_all(&pty->readers);
}

static void free_pty(struct tty *tty)
{
	struct pty *pty = pty_of(tty);

	mutex_lock(&numbers_lock);
	number_taken[tty->minor] = false;
	mutex_unlock(&numbers_lock);
	kfree(pty);
}

static const struct tty_driver driver = {
	.sends_at_once = true,
	.start = start,
	.resume_input = resume_input,
	.may_open = may_open,
	.opened = opened,
	.closed = closed,
	.note = note,
	.free = free_pty,
};

/* ------------------------------------------------------------------ life */

static int take_number(void)
{
	int nr = 0;

	mutex_lock(&numbers_lock);
	while (nr < PTY_MAX && number_taken[nr])
		nr++;
	if (nr < PTY_MAX)
		number_taken[nr] = true;
	mutex_unlock(&numbers_lock);
	return nr < PTY_MAX ? nr : -ENOSPC;
}

struct pty *pty_create(void)
{
	struct pty *pty = kzalloc(sizeof(*pty));
	int nr = pty ? take_number() : -ENOMEM;

	if (nr < 0) {
		kfree(pty);
		return ERR_PTR(nr);
	}
	pty->locked = pty->master_open = true;
	mutex_init_named(&pty->input, RANK_TTY_WRITE, "pty");
	waitq_init(&pty->readers);
	waitq_init(&pty->writers);
	pty->slave.name = "pts";
	pty->slave.major = PTY_MAJOR;
	pty->slave.minor = (u32)nr;
	pty->slave.driver = &driver;
	tty_register(&pty->slave);
	pty->slave.ldisc.termios.c_iflag &= ~(u32)IMAXBEL; /* nothing rings and no modem hangs up */
	pty->slave.ldisc.termios.c_cflag &= ~(u32)HUPCL;
	return pty;
}

void pty_get(struct pty *pty)
{
	tty_get(&pty->slave);
}

void pty_put(struct pty *pty)
{
	tty_put(&pty->slave);
}

u32 pty_number(const struct pty *pty)
{
	return pty->slave.minor;
}

struct tty *pty_slave(struct pty *pty)
{
	return &pty->slave;
}

bool pty_is_alive(const struct pty *pty)
{
	return atomic_load(&pty->master_open);
}

void pty_master_close(struct pty *pty)
{
	mutex_lock(&pty->slave.lock);
	atomic_store(&pty->master_open, false);
	mutex_unlock(&pty->slave.lock);
	tty_hangup(&pty->slave);
	pty_put(pty);
}

/* ------------------------------------------------------------------ reading the master */

static bool has_output(struct pty *pty)
{
	return tty_out_pending(&pty->slave) && !atomic_load_relaxed(&pty->slave.out_held);
}

static bool is_readable(struct pty *pty)
{
	return has_output(pty) || atomic_load(&pty->slave_closed) || atomic_load(&pty->events);
}

static u32 take_output(struct pty *pty, u8 *buf, size_t len)
{
	irqflags_t f = spin_lock_irqsave(&pty->slave.queue_lock);
	u32 n = tty_out_take(&pty->slave, buf, (u32)min(len, (size_t)TTY_OUT_SIZE));

	spin_unlock_irqrestore(&pty->slave.queue_lock, f);
	return n;
}

static u8 take_events(struct pty *pty)
{
	irqflags_t f = spin_lock_irqsave(&pty->slave.queue_lock);
	u8 events = pty->events;

	atomic_store(&pty->events, 0);
	spin_unlock_irqrestore(&pty->slave.queue_lock, f);
	return events;
}

/* What there is now; 0: nothing. In packet mode the first byte says what follows, or what
 * happened; who has no room for more gets it alone. */
static size_t read_some(struct pty *pty, u8 *buf, size_t len)
{
	size_t header = atomic_load(&pty->packet_mode), n;

	if (header) {
		buf[0] = take_events(pty);
		if (buf[0])
			return 1;
		if (len == header)
			return has_output(pty) ? header : 0;
	}
	n = take_output(pty, buf + header, len - header);
	return n ? n + header : 0;
}

ssize_t pty_master_read(struct pty *pty, u8 *buf, size_t len, bool nonblock)
{
	bool was_closed;
	size_t n;
	int err;

	if (!len)
		return 0;
	for (;;) {
		/* before the look: nothing is written after it */
		was_closed = atomic_load(&pty->slave_closed);
		n = read_some(pty, buf, len);
		if (n)
			return (ssize_t)n;
		if (was_closed)
			return -EIO;
		if (nonblock)
			return -EAGAIN;
		err = wait_event_interruptible(&pty->readers, is_readable(pty));
		if (err)
			return err;
	}
}

/* ------------------------------------------------------------------ writing the master */

static ssize_t write_all(struct pty *pty, const u8 *buf, size_t len, bool nonblock)
{
	struct tty *slave = &pty->slave;
	size_t done = 0, n;
	int err = 0;

	while (done < len) {
		n = min(len - done, (size_t)tty_receive_room(slave));
		tty_receive(slave, buf + done, n);
		done += n;
		if (n)
			continue;
		err = nonblock ? -EAGAIN
			       : wait_event_interruptible(&pty->writers, tty_receive_room(slave));
		if (err)
			break;
	}
	return done ? (ssize_t)done : err;
}

ssize_t pty_master_write(struct pty *pty, const u8 *buf, size_t len, bool nonblock)
{
	ssize_t n;

	if (nonblock) {
		if (!mutex_trylock(&pty->input))
			return -EAGAIN;
	} else {
		n = mutex_lock_interruptible(&pty->input);
		if (n < 0)
			return n;
	}
	n = write_all(pty, buf, len, nonblock);
	mutex_unlock(&pty->input);
	return n;
}

/* ------------------------------------------------------------------ the rest */

u32 pty_master_poll(struct pty *pty, struct poll_table *pt)
{
	u32 events = 0;

	poll_wait(pt, &pty->readers);
	poll_wait(pt, &pty->writers);
	if (atomic_load(&pty->slave_closed))
		events |= POLLHUP;
	if (has_output(pty))
		events |= POLLIN | POLLRDNORM;
	if (atomic_load(&pty->events))
		events |= POLLIN | POLLRDNORM | POLLPRI;
	if (tty_receive_room(&pty->slave))
		events |= POLLOUT | POLLWRNORM;
	return events;
}

static s64 put_int(vaddr_t arg, u32 v)
{
	return copy_to_user(arg, &v, sizeof(v));
}

static s64 set_locked(struct pty *pty, vaddr_t arg)
{
	u32 v;

	if (copy_from_user(&v, arg, sizeof(v)))
		return -EFAULT;
	mutex_lock(&pty->slave.lock);
	pty->locked = v != 0;
	mutex_unlock(&pty->slave.lock);
	return 0;
}

static s64 set_packet_mode(struct pty *pty, vaddr_t arg)
{
	u32 v;

	if (copy_from_user(&v, arg, sizeof(v)))
		return -EFAULT;
	atomic_store(&pty->packet_mode, v != 0);
	if (!v)
		take_events(pty);
	return 0;
}

/* TIOCSIG: as if the key had been typed; only for those that keys make. */
static s64 send_signal(struct pty *pty, u64 sig)
{
	if (sig < 1 || sig > 64)
		return -EINVAL;
	mutex_lock(&pty->slave.lock);
	tty_signal_foreground(&pty->slave, (int)sig);
	mutex_unlock(&pty->slave.lock);
	return 0;
}

/* The master's input is the slave's output. */
static s64 flush_queues(struct pty *pty, u64 arg)
{
	if (arg > TCIOFLUSH)
		return -EINVAL;
	if (arg != TCOFLUSH)
		tty_discard_output(&pty->slave);
	if (arg == TCIFLUSH)
		return 0;
	mutex_lock(&pty->slave.lock);
	ldisc_flush_input(&pty->slave.ldisc);
	mutex_unlock(&pty->slave.lock);
	tty_input_resume(&pty->slave);
	return 0;
}

/* Settings and window size are those of the slave, whichever end is asked. */
s64 pty_master_ioctl(struct pty *pty, u32 cmd, u64 arg)
{
	switch (cmd) {
	case TIOCGPTN:
		return put_int(arg, pty_number(pty));
	case TIOCSPTLCK:
		return set_locked(pty, arg);
	case TIOCGPTLCK:
		return put_int(arg, atomic_load_relaxed(&pty->locked));
	case TIOCPKT:
		return set_packet_mode(pty, arg);
	case TIOCGPKT:
		return put_int(arg, atomic_load(&pty->packet_mode));
	case TIOCSIG:
		return send_signal(pty, arg);
	case TIOCGPGRP:
		return put_int(arg, (u32)atomic_load_relaxed(&pty->slave.pgrp));
	case TIOCGSID:
		if (!atomic_load_relaxed(&pty->slave.session))
			return -ENOTTY;
		return put_int(arg, (u32)atomic_load_relaxed(&pty->slave.session));
	case FIONREAD:
		return put_int(arg, tty_out_pending(&pty->slave));
	case TIOCOUTQ:
		return put_int(arg, 0);
	case TCFLSH:
		return flush_queues(pty, arg);
	case TIOCSCTTY: /* a master controls nobody */
	case TIOCSTI:
		return -EPERM;
	}
	return tty_ioctl(&pty->slave, cmd, arg);
}
