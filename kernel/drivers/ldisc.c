/* SPDX-License-Identifier: MIT */
/*
 * The line discipline N_TTY: what each byte means under the settings of termios(3), as Linux does
 * it.
 *
 * Input goes through these steps, each a function that may use the byte up:
 *
 *	(mapping)       ISTRIP, IUCLC; behind ^V: taken literally
 *	flow_key        IXON: ^S holds the output, ^Q lets it go; IXANY: anything does
 *	signal_key      ISIG: ^C ^\ ^Z raise a signal and flush the queues
 *	(CR/NL)         IGNCR, ICRNL, INLCR
 *	edit_key        ICANON: ^H ^U ^W ^V ^R edit the line; NL, ^D, EOL end it
 *	keep            echo it and put it into the queue
 *
 * Invariant: tail <= canon_head <= head <= tail + LDISC_BUF_SIZE. In raw mode canon_head stays
 * where it is and counts for nothing. One place of the queue is kept for the end of a line, so that
 * a line that is too long can be finished.
 */
#include "drivers/ldisc.h"
#include "lib/atomic.h"
#include "lib/err.h"
#include "lib/string.h"

#define MASK     (LDISC_BUF_SIZE - 1)
#define DISABLED 0 /* c_cc value of a key that does not exist; in the queue, marked: end of file */
#define TAB_STOP 8

#define CTRL(c) ((c)&0x1f)

/* clang-format off */
static const struct ktermios initial_termios = {
	.c_iflag = ICRNL | IXON | IMAXBEL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD | HUPCL | CLOCAL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {
		[VINTR] = CTRL('C'), [VQUIT] = CTRL('\\'), [VERASE] = 0x7f, [VKILL] = CTRL('U'),
		[VEOF] = CTRL('D'), [VTIME] = 0, [VMIN] = 1, [VSTART] = CTRL('Q'), [VSTOP] = CTRL('S'),
		[VSUSP] = CTRL('Z'), [VREPRINT] = CTRL('R'), [VDISCARD] = CTRL('O'), [VWERASE] = CTRL('W'),
		[VLNEXT] = CTRL('V'),
	},
	.c_ispeed = 38400,
	.c_ospeed = 38400,
};
/* clang-format on */

/* ------------------------------------------------------------------ settings */

static bool has_i(const struct ldisc *ld, tcflag_t f)
{
	return ld->termios.c_iflag & f;
}

static bool has_o(const struct ldisc *ld, tcflag_t f)
{
	return ld->termios.c_oflag & f;
}

static bool has_l(const struct ldisc *ld, tcflag_t f)
{
	return ld->termios.c_lflag & f;
}

/* c is the control character number `which`, which is switched on. */
static bool is_key(const struct ldisc *ld, u8 c, int which)
{
	return c != DISABLED && ld->termios.c_cc[which] == c;
}

static bool is_control(u8 c)
{
	return c < 0x20 || c == 0x7f;
}

static bool is_word(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c >= 0x80;
}

/* A byte of a UTF-8 character that is not its first: takes no column. */
static bool is_continuation(const struct ldisc *ld, u8 c)
{
	return has_i(ld, IUTF8) && (c & 0xc0) == 0x80;
}

static u8 to_lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static u8 to_upper(u8 c)
{
	return c >= 'a' && c <= 'z' ? c - 32 : c;
}

/* ------------------------------------------------------------------ the queue */

static u8 byte_at(const struct ldisc *ld, u32 pos)
{
	return ld->buf[pos & MASK];
}

static bool ends_line(const struct ldisc *ld, u32 pos)
{
	return ld->line_end[(pos & MASK) / 64] >> (pos % 64) & 1;
}

static bool is_eof_mark(const struct ldisc *ld, u32 pos)
{
	return ends_line(ld, pos) && byte_at(ld, pos) == DISABLED;
}

static u32 queue_room(const struct ldisc *ld)
{
	return LDISC_BUF_SIZE - (ld->head - ld->tail);
}

static void mark_line_end(struct ldisc *ld, u32 pos, bool end)
{
	u64 bit = 1UL << (pos % 64);
	u64 *word = &ld->line_end[(pos & MASK) / 64];

	*word = end ? *word | bit : *word & ~bit;
}

/* => there is room */
static void queue_put(struct ldisc *ld, u8 c)
{
	ld->buf[ld->head & MASK] = c;
	mark_line_end(ld, ld->head, false);
	atomic_store(&ld->head, ld->head + 1);
}

