/* SPDX-License-Identifier: MIT */
/* The terminal emulator: known sequences against what a VT100 shows, then random bytes, which must
 * not write outside. */
#include "hosttest.h"

#define vsnprintf k_vsnprintf
#define snprintf  k_snprintf
#include "lib/format.c"
#include "drivers/vt.c"
#undef vsnprintf
#undef snprintf

#define ROWS 6
#define COLS 20

static struct vt vt;
static u16 *cells, *other;

static void start(u32 rows, u32 cols)
{
	free(cells);
	free(other);
	cells = malloc(rows * cols * sizeof(u16));
	other = malloc(rows * cols * sizeof(u16));
	vt_init(&vt, rows, cols, cells, other);
	memset(other, 0, rows * cols * sizeof(u16));
}

static void send(const char *text)
{
	vt_write(&vt, (const u8 *)text, strlen(text));
}

/* The first rows, without the blanks at their ends, joined by '|'. */
static void expect(const char *text, u32 x, u32 y)
{
	char got[ROWS * (COLS + 1) + 1], *p = got;

	for (u32 row = 0; row < vt.rows; row++) {
		char *end = p;

		for (u32 col = 0; col < vt.cols; col++) {
			*p++ = (char)vt.cells[row * vt.cols + col];
			if (p[-1] != ' ')
				end = p;
		}
		p = end;
		*p++ = '|';
	}
	while (p > got && p[-1] == '|')
		p--;
	*p = 0;
	if (strcmp(got, text) || vt.cur.x != x || vt.cur.y != y) {
		printf("screen \"%s\" cursor %u,%u; expected \"%s\" %u,%u\n", got, vt.cur.x,
			vt.cur.y, text, x, y);
		CHECK(!"same screen");
	}
}

static void test_sequences(void)
{
	start(ROWS, COLS);
	send("one\r\ntwo\tx\b!");
	expect("one|two     !", 9, 1);
	send("\033[2J\033[H0123456789012345678");
	expect("0123456789012345678", 19, 0);
	send("9");
	expect("01234567890123456789", 19, 0); /* the wrap waits for the next character */
	send("A");
	expect("01234567890123456789|A", 1, 1);
	send("\033[1;5H\033[3P\033[2@\033[1;1H\033[4X");
	expect("      7890123456789|A", 0, 0);
	send("\033[2J\033[HA\r\nB\r\nC\r\nD\r\nE\r\nF\r\nG");
	expect("B|C|D|E|F|G", 1, 5);
	send("\033[2;4r\033[2;1H\033M");
	expect("B||C|D|F|G", 0, 1);
	send("\033[4;1Hx\r\n");
	expect("B|C|x||F|G", 0, 3);
	send("\033[2;1H\033[L\033[M\033[r\033[6;1H\033D");
	expect("C|x||F|G", 0, 5);
	send("\033[H\033[1;31mR\033[0mN\033[7mI\033[m\033[38;5;9mP\033[48;2;0;0;255mT");
	CHECK(cells[0] == VT_CELL('R', 12, 0) && cells[1] == VT_CELL('N', 7, 0));
	CHECK(cells[2] == VT_CELL('I', 0, 7) && cells[3] == VT_CELL('P', 12, 0));
	CHECK((cells[4] & 0xff) == 'T' && cells[4] >> 12 == 1);
	send("\033[m\033[2;3H\033[6n\033[c\033[5n");
	CHECK(strncmp(vt.reply, "\033[2;3R\033[?6c\033[0n", vt.reply_len) == 0 &&
		vt.reply_len == 15);
	vt.reply_len = 0;
	send("\033[2J\033[H\033[?1049hALT\033[?1049lmain");
	expect("main", 4, 0);
	send("\033]0;title\007\033[2K\r\033]P1ff0000ok\033]Rz");
	expect("okz", 3, 0);
	send("\r\033[4mu\033[24m\033(0q\033(Bx\0337\033[5;5H\0338y");
	CHECK((cells[1] & 0xff) == 0xc4);
	send("\r\033[K\xc3\xa9\xe2\x94\x82\xf0\x9f\x98\x80");
	CHECK((cells[0] & 0xff) == 0x82 && (cells[1] & 0xff) == 0xb3 && (cells[2] & 0xff) == '?');
	send("\033c\033[3;3Hab\033[1K\033[4;1Hxyz\033[4;2H\033[1J\033[?25l");
	expect("|||  z", 1, 3);
	CHECK(!vt.cursor_visible);
	send("\033[?6h\033[2;5r\033[1;1H*");
	expect("|*||  z", 1, 1);
}

/* Mostly things that mean something. */
static void random_sequences(void)
{
	static const char finals[] = "ABCDEFGHIJKLMPSTXZ`@abcdefghlmnrsu78DEHMc(0)B#%]";
	char text[64];
	int n = 0;

	switch (test_below(4)) {
	case 0:
		for (n = 0; n < 40; n++)
			text[n] = (char)(1 + test_below(255));
		text[n] = 0;
		break;
	case 1:
		sprintf(text, "\033[%s%u;%u%c", test_below(4) ? "" : "?", (unsigned)test_below(60),
			(unsigned)test_below(300), finals[test_below(sizeof(finals) - 1)]);
		break;
	case 2:
		sprintf(text, "\033[%llu%c", (unsigned long long)test_random() >> test_below(64),
			finals[test_below(sizeof(finals) - 1)]);
		break;
	default:
		sprintf(text, "some text\r\n\t%c\033%c", (char)(32 + test_below(90)),
			finals[test_below(sizeof(finals) - 1)]);
	}
	send(text);
}

static void test_random_bytes(void)
{
	for (int round = 0; round < 200; round++) {
		start(1 + (u32)test_below(50), 2 + (u32)test_below(200));
		for (int step = 0; step < 300; step++) {
			random_sequences();
			CHECK(vt.cur.x < vt.cols && vt.cur.y < vt.rows);
			CHECK(vt.top < vt.bottom && vt.bottom <= vt.rows);
			CHECK(vt.reply_len < sizeof(vt.reply));
			CHECK(vt.cells == (vt.alternate ? other : cells));
			vt.reply_len = 0;
		}
	}
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "vt");
	test_sequences();
	test_random_bytes();
	free(cells);
	free(other);
	return 0;
}
