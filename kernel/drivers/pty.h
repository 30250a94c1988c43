/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-terminals (pty(7)): a terminal, the slave, whose wire is a program that holds the master.
 * What is written to the master is typed at the slave; what is written to the slave is read from
 * the master.
 *
 * The master's functions take the kernel's buffers, as tty_read() and tty_write() do.
 */
#pragma once

#include "drivers/tty.h"

#define PTY_MAX   256 /* at a time */
#define PTY_MAJOR 136 /* of the slaves; the minor is the number */

struct pty;

/* A new pair, its master open, its slave locked (TIOCSPTLCK). ERR_PTR(-ENOMEM, -ENOSPC). May
 * sleep. */
struct pty *pty_create(void);
/* References, besides the master's own. */
void pty_get(struct pty *pty);
void pty_put(struct pty *pty);
u32 pty_number(const struct pty *pty);
struct tty *pty_slave(struct pty *pty);
/* Is the master still open? */
bool pty_is_alive(const struct pty *pty);

/* The last close of the master: hangs up the slave, and puts the master's reference. May sleep. */
void pty_master_close(struct pty *pty);
/* Bytes, -EAGAIN, -EIO (the slave is closed and everything was read), -ERESTARTSYS. */
ssize_t pty_master_read(struct pty *pty, u8 *buf, size_t len, bool nonblock);
ssize_t pty_master_write(struct pty *pty, const u8 *buf, size_t len, bool nonblock);
s64 pty_master_ioctl(struct pty *pty, u32 cmd, u64 arg);
u32 pty_master_poll(struct pty *pty, struct poll_table *pt);
