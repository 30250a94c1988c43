/* SPDX-License-Identifier: MIT */
/* The line discipline as termios(3) describes it: known sessions byte by byte, then random ones
 * against a simple editor. */
#include "hosttest.h"

#include "drivers/ldisc.c"

static struct ldisc ld;
static char out[20000], signals[100];
static u32 out_len, out_room, discards;
static bool is_held;

static u32 op_room(struct ldisc *l)
{
	(void)l;
	return out_room;
}

static void op_output(struct ldisc *l, const u8 *bytes, u32 n)
{
	(void)l;
	CHECK(n <= out_room && out_len + n < sizeof(out));
	memcpy(out + out_len, bytes, n);
	out_len += n;
	out[out_len] = 0;
	out_room -= n;
}

static void op_discard(struct ldisc *l)
{
	(void)l;
	discards++;
}

static void op_signal(struct ldisc *l, enum ldisc_signal sig)
{
	(void)l;
	strcat(signals, sig == LDISC_INTR ? "I" : sig == LDISC_QUIT ? "Q" : "Z");
}

static void op_hold(struct ldisc *l, bool hold)
{
	(void)l;
	is_held = hold;
}

static const struct ldisc_ops ops = { op_room, op_output, op_discard, op_signal, op_hold };

static void start(void)
{
	ldisc_init(&ld, &ops);
	out_len = 0;
	out[0] = signals[0] = 0;
	out_room = 10000;
	discards = 0;
	is_held = false;
}

static void type(const char *text)
{
	for (; *text; text++)
		CHECK(ldisc_input(&ld, (u8)*text));
}

/* What was sent since the last look is exactly `text`. */
static void expect_output(const char *text)
{
	if (strcmp(out, text)) {
		printf("output \"%s\", expected \"%s\"\n", out, text);
		CHECK(!"same output");
	}
	out_len = 0;
	out[0] = 0;
}

static void expect_read(size_t n, const char *text, bool line_done)
{
	u8 buf[5000];
	bool done;
	size_t got = ldisc_read(&ld, buf, n, &done);

	if (got != strlen(text) || memcmp(buf, text, got) || done != line_done) {
		printf("read \"%.*s\" %d, expected \"%s\" %d\n", (int)got, buf, done, text,
			line_done);
		CHECK(!"same input");
	}
}

static void set_flags(tcflag_t clear_i, tcflag_t set_i, tcflag_t clear_l, tcflag_t set_l)
{
	struct ktermios t = ld.termios;

	t.c_iflag = (t.c_iflag & ~clear_i) | set_i;
	t.c_lflag = (t.c_lflag & ~clear_l) | set_l;
	ldisc_set_termios(&ld, &t);
}

static void test_lines(void)
{
	start();
	type("ab");
	CHECK(!ldisc_readable(&ld, 1) && ldisc_pending(&ld) == 0);
	type("c\r");
	CHECK(ldisc_readable(&ld, 1) && ldisc_pending(&ld) == 4);
	expect_output("abc\r\n");
	type("second\nthird");
	expect_read(100, "abc\n", true);
	expect_read(3, "sec", false);
	expect_read(100, "ond\n", true);
	CHECK(!ldisc_readable(&ld, 1));

	start(); /* end of file: empty, after text, and just behind a full buffer */
	type("\x04");
	CHECK(ldisc_readable(&ld, 1) && ldisc_pending(&ld) == 0);
	expect_read(10, "", true);
	type("abc\x04");
	expect_read(3, "abc", true);
	CHECK(!ldisc_readable(&ld, 1));
	type("abc\x04xyz\x04");
	expect_read(10, "abc", true);
	expect_read(10, "xyz", true);
	CHECK(!ldisc_readable(&ld, 1));
}

