/* SPDX-License-Identifier: MIT */
/*
 * Terminals: a line discipline, a queue of output, the session and process group that it controls.
 * Below is a driver (serial.c, screen.c, console.c) that moves bytes; above are the file operations
 * of /dev/tty* and job control.
 *
 *	driver interrupt --tty_receive--> raw queue --worker thread--> ldisc --tty_read--> program
 *	driver <--tty_out_take-- output queue <--ldisc (OPOST, echo)-- tty_write -- program
 *
 * Locks: tty->lock (mutex, RANK_TTY): settings, line discipline, session, process group.
 * tty->queue_lock (irqsave, RANK_TTY_QUEUE): both queues. ttys_lock (tty.c, RANK_TTYS): the list of
 * terminals. Processes are known by number only, through tty_proc_ops.
 */
#pragma once

#include <asm/termios.h>
#include "drivers/ldisc.h"
#include "sched/workq.h"
#include "sync/mutex.h"
#include "sync/poll.h"
#include "sync/waitq.h"

#define TTY_OUT_SIZE 4096 /* powers of 2 */
#define TTY_RAW_SIZE 1024

struct tty;

struct tty_driver {
	/* Output counts as sent when it is in the queue: nobody waits for its way out, not even the
	 * last close (ptys). */
	bool sends_at_once;
	/* Output may wait in the queue: sends some of it with tty_out_take(), a hundred bytes at
	 * most, or makes the device interrupt when it is ready. True: it could send more at once.
	 * => queue_lock held, interrupts off */
	bool (*start)(struct tty *tty);
	/* There is room in the raw queue again (see tty_receive_room()). NULL: bytes were dropped.
	 * Thread context. */
	void (*resume_input)(struct tty *tty);
	/* True when the device has sent everything that it took. NULL: it always has. Any
	 * context. */
	bool (*is_idle)(struct tty *tty);
	/* The settings (speed, ...) or the window's size changed. NULL: nothing to do. => tty->lock
	 * held */
	void (*configure)(struct tty *tty);
	/* Sends a BREAK for this long. NULL: cannot. May sleep. */
	void (*send_break)(struct tty *tty, nsec_t duration);
	int (*may_open)(struct tty *tty); /* 0 or -errno; NULL: always. => tty->lock held */
	void (*opened)(struct tty *tty);  /* the first open, the last close; NULL: nothing to do */
	void (*closed)(struct tty *tty);
	/* One of TIOCPKT_* happened. NULL: nobody wants to know. Thread context */
	void (*note)(struct tty *tty, u8 event);
	/* the last reference is gone; NULL: it never is. Worker thread */
	void (*free)(struct tty *tty);
};

struct tty_raw_byte {
	u8 c;
	bool is_break;
};

struct tty {
	/* constant after tty_register() */
	const char *name; /* in /dev */
	u32 major, minor;
	const struct tty_driver *driver;
	void *driver_data;
	/* /dev/console: opening it does not make it the controlling terminal (TIOCSCTTY does) */
	bool never_controls;

	atomic_t refs; /* atomic, falls under ttys_lock: the registration's, each open, who looks */
	struct list link;      /* ttys_lock */
	struct work free_work; /* when the last reference is gone */

	struct mutex lock;
	struct ldisc ldisc;     /* lock */
	struct winsize winsize; /* lock */
	pid_t session;          /* lock: whose controlling terminal this is; 0: nobody's */
	pid_t pgrp;             /* lock: the foreground process group; 0: none */
	u32 nr_open;            /* lock */
	bool exclusive;         /* lock: TIOCEXCL */
	bool hung_up; /* lock: reads give end of file, writes EIO, until it is opened anew */

	struct mutex write_lock; /* RANK_TTY_WRITE: one write(2) at a time */

	struct spinlock queue_lock;
	u32 out_head, out_tail; /* queue_lock: positions, only grow */
	u8 out[TTY_OUT_SIZE];   /* queue_lock */
	bool out_held;          /* queue_lock: ^S */
	u32 raw_head, raw_tail; /* queue_lock */
	struct tty_raw_byte raw[TTY_RAW_SIZE];

	struct work input_work;
	struct waitq readers; /* input, hang-up */
	struct waitq writers; /* room in the output queue, or it became empty */
};

/* --- for drivers --- */

/* Initialises the rest of a tty whose constant fields and winsize are set, and makes it known by
 * number. The caller has a reference; when the last one is put, it is no longer known. */
void tty_register(struct tty *tty);
void tty_get(struct tty *tty);
void tty_put(struct tty *tty);
/* Bytes from the wire; those for which there is no room are lost. Any context. */
void tty_receive(struct tty *tty, const u8 *bytes, size_t n);
/* How many bytes it would take. A driver that can leave bytes in the device does so, and goes on in
 * resume_input(). */
