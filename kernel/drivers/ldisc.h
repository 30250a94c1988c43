/* SPDX-License-Identifier: MIT */
/*
 * The line discipline: what stands between a terminal's wire and the programs that read and write
 * it (termios(3), POSIX chapter 11). A pure state machine: bytes in; echo, lines and signals out
 * through ldisc_ops. It knows no locks, processes or devices, so it is tested on the host.
 *
 *	wire --ldisc_input--> [ input queue: ... finished lines | line being edited ] --ldisc_read--> program
 *	           |echo                       tail            canon_head       head
 *	wire <--ops->output-- <--------------ldisc_write------------------------------------------ program
 *
 * => the caller keeps calls on one ldisc apart from each other (struct tty's lock)
 */
#pragma once

#include <asm/termbits.h>
#include "lib/types.h"

#define LDISC_BUF_SIZE 4096 /* power of 2; a line has at most 4095 bytes, as on Linux */

enum ldisc_signal {
	LDISC_INTR,
	LDISC_QUIT,
	LDISC_SUSP
};

struct ldisc;

struct ldisc_ops {
	/* Room for bytes to the wire. Only the line discipline fills it, so it does not shrink by
	 * itself. */
	u32 (*room)(struct ldisc *ld);
	/* Bytes for the wire; never more than there is room for. */
	void (*output)(struct ldisc *ld, const u8 *bytes, u32 n);
	/* Throws away what output() took and the wire has not sent. */
	void (*discard_output)(struct ldisc *ld);
	/* A signal key: to the foreground process group. */
	void (*signal)(struct ldisc *ld, enum ldisc_signal sig);
	/* ^S and ^Q: holds output back, or lets it go on. */
	void (*hold_output)(struct ldisc *ld, bool hold);
};

struct ldisc {
	struct ktermios termios;
	const struct ldisc_ops *ops;

	/* Input queue. Positions only grow; their place in buf is their remainder. tail <=
	 * canon_head <= head. */
	u32 tail;       /* next byte to be read */
	u32 canon_head; /* end of the last finished line: erasing stops here */
	u32 head;       /* next free place */
	u8 buf[LDISC_BUF_SIZE];
	u64 line_end[LDISC_BUF_SIZE /
		     64]; /* this byte ends a line; a 0 byte marked so is an end of file */

	u32 column;        /* of the cursor, as far as we know */
	u32 canon_column;  /* where the line being edited began */
	bool literal_next; /* VLNEXT was typed */
	bool erasing;      /* ECHOPRT: between \ and / */
	bool held;         /* ^S: output is held back */
	bool peer_held;    /* IXOFF: we told the other side to stop */
};

/* Sane settings: as Linux starts a terminal. */
void ldisc_init(struct ldisc *ld, const struct ldisc_ops *ops);

/* Takes one byte from the wire. False: the queue is full of finished lines; offer it again after a
 * read. */
bool ldisc_input(struct ldisc *ld, u8 c);
/* The wire was interrupted (BREAK). */
void ldisc_input_break(struct ldisc *ld);

/* Bytes from a program to the wire, with output processing. Returns how many were taken; fewer than
 * n: no room. */
size_t ldisc_write(struct ldisc *ld, const u8 *bytes, size_t n);

/* May a read return something now? Raw mode: at least `min` bytes. Looks at positions only: may be
 * called without the lock. */
bool ldisc_readable(const struct ldisc *ld, u32 min);
/*
 * Moves up to n bytes to dst. Canonical mode: up to the end of one line, and *line_done is set when
 * it was reached (0 bytes and line_done: end of file). Raw mode: what there is.
 */
size_t ldisc_read(struct ldisc *ld, u8 *dst, size_t n, bool *line_done);
/* Bytes that can be read without waiting: FIONREAD. */
u32 ldisc_pending(const struct ldisc *ld);

void ldisc_flush_input(struct ldisc *ld);
/* New settings; input that is already there is kept (switching to raw mode makes the unfinished
 * line readable). */
void ldisc_set_termios(struct ldisc *ld, const struct ktermios *t);
/* tcflow(3): TCOOFF, TCOON, TCIOFF, TCION. 0 or -EINVAL. */
int ldisc_flow(struct ldisc *ld, int action);

static inline bool ldisc_is_canonical(const struct ldisc *ld)
{
	return ld->termios.c_lflag & ICANON;
}