/* Ends the line with c. When no place is left, the line's last byte gives up its own. */
static void queue_put_line_end(struct ldisc *ld, u8 c)
{
	if (queue_room(ld) == 0)
		ld->head--;
	queue_put(ld, c);
	mark_line_end(ld, ld->head - 1, true);
	atomic_store(&ld->canon_head, ld->head);
}

void ldisc_flush_input(struct ldisc *ld)
{
	ld->tail = ld->canon_head = ld->head;
	ld->literal_next = ld->erasing = false;
}

/* ------------------------------------------------------------------ output */

static bool send(struct ldisc *ld, const void *bytes, u32 n)
{
	if (ld->ops->room(ld) < n)
		return false;
	ld->ops->output(ld, bytes, n);
	return true;
}

static bool send_newline(struct ldisc *ld)
{
	if (has_o(ld, ONLRET))
		ld->column = 0;
	if (has_o(ld, ONLCR)) {
		if (!send(ld, "\r\n", 2))
			return false;
		ld->column = 0;
	} else if (!send(ld, "\n", 1)) {
		return false;
	}
	ld->canon_column = ld->column;
	return true;
}

static bool send_return(struct ldisc *ld)
{
	if (has_o(ld, ONOCR) && ld->column == 0)
		return true;
	if (!send(ld, has_o(ld, OCRNL) ? "\n" : "\r", 1))
		return false;
	if (!has_o(ld, OCRNL) || has_o(ld, ONLRET))
		ld->canon_column = ld->column = 0;
	return true;
}

static bool send_tab(struct ldisc *ld)
{
	u32 blanks = TAB_STOP - ld->column % TAB_STOP;

	bool expand = (ld->termios.c_oflag & TABDLY) == XTABS;

	if (!send(ld, expand ? "        " : "\t", expand ? blanks : 1))
		return false;
	ld->column += blanks;
	return true;
}

/* One byte with output processing. False: no room, nothing was sent. */
static bool send_processed(struct ldisc *ld, u8 c)
{
	if (!has_o(ld, OPOST))
		return send(ld, &c, 1);
	switch (c) {
	case '\n':
		return send_newline(ld);
	case '\r':
		return send_return(ld);
	case '\t':
		return send_tab(ld);
	}
	if (has_o(ld, OLCUC))
		c = to_upper(c);
	if (!send(ld, &c, 1))
		return false;
	if (c == '\b')
		ld->column -= ld->column > 0;
	else if (!is_control(c) && !is_continuation(ld, c))
		ld->column++;
	return true;
}

/* The bytes from the start that need no processing, up to n: sent at once. Returns how many. */
static size_t write_plain_run(struct ldisc *ld, const u8 *bytes, size_t n)
{
	size_t run = 0, columns = 0;

	n = min(n, (size_t)ld->ops->room(ld));
	while (run < n && !is_control(bytes[run])) {
		columns += !is_continuation(ld, bytes[run]);
		run++;
	}
	if (run) {
		ld->ops->output(ld, bytes, (u32)run);
		ld->column += columns;
	}
	return run;
}

size_t ldisc_write(struct ldisc *ld, const u8 *bytes, size_t n)
{
	size_t done = 0;

	if (!has_o(ld, OPOST)) {
		n = min(n, (size_t)ld->ops->room(ld));
		if (n)
			ld->ops->output(ld, bytes, (u32)n);
		return n;
	}
	while (done < n) {
		if (!has_o(ld, OLCUC))
			done += write_plain_run(ld, bytes + done, n - done);
		if (done == n || !send_processed(ld, bytes[done]))
			break;
		done++;
	}
	return done;
}

/* ------------------------------------------------------------------ echo */

/* Without room the echo is lost, the input is not. */
static void echo_raw(struct ldisc *ld, u8 c)
{
	send_processed(ld, c);
}

/* Control characters as ^X with ECHOCTL. */
static void echo_visible(struct ldisc *ld, u8 c)
{
	u8 text[2] = { '^', c ^ 0x40 };

	if (has_l(ld, ECHOCTL) && is_control(c) && c != '\t') {
		if (send(ld, text, 2))
			ld->column += 2;
	} else {
		send_processed(ld, c);
	}
}

/* ECHOPRT shows erased characters between \ and /: this is the /. */
static void finish_erasing(struct ldisc *ld)
{
	if (ld->erasing)
		echo_raw(ld, '/');
	ld->erasing = false;
}

/* Echoes a byte that enters the line. */
static void echo_input(struct ldisc *ld, u8 c)
{
	if (!has_l(ld, ECHO))
		return;
	finish_erasing(ld);
	if (c == '\n') {
		echo_raw(ld, c);
		return;
	}
	if (ld->canon_head == ld->head)
		ld->canon_column = ld->column;
	echo_visible(ld, c);
}

