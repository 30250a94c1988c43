/* SPDX-License-Identifier: MIT */
/* ioctl_tty(2): settings, window size, queues, flow. Those of job control are in tty_job.c. */
#include <asm/signal.h>
#include "arch/user.h"
#include "drivers/tty_internal.h"
#include "lib/string.h"

/* User memory may be touched under tty->lock (rank 8 < RANK_MM). */

/* ------------------------------------------------------------------ line speed */

/* clang-format off */
static const u32 speeds[] = { 0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400 };
/* clang-format on */
/* clang-format off */
static const u32 speeds_extended[] = { 0, 57600, 115200, 230400, 460800, 500000, 576000, 921600,
	1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000 };
/* clang-format on */

/* c_cflag names a speed by number, or says (BOTHER) that c_ospeed has it in bits per second. */
static void normalise_speed(struct ktermios *t)
{
	u32 code = t->c_cflag & CBAUD;

	if (code == BOTHER)
		return;
	t->c_ospeed = code & CBAUDEX ? speeds_extended[code & 15] : speeds[code & 15];
	t->c_ispeed = t->c_ospeed;
}

/* ----------------------------------------------------------------- TCGETS, TCSETS and their kin */

enum form {
	FORM_TERMIOS,
	FORM_TERMIOS2,
	FORM_TERMIO
};

/* clang-format off */
static const struct {
	u32 cmd;
	enum form form;
	bool drain, flush;
} setters[] = {
	{ TCSETS, FORM_TERMIOS, false, false },    { TCSETSW, FORM_TERMIOS, true, false },
	{ TCSETSF, FORM_TERMIOS, true, true },     { TCSETS2, FORM_TERMIOS2, false, false },
	{ TCSETSW2, FORM_TERMIOS2, true, false },  { TCSETSF2, FORM_TERMIOS2, true, true },
	{ TCSETA, FORM_TERMIO, false, false },     { TCSETAW, FORM_TERMIO, true, false },
	{ TCSETAF, FORM_TERMIO, true, true },
};
/* clang-format on */

static int copy_in_termio(struct ktermios *t, vaddr_t arg)
{
	struct termio old;

	if (copy_from_user(&old, arg, sizeof(old)))
		return -EFAULT;
	t->c_iflag = (t->c_iflag & 0xffff0000) | old.c_iflag;
	t->c_oflag = (t->c_oflag & 0xffff0000) | old.c_oflag;
	t->c_cflag = (t->c_cflag & 0xffff0000) | old.c_cflag;
	t->c_lflag = (t->c_lflag & 0xffff0000) | old.c_lflag;
	t->c_line = old.c_line;
	memcpy(t->c_cc, old.c_cc, NCC);
	return 0;
}

static s64 copy_out_termio(const struct ktermios *t, vaddr_t arg)
{
	struct termio old = {
		.c_iflag = (u16)t->c_iflag,
		.c_oflag = (u16)t->c_oflag,
		.c_cflag = (u16)t->c_cflag,
		.c_lflag = (u16)t->c_lflag,
		.c_line = t->c_line,
	};

	memcpy(old.c_cc, t->c_cc, NCC);
	return copy_to_user(arg, &old, sizeof(old));
}

/* struct termios is the beginning of ktermios, struct termios2 all of it. */
_Static_assert(sizeof(struct termios2) == sizeof(struct ktermios), "layout of termios2");

static int copy_in_termios(struct ktermios *t, vaddr_t arg, enum form form)
{
	if (form == FORM_TERMIO)
		return copy_in_termio(t, arg);
	return copy_from_user(
		t, arg, form == FORM_TERMIOS ? sizeof(struct termios) : sizeof(struct termios2));
}

/* Do ^S and ^Q stop and start the output? Somebody at the other end of a wire may do it for us. */
static bool stops_by_usual_keys(const struct ktermios *t)
{
	return (t->c_iflag & IXON) && t->c_cc[VSTOP] == ('S' & 31) && t->c_cc[VSTART] == ('Q' & 31);
}

/* => tty->lock held */
static void change_termios(struct tty *tty, const struct ktermios *t)
{
	bool before = stops_by_usual_keys(&tty->ldisc.termios), after = stops_by_usual_keys(t);

	ldisc_set_termios(&tty->ldisc, t);
	if (tty->driver->configure)
		tty->driver->configure(tty);
	if (before != after)
		tty_note(tty, after ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP);
}

static s64 set_termios(struct tty *tty, vaddr_t arg, u32 which)
{
	struct ktermios t;
	s64 err;

	mutex_lock(&tty->lock);
	err = tty_check_background(tty, SIGTTOU);
	t = tty->ldisc.termios;
	mutex_unlock(&tty->lock);
	if (!err)
		err = copy_in_termios(&t, arg, setters[which].form);
	if (!err && setters[which].drain)
		err = tty_drain(tty, NSEC_NEVER);
	if (err)
		return err;
	t.c_line = 0;
	normalise_speed(&t);
	mutex_lock(&tty->lock);
	if (setters[which].flush)
		ldisc_flush_input(&tty->ldisc);
	change_termios(tty, &t);
	mutex_unlock(&tty->lock);
	tty_out_kick(tty);
	waitq_wake_all(&tty->readers); /* what can be read may be another thing now */
	return 0;
}

/* ------------------------------------------------------------------ small ones */

