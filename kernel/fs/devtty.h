/* SPDX-License-Identifier: MIT */
/* Terminals as files: /dev/ttyS*, /dev/tty1, /dev/console, the slaves of devpts, and /dev/tty, the
 * controlling terminal of who opens it. */
#pragma once

#include "fs/vfs.h"

struct iobuf;
struct tty;

/* Makes the nodes. => after console_init() and devfs_init() */
void devtty_init(void);
/* The rest of an open function: f becomes an open file of this terminal. o_flags: as open(2) got
 * them. 0 or tty_open()'s error. */
int devtty_open_terminal(struct file *f, struct tty *tty, u32 o_flags);
/* The end of read(2) on either end of a terminal: n bytes (or an error, which it gives back) go to
 * the user. Bytes that could be stored; none: -EFAULT. The rest is lost, as on Linux. */
ssize_t devtty_store(struct iobuf *buf, const u8 *bytes, ssize_t n);
/* write(2) on either end of a terminal, piece by piece through `write`, which gets f->private. Bytes
 * written, or the first piece's error; -EFAULT. May sleep. */
ssize_t devtty_write_chunks(struct file *f, struct iobuf *buf,
	ssize_t (*write)(void *end, const u8 *bytes, size_t len, bool nonblock));