static void echo_rub_out(struct ldisc *ld)
{
	if (send(ld, "\b \b", 3) && ld->column > 0)
		ld->column--;
}

/* The tab that stood at head is gone: back to where the text before it ends. */
static void echo_rub_out_tab(struct ldisc *ld)
{
	u32 columns = 0, pos = ld->head;
	bool after_tab = false;

	while (pos != ld->canon_head && !after_tab) {
		u8 c = byte_at(ld, --pos);

		if (c == '\t')
			after_tab = true;
		else if (is_control(c))
			columns += has_l(ld, ECHOCTL) ? 2 : 0;
		else
			columns += !is_continuation(ld, c);
	}
	if (!after_tab)
		columns += ld->canon_column;
	for (u32 n = TAB_STOP - columns % TAB_STOP; n; n--)
		echo_raw(ld, '\b');
}

/* ------------------------------------------------------------------ editing */

/* Shows that the `len` bytes at head, which have just been erased, are gone. `key` erased them. */
static void echo_erased(struct ldisc *ld, int key, u32 len)
{
	u8 c = byte_at(ld, ld->head);

	if (!has_l(ld, ECHO))
		return;
	if (has_l(ld, ECHOPRT)) {
		if (!ld->erasing)
			echo_raw(ld, '\\');
		ld->erasing = true;
		for (u32 i = 0; i < len; i++)
			echo_visible(ld, byte_at(ld, ld->head + i));
	} else if (key == VERASE && !has_l(ld, ECHOE)) {
		echo_visible(ld, ld->termios.c_cc[VERASE]);
	} else if (c == '\t') {
		echo_rub_out_tab(ld);
	} else {
		if (is_control(c) && has_l(ld, ECHOCTL))
			echo_rub_out(ld);
		if (!is_control(c) || has_l(ld, ECHOCTL))
			echo_rub_out(ld);
	}
}

/* The whole line, where it need not be rubbed out: the key is shown, and a new line with ECHOK. */
static void kill_line_at_once(struct ldisc *ld)
{
	ld->head = ld->canon_head;
	if (!has_l(ld, ECHO))
		return;
	finish_erasing(ld);
	echo_visible(ld, ld->termios.c_cc[VKILL]);
	if (has_l(ld, ECHOK))
		echo_raw(ld, '\n');
}

/* The length of the last character of the line in bytes (UTF-8: more than one). */
static u32 last_char_len(const struct ldisc *ld)
{
	u32 pos = ld->head - 1;

	while (pos != ld->canon_head && is_continuation(ld, byte_at(ld, pos)))
		pos--;
	return ld->head - pos;
}

/* VERASE: a character; VWERASE: blanks and the word before them; VKILL: the line. */
static void erase(struct ldisc *ld, int key)
{
	bool seen_word = false;

	if (key == VKILL &&
		!(has_l(ld, ECHO) && has_l(ld, ECHOK) && has_l(ld, ECHOKE) && has_l(ld, ECHOE))) {
		if (ld->head != ld->canon_head)
			kill_line_at_once(ld);
		return;
	}
	while (ld->head != ld->canon_head) {
		u32 len = last_char_len(ld);
		u8 c = byte_at(ld, ld->head - len);

		if (key == VWERASE) {
			if (seen_word && !is_word(c))
				break;
			seen_word |= is_word(c);
		}
		ld->head -= len;
		echo_erased(ld, key, len);
		if (key == VERASE)
			break;
	}
	if (ld->head == ld->canon_head && has_l(ld, ECHO))
		finish_erasing(ld);
}

static void reprint(struct ldisc *ld, u8 c)
{
	finish_erasing(ld);
	echo_visible(ld, c);
	echo_raw(ld, '\n');
	for (u32 pos = ld->canon_head; pos != ld->head; pos++)
		echo_visible(ld, byte_at(ld, pos));
}

/* True: c edited the line and is used up. */
static bool edit_key(struct ldisc *ld, u8 c)
{
	bool extended = has_l(ld, IEXTEN);

	if (is_key(ld, c, VERASE)) {
		erase(ld, VERASE);
	} else if (is_key(ld, c, VKILL)) {
		erase(ld, VKILL);
	} else if (extended && is_key(ld, c, VWERASE)) {
		erase(ld, VWERASE);
	} else if (extended && is_key(ld, c, VLNEXT)) {
		ld->literal_next = true;
		if (has_l(ld, ECHO)) {
			finish_erasing(ld);
			if (has_l(ld, ECHOCTL))
				send(ld, "^\b", 2);
		}
	} else if (extended && has_l(ld, ECHO) && is_key(ld, c, VREPRINT)) {
		reprint(ld, c);
	} else {
		return false;
	}
	return true;
}