void tty_set_winsize(struct tty *tty, const struct winsize *ws)
{
	mutex_lock(&tty->lock);
	if (memcmp(&tty->winsize, ws, sizeof(*ws))) {
		tty->winsize = *ws;
		if (tty->driver->configure)
			tty->driver->configure(tty);
		tty_signal_foreground(tty, SIGWINCH);
	}
	mutex_unlock(&tty->lock);
}

static s64 set_winsize(struct tty *tty, vaddr_t arg)
{
	struct winsize ws;

	if (copy_from_user(&ws, arg, sizeof(ws)))
		return -EFAULT;
	tty_set_winsize(tty, &ws);
	return 0;
}

static s64 flush_queues(struct tty *tty, u64 arg)
{
	s64 err;

	if (arg > TCIOFLUSH)
		return -EINVAL;
	mutex_lock(&tty->lock);
	err = tty_check_background(tty, SIGTTOU);
	if (!err && arg != TCOFLUSH) {
		ldisc_flush_input(&tty->ldisc);
		tty_note(tty, TIOCPKT_FLUSHREAD);
	}
	if (!err && arg != TCIFLUSH)
		tty_discard_output(tty);
	mutex_unlock(&tty->lock);
	tty_input_resume(tty);
	return err;
}

/* TCSBRK: arg 0 sends a BREAK, others only wait; TCSBRKP: tenths of a second. */
static s64 drain_and_break(struct tty *tty, bool send, nsec_t duration)
{
	s64 err;

	mutex_lock(&tty->lock);
	err = tty_check_background(tty, SIGTTOU);
	mutex_unlock(&tty->lock);
	if (!err)
		err = tty_drain(tty, NSEC_NEVER);
	if (!err && send && tty->driver->send_break)
		tty->driver->send_break(tty, duration);
	return err;
}

static s64 flow(struct tty *tty, u64 arg)
{
	s64 err;

	mutex_lock(&tty->lock);
	err = tty_check_background(tty, SIGTTOU);
	if (!err)
		err = arg > TCION ? -EINVAL : ldisc_flow(&tty->ldisc, (int)arg);
	mutex_unlock(&tty->lock);
	tty_out_kick(tty);
	return err;
}

/* TIOCSTI: a byte as if it had been typed; only on one's own terminal. */
static s64 fake_input(struct tty *tty, vaddr_t arg)
{
	u8 c;

	if (!tty_is_controlling(tty) && !tty_current_is_admin())
		return -EPERM;
	if (copy_from_user(&c, arg, 1))
		return -EFAULT;
	tty_receive(tty, &c, 1);
	return 0;
}

static s64 put_int(vaddr_t arg, u32 v)
{
	return copy_to_user(arg, &v, sizeof(v));
}

/* Those that only look, or change one field. => tty->lock held */
static s64 simple_ioctl(struct tty *tty, u32 cmd, u64 arg)
{
	struct ldisc *ld = &tty->ldisc;
	u32 v;

	switch (cmd) {
	case TCGETS:
		return copy_to_user(arg, &ld->termios, sizeof(struct termios));
	case TCGETS2:
		return copy_to_user(arg, &ld->termios, sizeof(struct termios2));
	case TCGETA:
		return copy_out_termio(&ld->termios, arg);
	case TIOCGWINSZ:
		return copy_to_user(arg, &tty->winsize, sizeof(tty->winsize));
	case FIONREAD:
		return put_int(arg, ldisc_pending(ld));
	case TIOCOUTQ:
		return put_int(arg, tty->driver->sends_at_once ? 0 : tty_out_pending(tty));
	case TIOCEXCL:
	case TIOCNXCL:
		tty->exclusive = cmd == TIOCEXCL;
		return 0;
	case TIOCGEXCL:
		return put_int(arg, tty->exclusive);
	case TIOCGETD:
		return put_int(arg, 0);
	case TIOCSETD:
		return copy_from_user(&v, arg, sizeof(v)) ? -EFAULT : v ? -EINVAL : 0;
	case TIOCGDEV:
		return put_int(
			arg, (tty->minor & 0xff) | tty->major << 8 | (tty->minor & ~0xffu) << 12);
	case TIOCGSOFTCAR:
		return put_int(arg, !!(ld->termios.c_cflag & CLOCAL));
	}
	return tty_job_ioctl(tty, cmd, arg);
}

s64 tty_ioctl(struct tty *tty, u32 cmd, u64 arg)
{
	s64 ret;

	if (tty->hung_up)
		return -EIO;
	for (u32 i = 0; i < ARRAY_SIZE(setters); i++)
		if (setters[i].cmd == cmd)
			return set_termios(tty, arg, i);
	switch (cmd) {
	case TIOCSWINSZ:
		return set_winsize(tty, arg);
	case TCFLSH:
		return flush_queues(tty, arg);
	case TCSBRK:
		return drain_and_break(tty, arg == 0, NSEC_PER_SEC / 4);
	case TCSBRKP:
		return drain_and_break(
			tty, true, arg ? min(arg, 100UL) * (NSEC_PER_SEC / 10) : NSEC_PER_SEC / 4);
	case TCXONC:
		return flow(tty, arg);
	case TIOCSTI:
		return fake_input(tty, arg);
	case TIOCVHANGUP:
		if (!tty_current_is_admin())
			return -EPERM;
		tty_hangup(tty);
		return 0;
	}
	mutex_lock(&tty->lock);
	ret = simple_ioctl(tty, cmd, arg);
	mutex_unlock(&tty->lock);
	return ret == -ENOIOCTL ? -ENOTTY : ret;
}
