/* SPDX-License-Identifier: MIT */
/* Terminals without hardware: a driver that keeps what is sent to it, and lets the test decide how
 * much it takes. */
#include "debug/ktest.h"
#include "drivers/tty.h"
#include "lib/string.h"
#include "sched/sched.h"
#include "sched/timer.h"

static char sent[20000];
static u32 nr_sent, accepts;

/* => queue_lock held */
static bool fake_start(struct tty *tty)
{
	u32 n = min(min(accepts, 100u), (u32)sizeof(sent) - nr_sent);

	n = tty_out_take(tty, (u8 *)sent + nr_sent, n);
	nr_sent += n;
	accepts -= n;
	return n > 0;
}

static const struct tty_driver fake_driver = { .start = fake_start };
static struct tty fake = { .name = "ttyT", .major = 4, .minor = 255, .driver = &fake_driver };

static void set_up(u32 accept)
{
	struct ktermios t;

	if (!fake.link.next)
		tty_register(&fake);
	accepts = sizeof(sent);
	tty_out_kick(&fake);
	mutex_lock(&fake.lock);
	ldisc_flush_input(&fake.ldisc);
	t = fake.ldisc.termios;
	t.c_lflag |= ICANON | ECHO;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	ldisc_set_termios(&fake.ldisc, &t);
	mutex_unlock(&fake.lock);
	nr_sent = 0;
	accepts = accept;
}

static void set_raw(u8 vmin, u8 vtime)
{
	struct ktermios t;

	mutex_lock(&fake.lock);
	t = fake.ldisc.termios;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = vmin;
	t.c_cc[VTIME] = vtime;
	ldisc_set_termios(&fake.ldisc, &t);
	mutex_unlock(&fake.lock);
}

static void receive(const char *text)
{
	tty_receive(&fake, (const u8 *)text, strlen(text));
}

KTEST(tty_reads_a_line_and_echoes)
{
	char buf[20];

	set_up(1000);
	KCHECK(tty_read(&fake, buf, sizeof(buf), true) == -EAGAIN);
	KCHECK(!(tty_poll(&fake, NULL) & POLLIN));
	receive("ab\x7f"
		"c\n");
	KCHECK(tty_read(&fake, buf, sizeof(buf), false) == 3);
	KCHECK(!memcmp(buf, "ac\n", 3));
	KCHECK(nr_sent == 8 && !memcmp(sent, "ab\b \bc\r\n", 8));
}

KTEST(tty_raw_reads_obey_min_and_time)
{
	char buf[20];
	nsec_t before;

	set_up(1000);
	set_raw(0, 0);
	KCHECK(tty_read(&fake, buf, sizeof(buf), false) == 0);
	set_raw(0, 1);
	before = clock_now();
	KCHECK(tty_read(&fake, buf, sizeof(buf), false) == 0);
	KCHECK(clock_now() - before >= 100 * NSEC_PER_MSEC);
	receive("xyz");
	set_raw(3, 0);
	KCHECK(tty_read(&fake, buf, 2, false) == 2);
	receive("123");
	KCHECK(tty_read(&fake, buf, sizeof(buf), false) >= 3);
	set_raw(5, 1);
	receive("q");
	KCHECK(tty_read(&fake, buf, sizeof(buf), false) == 1);
}

KTEST(tty_input_that_nobody_reads_waits_and_is_not_lost)
{
	char buf[300];
	u32 n = 0;
	ssize_t got;

	set_up(10000);
	set_raw(1, 0);
	for (u32 i = 0; i < 40; i++) {
		receive("01234567890123456789012345678901234567890123456789012345678901234567890123"
			"45678901234567"
			"890123456789");
		thread_set_state(THREAD_BLOCKED);
		thread_sleep_until(clock_now() + NSEC_PER_MSEC);
	}
	while ((got = tty_read(&fake, buf, sizeof(buf), true)) > 0 || n < 4000) {
		if (got > 0)
			n += (u32)got;
		cond_resched();
	}
	KCHECK(n == 4000);
}

KTEST(tty_write_waits_for_room)
{
	static char text[6000];

	memset(text, 'x', sizeof(text));
	set_up(100);
	KCHECK(tty_write(&fake, text, sizeof(text), true) == TTY_OUT_SIZE + 100);
	KCHECK(tty_write(&fake, text, 1, true) == -EAGAIN);
	KCHECK(!(tty_poll(&fake, NULL) & POLLOUT));
	accepts = sizeof(sent);
	tty_out_kick(&fake);
	KCHECK(tty_poll(&fake, NULL) & POLLOUT);
	KCHECK(nr_sent == TTY_OUT_SIZE + 100);
}

/* The worker comes when it comes. */
#define WAIT_FOR(condition)                                                                        \
	do {                                                                                       \
		nsec_t give_up = clock_now() + 60 * NSEC_PER_SEC;                                  \
                                                                                                   \
		while (!(condition) && clock_now() < give_up)                                      \
			timer_sleep(NSEC_PER_MSEC);                                                \
	} while (0)

KTEST(tty_flow_control_holds_output)
{
	set_up(1000);
	receive("\x13");
	WAIT_FOR(atomic_load(&fake.out_held));
	KCHECK(tty_write(&fake, "held", 4, false) == 4);
	KCHECK(nr_sent == 0);
	receive("\x11");
	WAIT_FOR(atomic_load(&nr_sent) == 4);
	KCHECK(nr_sent == 4 && !memcmp(sent, "held", 4));
}

KTEST(tty_hangup_ends_reads_and_writes)
{
	char c;

	set_up(1000);
	tty_hangup(&fake);
	KCHECK(tty_read(&fake, &c, 1, false) == 0);
	KCHECK(tty_write(&fake, "x", 1, false) == -EIO);
	KCHECK(tty_poll(&fake, NULL) & POLLHUP);
	KCHECK(tty_open(&fake, 0) == 0);
	KCHECK(tty_read(&fake, &c, 1, true) == -EAGAIN);
	tty_close(&fake);
}