/* True: c ended the line and is used up. */
static bool line_end_key(struct ldisc *ld, u8 c)
{
	if (c == '\n') {
		if (has_l(ld, ECHO) || has_l(ld, ECHONL)) {
			finish_erasing(ld);
			echo_raw(ld, '\n');
		}
	} else if (is_key(ld, c, VEOF)) {
		c = DISABLED;
	} else if (is_key(ld, c, VEOL) || (has_l(ld, IEXTEN) && is_key(ld, c, VEOL2))) {
		echo_input(ld, c);
	} else {
		return false;
	}
	queue_put_line_end(ld, c);
	return true;
}

/* --------------------------------------------------------------- keys that work in raw mode too */

static void hold(struct ldisc *ld, bool held)
{
	if (ld->held == held)
		return;
	ld->held = held;
	ld->ops->hold_output(ld, held);
}

static bool is_signal_key(const struct ldisc *ld, u8 c)
{
	return has_l(ld, ISIG) &&
	       (is_key(ld, c, VINTR) || is_key(ld, c, VQUIT) || is_key(ld, c, VSUSP));
}

static bool is_flow_key(const struct ldisc *ld, u8 c)
{
	return has_i(ld, IXON) && (is_key(ld, c, VSTART) || is_key(ld, c, VSTOP));
}

static bool flow_key(struct ldisc *ld, u8 c)
{
	if (is_flow_key(ld, c)) {
		hold(ld, !is_key(ld, c, VSTART)); /* the same key for both starts */
		return true;
	}
	if (has_i(ld, IXON) && has_i(ld, IXANY) && ld->held && !is_signal_key(ld, c))
		hold(ld, false);
	return false;
}

/* The signal first: a writer whom the flush wakes has to find it. */
static void raise_signal(struct ldisc *ld, enum ldisc_signal sig)
{
	ld->ops->signal(ld, sig);
	if (!has_l(ld, NOFLSH)) {
		ldisc_flush_input(ld);
		ld->ops->discard_output(ld);
	}
}

static bool signal_key(struct ldisc *ld, u8 c)
{
	if (!is_signal_key(ld, c))
		return false;
	raise_signal(ld, is_key(ld, c, VINTR)   ? LDISC_INTR
			 : is_key(ld, c, VQUIT) ? LDISC_QUIT
						: LDISC_SUSP);
	if (has_i(ld, IXON))
		hold(ld, false);
	if (has_l(ld, ECHO))
		echo_visible(ld, c);
	return true;
}

/* ------------------------------------------------------------------ input */

/* Puts an ordinary byte into the queue. A line that is too long keeps its beginning, and rings the
 * bell. */
static void keep(struct ldisc *ld, u8 c)
{
	bool twice = c == 0xff && has_i(ld, PARMRK); /* so that \377 \0 can mark errors */
	u32 need = 1 + twice + (ldisc_is_canonical(ld) ? 1 : 0);

	if (queue_room(ld) < need) {
		if (has_i(ld, IMAXBEL))
			send(ld, "\a", 1);
		return;
	}
	echo_input(ld, c);
	if (twice)
		queue_put(ld, c);
	queue_put(ld, c);
}

/* Full of what a program has to read first (and not of one line that goes on and on). */
static bool must_wait(const struct ldisc *ld)
{
	return queue_room(ld) < 3 && (!ldisc_is_canonical(ld) || ld->canon_head != ld->tail);
}

/* IXOFF: tells the other side to stop when the queue is nearly full, and to go on when it is nearly
 * empty. */
static void tell_peer(struct ldisc *ld)
{
	u32 used = ld->head - ld->tail;
	u8 c;

	if (!has_i(ld, IXOFF))
		return;
	if (!ld->peer_held && used > LDISC_BUF_SIZE - 256) {
		c = ld->termios.c_cc[VSTOP];
		ld->peer_held = c != DISABLED && send(ld, &c, 1);
	} else if (ld->peer_held && used < 256) {
		c = ld->termios.c_cc[VSTART];
		ld->peer_held = c != DISABLED && !send(ld, &c, 1);
	}
}

static void input_byte(struct ldisc *ld, u8 c)
{
	if (ld->literal_next) {
		ld->literal_next = false;
		keep(ld, c);
		return;
	}
	if (flow_key(ld, c) || signal_key(ld, c))
		return;
	if (c == '\r') {
		if (has_i(ld, IGNCR))
			return;
		if (has_i(ld, ICRNL))
			c = '\n';
	} else if (c == '\n' && has_i(ld, INLCR)) {
		c = '\r';
	}
	if (ldisc_is_canonical(ld) && (edit_key(ld, c) || line_end_key(ld, c)))
		return;
	keep(ld, c);
}

