/* SPDX-License-Identifier: MIT */
/* What the files tty*.c share among themselves. */
#pragma once

#include "drivers/tty.h"

/* tty.c */
/* Waits until the output is sent. 0, -ERESTARTSYS; -ETIMEDOUT at `deadline` (ns since boot). */
int tty_drain(struct tty *tty, nsec_t deadline);
/* Lets the worker offer the raw queue to the line discipline again: it has room. */
void tty_input_resume(struct tty *tty);
void tty_discard_output(struct tty *tty);
/* Tells the driver that one of TIOCPKT_* happened. */
void tty_note(struct tty *tty, u8 event);

/* tty_job.c; => tty->lock held */
/* May the current process do this to its terminal now? If it is in the background: sends sig to its
 * group and returns -ERESTARTSYS; or 0 or -EIO where sig would do nothing. sig: SIGTTIN (read) or
 * SIGTTOU (write, change). */
int tty_check_background(struct tty *tty, int sig);
bool tty_is_controlling(const struct tty *tty); /* of the current process */
void tty_take_control_on_open(struct tty *tty);
void tty_signal_foreground(struct tty *tty, int sig);
bool tty_current_is_admin(void);
/* ioctls: TIOCSCTTY, TIOCNOTTY, TIOCGPGRP, TIOCSPGRP, TIOCGSID. -ENOIOCTL: another one. */
s64 tty_job_ioctl(struct tty *tty, u32 cmd, u64 arg);
#define ENOIOCTL 515