static void test_editing(void)
{
	start();
	type("abc\x7f\x7f");
	expect_output("abc\b \b\b \b");
	type("\x7f\x7f\x7f");
	expect_output("\b \b");
	type("one two  \x17");
	expect_output("one two  \b \b\b \b\b \b\b \b\b \b");
	type("\n");
	expect_read(100, "one \n", true);
	out_len = 0;
	type("xy\x01\x15");
	expect_output("xy^A\b \b\b \b\b \b\b \b");
	type("ab\tc\x7f\x7f");
	expect_output("ab\tc\b \b\b\b\b\b\b\b");
	type("\x16\x03\n");
	expect_output("^\b^C\r\n");
	expect_read(100, "ab\x03\n", true);
	type("redo\x12");
	expect_output("redo^R\r\nredo");
	type("\n");
	CHECK(!strcmp(signals, ""));

	start();
	set_flags(0, IUTF8, 0, 0);
	type("a\xc3\xa9\x7f\n");
	expect_output("a\xc3\xa9\b \b\r\n");
	expect_read(100, "a\n", true);

	start(); /* without ECHOKE, ECHOE */
	set_flags(0, 0, ECHOKE | ECHOE, 0);
	type("ab\x15");
	expect_output("ab^U\r\n");
	type("ab\x7f");
	expect_output("ab^?");
	set_flags(0, 0, ECHO, ECHONL);
	type("z\n");
	expect_output("\r\n");
	expect_read(100, "az\n", true);

	start();
	set_flags(0, 0, 0, ECHOPRT);
	type("abc\x7f\x7f"
	     "d");
	expect_output("abc\\cb/d");
}

static void test_signals_and_flow(void)
{
	start();
	type("abc\x03");
	expect_output("abc^C");
	CHECK(!strcmp(signals, "I") && discards == 1);
	type("x\n");
	expect_read(10, "x\n", true);
	type("\x1c\x1a");
	CHECK(!strcmp(signals, "IQZ"));
	set_flags(0, 0, 0, NOFLSH);
	type("ab\x03"
	     "c\n");
	expect_read(10, "abc\n", true);
	CHECK(discards == 3);
	set_flags(0, 0, ISIG, 0);
	type("\x03\n");
	expect_read(10, "\x03\n", true);
	out_len = 0;
	type("\x13");
	CHECK(is_held);
	type("a");
	CHECK(is_held);
	type("\x11");
	CHECK(!is_held);
	expect_output("a");
	set_flags(0, IXANY, 0, 0);
	type("\x13"
	     "b");
	CHECK(!is_held);
	type("\x13");
	set_flags(IXON, 0, 0, 0);
	CHECK(!is_held);
	type("\x13\n");
	expect_read(10, "ab\x13\n", true);
	CHECK(ldisc_flow(&ld, TCOOFF) == 0 && is_held && ldisc_flow(&ld, TCOON) == 0 && !is_held);
	CHECK(ldisc_flow(&ld, 99) == -EINVAL);
}

static void test_input_flags(void)
{
	start();
	set_flags(0, INLCR | ISTRIP, ICANON, 0);
	type("a\r\n\xe1");
	expect_read(10, "a\n\ra", false);
	set_flags(INLCR | ISTRIP | ICRNL, IGNCR, 0, 0);
	type("\r\n\xe1");
	expect_read(10, "\n\xe1", false);
	set_flags(IGNCR, PARMRK, 0, 0);
	type("\xff\r");
	expect_read(10, "\xff\xff\r", false);
	set_flags(0, IUCLC, 0, 0);
	type("ABC");
	expect_read(10, "abc", false);
	ldisc_input_break(&ld);
	CHECK(ldisc_pending(&ld) == 3);
	set_flags(0, BRKINT, 0, 0);
	ldisc_input_break(&ld);
	CHECK(!strcmp(signals, "I") && ldisc_pending(&ld) == 0);
	set_flags(0, IGNBRK, 0, 0);
	ldisc_input_break(&ld);
	CHECK(!strcmp(signals, "I"));
}

static void test_output_flags(void)
{
	struct ktermios t;

	start();
	CHECK(ldisc_write(&ld, (const u8 *)"a\nb\tc\r\b\n", 8) == 8);
	expect_output("a\r\nb\tc\r\b\r\n");
	t = ld.termios;
	t.c_oflag = OPOST | OCRNL | XTABS;
	ldisc_set_termios(&ld, &t);
	CHECK(ldisc_write(&ld, (const u8 *)"ab\tc\r\n", 6) == 6);
	expect_output("ab      c\n\n");
	t.c_oflag = OPOST | ONOCR | ONLRET | OLCUC;
	ldisc_set_termios(&ld, &t);
	CHECK(ldisc_write(&ld, (const u8 *)"\n\rxy\r\n", 6) == 6);
	expect_output("\nXY\r\n");
	t.c_oflag = 0;
	ldisc_set_termios(&ld, &t);
	CHECK(ldisc_write(&ld, (const u8 *)"a\nb", 3) == 3);
	expect_output("a\nb");

	start(); /* no room: a newline is sent whole or not at all */
	out_room = 4;
	CHECK(ldisc_write(&ld, (const u8 *)"abc\nd", 5) == 3);
	expect_output("abc");
	out_room = 10;
	CHECK(ldisc_write(&ld, (const u8 *)"\nd", 2) == 2);
	expect_output("\r\nd");
}