u32 tty_receive_room(const struct tty *tty);
void tty_receive_break(struct tty *tty);
/* Takes up to max bytes of output from the queue; 0: nothing there, or held by ^S. => queue_lock
 * held */
u32 tty_out_take(struct tty *tty, u8 *bytes, u32 max);
static inline u32 tty_out_pending(const struct tty *tty)
{
	return atomic_load_relaxed(&tty->out_head) - atomic_load_relaxed(&tty->out_tail);
}
/* Lets the driver send while it can. Any context. */
void tty_out_kick(struct tty *tty);
/* The line dropped: SIGHUP and SIGCONT to the session, end of file to readers. May sleep. */
void tty_hangup(struct tty *tty);
/* TIOCSWINSZ: SIGWINCH to the foreground if the size is new. May sleep. */
void tty_set_winsize(struct tty *tty, const struct winsize *ws);

/* --- for fs: /dev/tty*; buffers are the kernel's, so that no user memory is touched under the
 * terminal's locks */

/* All terminals in order of registration (to make their nodes in /dev): the one after prev with a
 * reference, NULL at the end. Puts prev. */
struct tty *tty_next(struct tty *prev);
/* The controlling terminal of a session (/dev/tty; tty_nr of /proc/PID/stat) with a reference, or
 * NULL. */
struct tty *tty_of_session(pid_t session);
/* That of the current process: what /dev/tty opens; NULL: ENXIO. */
struct tty *tty_current(void);

/* o_flags: O_NOCTTY, access mode. A session leader without a terminal gets this one as its
 * controlling terminal. Takes a reference. 0, -EBUSY (TIOCEXCL), -EIO (a pty without a master). May
 * sleep. */
int tty_open(struct tty *tty, u32 o_flags);
/* Undoes one tty_open(); the last one waits (bounded) until the output is sent. Puts its
 * reference. */
void tty_close(struct tty *tty);

/* Writes are EIO, whatever is written. */
static inline bool tty_is_hung_up(const struct tty *tty)
{
	return atomic_load_relaxed(&tty->hung_up);
}
/* One read(2): bytes, 0 at end of file, -EAGAIN, -EIO, -ERESTARTSYS. len is at most what the
 * caller's buffer holds; more than LDISC_BUF_SIZE bytes never come. */
ssize_t tty_read(struct tty *tty, void *buf, size_t len, bool nonblock);
/* One write(2), or a piece of one: bytes (fewer than len: interrupted or no room), -EAGAIN, -EIO,
 * -ERESTARTSYS. */
ssize_t tty_write(struct tty *tty, const void *buf, size_t len, bool nonblock);
/* ioctl_tty(2). arg: a user address or a number. 0 or -errno; -ENOTTY: not for terminals. */
s64 tty_ioctl(struct tty *tty, u32 cmd, u64 arg);
u32 tty_poll(struct tty *tty, struct poll_table *pt);

/* Waits until all terminals have sent what was written, `timeout` at most (before power off). */
void tty_drain_all(nsec_t timeout);

/* --- for proc --- */

struct tty_proc_ops {
	pid_t (*current_pgrp)(void);
	pid_t (*current_session)(void);
	bool (*current_is_session_leader)(void);
	bool (*current_is_admin)(void); /* CAP_SYS_ADMIN */
	/* The current thread ignores or blocks sig. */
	bool (*current_ignores)(int sig);
	/* The current process's group has no parent outside it in its session: nobody could
	 * continue it. */
	bool (*current_pgrp_is_orphaned)(void);
	/* 0; -ESRCH: no such group; -EPERM: it is of another session. */
	int (*pgrp_check_session)(pid_t pgrp, pid_t session);
	/* To a process group, if it (still) belongs to this session: numbers come back. */
	void (*signal_pgrp)(pid_t pgrp, pid_t session, int sig);
	/* To the leader of the session. */
	void (*signal_session_leader)(pid_t session, int sig);
	/* This group was in the foreground of the session's terminal, which hung up: the leader
	 * takes it with it when it exits. */
	void (*leave_foreground)(pid_t session, pid_t pgrp);
};
/* Before the first user process. Called with tty->lock held (rank 8): they may take
 * RANK_PROCESS. */
void tty_set_proc_ops(const struct tty_proc_ops *ops);

/* The session leader exits, or gives up its terminal: SIGHUP and SIGCONT to the foreground; the
 * terminal is free. May sleep. */
void tty_session_ends(pid_t session);
/* The foreground process group of the session's terminal (tpgid of /proc/PID/stat), -1: no
 * terminal. */
pid_t tty_foreground(pid_t session);