bool ldisc_input(struct ldisc *ld, u8 c)
{
	if (has_i(ld, ISTRIP))
		c &= 0x7f;
	if (has_i(ld, IUCLC) && has_l(ld, IEXTEN))
		c = to_lower(c);
	if (must_wait(ld) && !is_signal_key(ld, c) && !is_flow_key(ld, c))
		return false;
	input_byte(ld, c);
	tell_peer(ld);
	return true;
}

void ldisc_input_break(struct ldisc *ld)
{
	if (has_i(ld, IGNBRK))
		return;
	if (has_i(ld, BRKINT)) {
		raise_signal(ld, LDISC_INTR);
		return;
	}
	if (queue_room(ld) < 4)
		return;
	if (has_i(ld, PARMRK)) {
		queue_put(ld, 0xff);
		queue_put(ld, 0);
	}
	queue_put(ld, 0);
}

/* ------------------------------------------------------------------ reading */

bool ldisc_readable(const struct ldisc *ld, u32 min)
{
	u32 tail = atomic_load(&ld->tail);

	if (ldisc_is_canonical(ld))
		return atomic_load(&ld->canon_head) != tail;
	return atomic_load(&ld->head) - tail >= min;
}

u32 ldisc_pending(const struct ldisc *ld)
{
	u32 n = 0;

	if (!ldisc_is_canonical(ld))
		return ld->head - ld->tail;
	for (u32 pos = ld->tail; pos != ld->canon_head; pos++)
		n += !is_eof_mark(ld, pos);
	return n;
}

static size_t read_line(struct ldisc *ld, u8 *dst, size_t n, bool *line_done)
{
	u32 pos = ld->tail;
	size_t done = 0;

	while (pos != ld->canon_head && !*line_done) {
		/* Also behind a buffer that is just full: it ends this read, not the next. */
		if (is_eof_mark(ld, pos)) {
			pos++;
			*line_done = true;
			break;
		}
		if (done == n)
			break;
		*line_done = ends_line(ld, pos);
		dst[done++] = byte_at(ld, pos++);
	}
	atomic_store(&ld->tail, pos);
	return done;
}

static size_t read_raw(struct ldisc *ld, u8 *dst, size_t n)
{
	u32 take = (u32)min(n, (size_t)(ld->head - ld->tail));
	u32 at = ld->tail & MASK, first = min(take, LDISC_BUF_SIZE - at);

	memcpy(dst, ld->buf + at, first);
	memcpy(dst + first, ld->buf, take - first);
	atomic_store(&ld->tail, ld->tail + take);
	/* canon_head counts for nothing in raw mode, but must not fall behind. */
	ld->canon_head = ld->tail;
	return take;
}

size_t ldisc_read(struct ldisc *ld, u8 *dst, size_t n, bool *line_done)
{
	size_t done;

	*line_done = false;
	done = ldisc_is_canonical(ld) ? read_line(ld, dst, n, line_done) : read_raw(ld, dst, n);
	tell_peer(ld);
	return done;
}

/* ------------------------------------------------------------------ settings */

void ldisc_init(struct ldisc *ld, const struct ldisc_ops *ops)
{
	memset(ld, 0, sizeof(*ld));
	ld->termios = initial_termios;
	ld->ops = ops;
}

void ldisc_set_termios(struct ldisc *ld, const struct ktermios *t)
{
	bool mode_changes = (ld->termios.c_lflag ^ t->c_lflag) & ICANON;

	ld->termios = *t;
	if (mode_changes) {
		/* What is there counts as one line from now on: to raw mode, it is readable; to
		 * canonical mode, too. */
		memset(ld->line_end, 0, sizeof(ld->line_end));
		ld->canon_head = ld->tail;
		if (ldisc_is_canonical(ld) && ld->head != ld->tail) {
			mark_line_end(ld, ld->head - 1, true);
			ld->canon_head = ld->head;
		}
		ld->literal_next = ld->erasing = false;
	}
	if (!has_i(ld, IXON))
		hold(ld, false);
}

int ldisc_flow(struct ldisc *ld, int action)
{
	u8 c;

	switch (action) {
	case TCOOFF:
	case TCOON:
		hold(ld, action == TCOOFF);
		return 0;
	case TCIOFF:
	case TCION:
		c = ld->termios.c_cc[action == TCIOFF ? VSTOP : VSTART];
		if (c != DISABLED)
			send(ld, &c, 1);
		return 0;
	}
	return -EINVAL;
}