static void test_modes_and_limits(void)
{
	u8 buf[5000];
	bool done;
	u32 n = 0;

	start(); /* switching to raw mode makes the unfinished line readable, and back */
	type("abc");
	set_flags(0, 0, ICANON, 0);
	CHECK(ldisc_readable(&ld, 3) && !ldisc_readable(&ld, 4));
	expect_read(2, "ab", false);
	type("d");
	set_flags(0, 0, 0, ICANON);
	CHECK(ldisc_readable(&ld, 1));
	expect_read(10, "cd", true);

	start(); /* an endless line keeps its first 4095 bytes, and can be ended */
	for (int i = 0; i < 6000; i++)
		CHECK(ldisc_input(&ld, (u8)('a' + i % 26)));
	type("\n");
	CHECK(ldisc_read(&ld, buf, sizeof(buf), &done) == 4096 && done);
	for (int i = 0; i < 4095; i++)
		CHECK(buf[i] == 'a' + i % 26);
	CHECK(buf[4095] == '\n');

	start(); /* full of lines: the next byte waits, but ^C comes through */
	while (ldisc_input(&ld, n % 10 == 9 ? '\n' : 'x'))
		n++;
	CHECK(n > 4000 && n <= 4096);
	CHECK(ldisc_pending(&ld) == n - n % 10); /* the finished lines */
	CHECK(ldisc_read(&ld, buf, sizeof(buf), &done) == 10 && done);
	CHECK(ldisc_input(&ld, 'y'));
	while (ldisc_input(&ld, '\n'))
		;
	CHECK(ldisc_input(&ld, 3) && !strcmp(signals, "I") && ldisc_pending(&ld) == 0);

	start(); /* IXOFF */
	out_len = 0;
	set_flags(0, IXOFF, ICANON | ECHO, 0);
	for (n = 0; ldisc_input(&ld, 'x'); n++)
		;
	expect_output("\x13");
	while (ldisc_pending(&ld))
		ldisc_read(&ld, buf, 100, &done);
	expect_output("\x11");
}

/* Random typing of letters, blanks, erase, word erase, kill and newline against an editor of ten
 * lines. */
static void test_random_editing(void)
{
	char line[300], expected[300];
	u32 len = 0;
	u8 buf[300];
	bool done;

	start();
	for (int step = 0; step < 200000; step++) {
		u8 c = "ab_ .\x7f\x7f\x17\x15\n\tc"[test_below(12)];

		out_room = test_below(4) ? 1000 : test_below(3);
		out_len = 0;
		CHECK(ldisc_input(&ld, c));
		if (c == 0x7f) {
			len -= len > 0;
		} else if (c == 0x15) {
			len = 0;
		} else if (c == 0x17) {
			while (len && !is_word((u8)line[len - 1]))
				len--;
			while (len && is_word((u8)line[len - 1]))
				len--;
		} else if (c == '\n' || len > 250) {
			if (c != '\n')
				type("\n");
			memcpy(expected, line, len);
			expected[len] = '\n';
			if (c != '\n')
				expected[len] = (char)c, expected[++len] = '\n';
			CHECK(ldisc_readable(&ld, 1));
			CHECK(ldisc_read(&ld, buf, sizeof(buf), &done) == len + 1 && done);
			CHECK(!memcmp(buf, expected, len + 1));
			len = 0;
		} else {
			line[len++] = (char)c;
		}
		CHECK(ld.head - ld.canon_head == len && ld.tail == ld.canon_head);
	}
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "ldisc");
	test_lines();
	test_editing();
	test_signals_and_flow();
	test_input_flags();
	test_output_flags();
	test_modes_and_limits();
	test_random_editing();
	return 0;
}
