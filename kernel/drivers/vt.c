/* SPDX-License-Identifier: MIT */
/*
 * The terminal emulator's state machine:
 *
 *	GROUND --ESC--> ESCAPE --[--> CSI --digits ; ?--> CSI --final byte--> GROUND
 *	                       --( ) # %--> (one more byte) --> GROUND
 *	                       --] P _ ^--> STRING --BEL or ESC \--> GROUND      (ignored)
 *
 * Control characters act in every state. Characters of UTF-8 become code page 437, which is what
 * the hardware's font and ours have.
 *
 * Invariant: cur.x < cols, cur.y < rows, top < bottom <= rows.
 */
#include "drivers/vt.h"
#include "lib/format.h"
#include "lib/string.h"

/* clang-format off */
enum { GROUND, ESCAPE, CSI, CHARSET_G0, CHARSET_G1, HASH, PERCENT, OSC, PALETTE, STRING, STRING_ESCAPE };
/* clang-format on */

#define ESC        0x1b
#define DEFAULT_FG 7
#define DEFAULT_BG 0

/* ------------------------------------------------------------------ characters */

/* Code page 437 from 0x80 on. */
/* clang-format off */
static const u16 cp437_high[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
	0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
	0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
	0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
	0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
	0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
	0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
	0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};
/* clang-format on */

/* The DEC line-drawing set, '`' to '~', in code page 437. */
/* clang-format off */
static const u8 graphics_set[] = {
	0x04, 0xb1, 0x09, 0x0c, 0x0d, 0x0a, 0xf8, 0xf1, 0x20, 0x20, 0xd9, 0xbf, 0xda, 0xc0, 0xc5, 0xc4,
	0xc4, 0xc4, 0x5f, 0x5f, 0xc3, 0xb4, 0xc1, 0xc2, 0xb3, 0xf3, 0xf2, 0xe3, 0xd8, 0x9c, 0xfa,
};
/* clang-format on */

u8 vt_cp437(u32 c)
{
	if (c < 0x80)
		return (u8)c;
	for (u32 i = 0; i < ARRAY_SIZE(cp437_high); i++)
		if (cp437_high[i] == c)
			return (u8)(0x80 + i);
	switch (c) { /* near enough */
	case 0x2010 ... 0x2015:
		return '-';
	case 0x2018:
	case 0x2019:
		return '\'';
	case 0x201c:
	case 0x201d:
		return '"';
	case 0x2022:
		return 0xf9;
	case 0x2026:
		return '.';
	}
	return '?';
}

/* ------------------------------------------------------------------ cells */

static u16 *cell_at(struct vt *vt, u32 x, u32 y)
{
	return vt->cells + y * vt->cols + x;
}

/* The attribute byte that new characters get. */
static u16 attributes(const struct vt *vt)
{
	const struct vt_cursor *c = &vt->cur;
	u16 fg = c->fg, bg = c->bg, swap;

	if (c->underline && fg == DEFAULT_FG)
		fg = 3; /* no underline here: another colour, as Linux shows it */
	if (c->dim && fg == DEFAULT_FG)
		fg = 8;
	else if (c->bold && fg < 8)
		fg |= 8;
	if (c->reverse != vt->reverse_screen) {
		swap = fg;
		fg = bg;
		bg = swap & 7; /* bright backgrounds blink on some hardware */
	}
	return (u16)(fg << 8 | bg << 12);
}

/* What is erased gets the current background. */
static u16 blank(const struct vt *vt)
{
	return VT_CELL(' ', DEFAULT_FG, vt->cur.bg);
}

static void fill(u16 *cells, u16 value, u32 n)
{
	while (n--)
		*cells++ = value;
}

static void mark_dirty(struct vt *vt, u32 top, u32 bottom)
{
	memset(vt->dirty + top, true, bottom - top);
}

/* Erases [x, x + n) of a row, as far as there are columns. */
static void erase(struct vt *vt, u32 x, u32 y, u32 n)
{
	fill(cell_at(vt, x, y), blank(vt), min(n, vt->cols - x));
	vt->dirty[y] = true;
}

static void erase_rows(struct vt *vt, u32 top, u32 bottom)
{
	fill(cell_at(vt, 0, top), blank(vt), (bottom - top) * vt->cols);
	mark_dirty(vt, top, bottom);
}

/* Moves the rows of [top, bottom) up or down by n; what comes in is blank. */
static void scroll_up(struct vt *vt, u32 top, u32 bottom, u32 n)
{
	n = min(n, bottom - top);
	memmove(cell_at(vt, 0, top), cell_at(vt, 0, top + n),
		(bottom - top - n) * vt->cols * sizeof(u16));
	erase_rows(vt, bottom - n, bottom);
	mark_dirty(vt, top, bottom);
}

static void scroll_down(struct vt *vt, u32 top, u32 bottom, u32 n)
{
	n = min(n, bottom - top);
	memmove(cell_at(vt, 0, top + n), cell_at(vt, 0, top),
		(bottom - top - n) * vt->cols * sizeof(u16));
	erase_rows(vt, top, top + n);
	mark_dirty(vt, top, bottom);
}

/* ------------------------------------------------------------------ cursor */

/* The old and the new place of the cursor have to be drawn. */
static void move_to(struct vt *vt, s64 x, s64 y)
{
	vt->dirty[vt->cur.y] = true;
	vt->cur.x = (u32)clamp(x, 0L, (s64)vt->cols - 1);
	vt->cur.y = (u32)clamp(y, 0L, (s64)vt->rows - 1);
	vt->cur.wrap_pending = false;
	vt->dirty[vt->cur.y] = true;
}

/* As programs address it: origin mode keeps it inside the scrolling region. */
static void move_to_addressed(struct vt *vt, s64 x, s64 y)
{
	if (vt->cur.origin_mode)
		y = clamp(y + vt->top, (s64)vt->top, (s64)vt->bottom - 1);
	move_to(vt, x, y);
}

/* Up and down stop at the region's edge, if the cursor was inside. */
static void move_vertically(struct vt *vt, s64 by)
{
	s64 y = vt->cur.y + by;

	if (by < 0 && vt->cur.y >= vt->top)
		y = max(y, (s64)vt->top);
	if (by > 0 && vt->cur.y < vt->bottom)
		y = min(y, (s64)vt->bottom - 1);
	move_to(vt, vt->cur.x, y);
}

static void line_feed(struct vt *vt)
{
	if (vt->cur.y + 1 == vt->bottom) {
		scroll_up(vt, vt->top, vt->bottom, 1);
		vt->cur.wrap_pending = false;
	} else {
		move_to(vt, vt->cur.x, vt->cur.y + 1L);
	}
}

static void reverse_line_feed(struct vt *vt)
{
	if (vt->cur.y == vt->top)
		scroll_down(vt, vt->top, vt->bottom, 1);
	else
		move_to(vt, vt->cur.x, vt->cur.y - 1L);
}

static void tab(struct vt *vt)
{
	u32 x = vt->cur.x;

	do
		x++;
	while (x < vt->cols - 1 && !(vt->tabs[x / 64] >> (x % 64) & 1));
	move_to(vt, x, vt->cur.y);
}

static void back_tab(struct vt *vt, u32 n)
{
	u32 x = vt->cur.x;

	while (n-- && x)
		do
			x--;
		while (x && !(vt->tabs[x / 64] >> (x % 64) & 1));
	move_to(vt, x, vt->cur.y);
}

static void set_tab(struct vt *vt, bool on)
{
	u64 bit = 1UL << (vt->cur.x % 64);
	u64 *word = &vt->tabs[vt->cur.x / 64];

	*word = on ? *word | bit : *word & ~bit;
}

/* ------------------------------------------------------------------ reset, screens */

static void reset_attributes(struct vt *vt)
{
	vt->cur.fg = DEFAULT_FG;
	vt->cur.bg = DEFAULT_BG;
	vt->cur.bold = vt->cur.dim = vt->cur.underline = vt->cur.reverse = false;
}

static void reset(struct vt *vt)
{
	memset(&vt->cur, 0, sizeof(vt->cur));
	reset_attributes(vt);
	vt->saved = vt->saved_main = vt->cur;
	vt->top = 0;
	vt->bottom = vt->rows;
	memset(vt->tabs, 0x01, sizeof(vt->tabs)); /* every eighth column */
	vt->autowrap = vt->cursor_visible = true;
	vt->insert_mode = vt->newline_mode = vt->app_cursor_keys = vt->reverse_screen = false;
	vt->state = GROUND;
	vt->utf8_left = 0;
	erase_rows(vt, 0, vt->rows);
}

static void use_alternate(struct vt *vt, bool on)
{
	u16 *cells = vt->cells;

	if (vt->alternate == on)
		return;
	vt->alternate = on;
	vt->cells = vt->other_cells;
	vt->other_cells = cells;
	if (on) {
		vt->saved_main = vt->cur;
		erase_rows(vt, 0, vt->rows);
	} else {
		vt->cur = vt->saved_main;
	}
	mark_dirty(vt, 0, vt->rows);
}

void vt_init(struct vt *vt, u32 rows, u32 cols, u16 *cells, u16 *other_cells)
{
	memset(vt, 0, sizeof(*vt));
	vt->rows = rows;
	vt->cols = cols;
	vt->cells = cells;
	vt->other_cells = other_cells;
	reset(vt);
}

/* ------------------------------------------------------------------ printing */

static void print(struct vt *vt, u16 ch)
{
	u16 *cell;

	if (vt->cur.wrap_pending && vt->autowrap) {
		line_feed(vt);
		move_to(vt, 0, vt->cur.y);
	}
	cell = cell_at(vt, vt->cur.x, vt->cur.y);
	if (vt->insert_mode)
		memmove(cell + 1, cell, (vt->cols - vt->cur.x - 1) * sizeof(u16));
	*cell = ch | attributes(vt);
	vt->last_char = ch;
	vt->dirty[vt->cur.y] = true;
	if (vt->cur.x + 1 < vt->cols)
		vt->cur.x++;
	else
		vt->cur.wrap_pending = true;
}

/* A byte of the ground state: part of a UTF-8 character, or ASCII. */
static void print_byte(struct vt *vt, u8 c)
{
	if (c < 0x80) {
		vt->utf8_left = 0;
		if (vt->cur.graphics[vt->cur.charset] && c >= '`' && c <= '~')
			c = graphics_set[c - '`'];
		print(vt, c);
	} else if ((c & 0xc0) == 0x80) {
		if (!vt->utf8_left)
			return;
		vt->utf8_char = vt->utf8_char << 6 | (c & 0x3f);
		if (--vt->utf8_left == 0)
			print(vt, vt_cp437(vt->utf8_char));
	} else {
		vt->utf8_left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		vt->utf8_char = c & (0x3f >> vt->utf8_left);
	}
}

/* ------------------------------------------------------------------ CSI sequences */

/* Parameter i; 0 and missing count as `otherwise`. */
static u32 param(const struct vt *vt, u32 i, u32 otherwise)
{
	return i < vt->nr_params && vt->params[i] ? vt->params[i] : otherwise;
}

static void reply(struct vt *vt, const char *text)
{
	vt->reply_len += (u32)scnprintf(
		vt->reply + vt->reply_len, sizeof(vt->reply) - vt->reply_len, "%s", text);
}

/* The nearest of the eight colours, and bright ones, to an RGB value. */
static u8 nearest_color(u32 r, u32 g, u32 b)
{
	u32 top = max(max(r, g), b), half = max(top / 2, 1u);
	u8 color = (u8)((r > half ? 4 : 0) | (g > half ? 2 : 0) | (b > half ? 1 : 0));

	if (top < 48)
		return 0;
	return top > 200 ? color | 8 : color;
}

/* ANSI counts red 1, green 2, blue 4; VGA the other way round. */
static u8 ansi_color(u32 n)
{
	return (u8)((n & 8) | (n & 2) | (n & 1) << 2 | (n & 4) >> 2);
}

static u8 indexed_color(u32 n)
{
	if (n < 16)
		return ansi_color(n);
	if (n >= 232)
		return n < 238 ? 0 : n < 244 ? 8 : n < 250 ? 7 : 15;
	n -= 16;
	return nearest_color(n / 36 * 51, n / 6 % 6 * 51, n % 6 * 51);
}

/* 38;5;N and 38;2;R;G;B: returns how many more parameters it used. */
static u32 extended_color(const struct vt *vt, u32 i, u8 *color)
{
	if (param(vt, i + 1, 0) == 5) {
		*color = indexed_color(param(vt, i + 2, 0) & 0xff);
		return 2;
	}
	if (param(vt, i + 1, 0) == 2) {
		*color = nearest_color(
			param(vt, i + 2, 0), param(vt, i + 3, 0), param(vt, i + 4, 0));
		return 4;
	}
	return 0;
}

static void set_attribute(struct vt *vt, u32 n)
{
	struct vt_cursor *c = &vt->cur;

	switch (n) {
	case 0:
		reset_attributes(vt);
		break;
	case 1:
		c->bold = true;
		c->dim = false;
		break;
	case 2:
		c->dim = true;
		c->bold = false;
		break;
	case 4:
		c->underline = true;
		break;
	case 7:
		c->reverse = true;
		break;
	case 21:
	case 22:
		c->bold = c->dim = false;
		break;
	case 24:
		c->underline = false;
		break;
	case 27:
		c->reverse = false;
		break;
	case 30 ... 37:
		c->fg = ansi_color(n - 30);
		break;
	case 39:
		c->fg = DEFAULT_FG;
		break;
	case 40 ... 47:
		c->bg = ansi_color(n - 40);
		break;
	case 49:
		c->bg = DEFAULT_BG;
		break;
	case 90 ... 97:
		c->fg = ansi_color(n - 90) | 8;
		break;
	case 100 ... 107:
		c->bg = ansi_color(n - 100);
		break;
	}
}

static void select_graphic_rendition(struct vt *vt)
{
	for (u32 i = 0; i < max(vt->nr_params, 1u); i++) {
		u32 n = param(vt, i, 0);

		if (n == 38)
			i += extended_color(vt, i, &vt->cur.fg);
		else if (n == 48)
			i += extended_color(vt, i, &vt->cur.bg);
		else
			set_attribute(vt, n);
	}
	vt->cur.bg &= 7;
}

static void set_private_mode(struct vt *vt, u32 mode, bool on)
{
	switch (mode) {
	case 1:
		vt->app_cursor_keys = on;
		break;
	case 5:
		if (vt->reverse_screen != on) {
			vt->reverse_screen = on;
			for (u32 i = 0; i < vt->rows * vt->cols; i++)
				vt->cells[i] =
					(u16)((vt->cells[i] & 0xff) | (vt->cells[i] & 0x0f00) << 4 |
						(vt->cells[i] & 0xf000) >> 4);
			mark_dirty(vt, 0, vt->rows);
		}
		break;
	case 6:
		vt->cur.origin_mode = on;
		move_to_addressed(vt, 0, 0);
		break;
	case 7:
		vt->autowrap = on;
		break;
	case 25:
		vt->cursor_visible = on;
		vt->dirty[vt->cur.y] = true;
		break;
	case 47:
	case 1047:
	case 1049:
		use_alternate(vt, on);
		break;
	}
}

static void set_modes(struct vt *vt, bool on)
{
	for (u32 i = 0; i < vt->nr_params; i++) {
		if (vt->prefix == '?')
			set_private_mode(vt, vt->params[i], on);
		else if (vt->params[i] == 4)
			vt->insert_mode = on;
		else if (vt->params[i] == 20)
			vt->newline_mode = on;
	}
}

static void erase_in_display(struct vt *vt, u32 what)
{
	if (what == 0) {
		erase(vt, vt->cur.x, vt->cur.y, vt->cols);
		erase_rows(vt, vt->cur.y + 1, vt->rows);
	} else if (what == 1) {
		erase_rows(vt, 0, vt->cur.y);
		erase(vt, 0, vt->cur.y, vt->cur.x + 1);
	} else if (what == 2 || what == 3) {
		erase_rows(vt, 0, vt->rows);
	}
}

static void erase_in_line(struct vt *vt, u32 what)
{
	if (what == 0)
		erase(vt, vt->cur.x, vt->cur.y, vt->cols);
	else if (what == 1)
		erase(vt, 0, vt->cur.y, vt->cur.x + 1);
	else if (what == 2)
		erase(vt, 0, vt->cur.y, vt->cols);
}

static void insert_chars(struct vt *vt, u32 n)
{
	u16 *cell = cell_at(vt, vt->cur.x, vt->cur.y);
	u32 right = vt->cols - vt->cur.x;

	n = min(n, right);
	memmove(cell + n, cell, (right - n) * sizeof(u16));
	erase(vt, vt->cur.x, vt->cur.y, n);
}

static void delete_chars(struct vt *vt, u32 n)
{
	u16 *cell = cell_at(vt, vt->cur.x, vt->cur.y);
	u32 right = vt->cols - vt->cur.x;

	n = min(n, right);
	memmove(cell, cell + n, (right - n) * sizeof(u16));
	erase(vt, vt->cols - n, vt->cur.y, n);
}

static void insert_or_delete_lines(struct vt *vt, u32 n, bool insert)
{
	if (vt->cur.y < vt->top || vt->cur.y >= vt->bottom)
		return;
	if (insert)
		scroll_down(vt, vt->cur.y, vt->bottom, n);
	else
		scroll_up(vt, vt->cur.y, vt->bottom, n);
	move_to(vt, 0, vt->cur.y);
}

static void set_region(struct vt *vt)
{
	u32 top = param(vt, 0, 1), bottom = min(param(vt, 1, vt->rows), vt->rows);

	if (top >= bottom)
		return;
	vt->top = top - 1;
	vt->bottom = bottom;
	move_to_addressed(vt, 0, 0);
}

static void device_status(struct vt *vt)
{
	char text[32];

	if (param(vt, 0, 0) == 5) {
		reply(vt, "\033[0n");
	} else if (param(vt, 0, 0) == 6) {
		scnprintf(text, sizeof(text), "\033[%u;%uR",
			vt->cur.y + 1 - (vt->cur.origin_mode ? vt->top : 0), vt->cur.x + 1);
		reply(vt, text);
	}
}

static void repeat(struct vt *vt, u32 n)
{
	for (n = min(n, vt->rows * vt->cols); n && vt->last_char; n--)
		print(vt, vt->last_char);
}

static void clear_tabs(struct vt *vt)
{
	if (param(vt, 0, 0) == 0)
		set_tab(vt, false);
	else
		memset(vt->tabs, 0, sizeof(vt->tabs));
}

/* Sequences that move the cursor. False: not one of them. */
static bool csi_move(struct vt *vt, u8 final)
{
	s64 n = param(vt, 0, 1), x = vt->cur.x, y = vt->cur.y;

	switch (final) {
	case 'A':
		move_vertically(vt, -n);
		return true;
	case 'B':
	case 'e':
		move_vertically(vt, n);
		return true;
	case 'C':
	case 'a':
		move_to(vt, x + n, y);
		return true;
	case 'D':
		move_to(vt, x - n, y);
		return true;
	case 'E':
	case 'F':
		move_vertically(vt, final == 'E' ? n : -n);
		move_to(vt, 0, vt->cur.y);
		return true;
	case 'G':
	case '`':
		move_to(vt, n - 1, y);
		return true;
	case 'd':
		move_to_addressed(vt, x, n - 1);
		return true;
	case 'H':
	case 'f':
		move_to_addressed(vt, param(vt, 1, 1) - 1L, n - 1);
		return true;
	case 'I':
		while (n-- > 0 && vt->cur.x + 1 < vt->cols)
			tab(vt);
		return true;
	case 'Z':
		back_tab(vt, (u32)n);
		return true;
	}
	return false;
}

static void save_cursor(struct vt *vt)
{
	vt->saved = vt->cur;
}

static void restore_cursor(struct vt *vt)
{
	vt->dirty[vt->cur.y] = true;
	vt->cur = vt->saved;
	vt->dirty[vt->cur.y] = true;
}

static void csi_dispatch(struct vt *vt, u8 final)
{
	u32 n = param(vt, 0, 1);

	if (vt->prefix && final != 'h' && final != 'l')
		return;
	if (csi_move(vt, final))
		return;
	switch (final) {
	case '@':
		insert_chars(vt, n);
		break;
	case 'J':
		erase_in_display(vt, param(vt, 0, 0));
		break;
	case 'K':
		erase_in_line(vt, param(vt, 0, 0));
		break;
	case 'L':
	case 'M':
		insert_or_delete_lines(vt, n, final == 'L');
		break;
	case 'P':
		delete_chars(vt, n);
		break;
	case 'S':
		scroll_up(vt, vt->top, vt->bottom, n);
		break;
	case 'T':
		scroll_down(vt, vt->top, vt->bottom, n);
		break;
	case 'X':
		erase(vt, vt->cur.x, vt->cur.y, n);
		break;
	case 'b':
		repeat(vt, n);
		break;
	case 'c':
		reply(vt, "\033[?6c");
		break;
	case 'g':
		clear_tabs(vt);
		break;
	case 'h':
	case 'l':
		set_modes(vt, final == 'h');
		break;
	case 'm':
		select_graphic_rendition(vt);
		break;
	case 'n':
		device_status(vt);
		break;
	case 'r':
		set_region(vt);
		break;
	case 's':
		save_cursor(vt);
		break;
	case 'u':
		restore_cursor(vt);
		break;
	}
}

static void csi_byte(struct vt *vt, u8 c)
{
	u32 *p;

	if (c >= '0' && c <= '9') {
		if (vt->nr_params == 0)
			vt->nr_params = 1;
		p = &vt->params[vt->nr_params - 1];
		*p = min(*p * 10 + (c - '0'), 65535u);
	} else if (c == ';' || c == ':') {
		if (vt->nr_params == 0)
			vt->nr_params = 1;
		if (vt->nr_params < VT_MAX_PARAMS)
			vt->params[vt->nr_params++] = 0;
	} else if (c >= '<' && c <= '?') {
		vt->prefix = (char)c;
	} else if (c >= 0x40 && c <= 0x7e) {
		vt->state = GROUND;
		csi_dispatch(vt, c);
	} /* else an intermediate byte, of sequences that nobody here knows */
}

/* --------------------------------------------------------- ESC sequences and control characters */

static void escape_byte(struct vt *vt, u8 c)
{
	vt->state = GROUND;
	switch (c) {
	case '[':
		vt->state = CSI;
		vt->nr_params = 0;
		vt->prefix = 0;
		memset(vt->params, 0, sizeof(vt->params));
		break;
	case ']':
		vt->state = OSC;
		break;
	case 'P':
	case '_':
	case '^':
	case 'X':
		vt->state = STRING;
		break;
	case '(':
		vt->state = CHARSET_G0;
		break;
	case ')':
		vt->state = CHARSET_G1;
		break;
	case '#':
		vt->state = HASH;
		break;
	case '%':
		vt->state = PERCENT;
		break;
	case '7':
		save_cursor(vt);
		break;
	case '8':
		restore_cursor(vt);
		break;
	case 'D':
		line_feed(vt);
		break;
	case 'E':
		line_feed(vt);
		move_to(vt, 0, vt->cur.y);
		break;
	case 'H':
		set_tab(vt, true);
		break;
	case 'M':
		reverse_line_feed(vt);
		break;
	case 'Z':
		reply(vt, "\033[?6c");
		break;
	case 'c':
		use_alternate(vt, false);
		reset(vt);
		break;
	}
}

/* Fills the screen with E's: the test pattern of a VT100. */
static void alignment_pattern(struct vt *vt)
{
	fill(vt->cells, VT_CELL('E', DEFAULT_FG, DEFAULT_BG), vt->rows * vt->cols);
	mark_dirty(vt, 0, vt->rows);
}

/* Control characters, which work in the middle of a sequence too. False: not one. */
static bool control_byte(struct vt *vt, u8 c)
{
	switch (c) {
	case '\a':
		if (vt->state == STRING)
			vt->state = GROUND;
		else
			vt->bell = true;
		return true;
	case '\b':
		move_to(vt, vt->cur.x - 1L, vt->cur.y);
		return true;
	case '\t':
		tab(vt);
		return true;
	case '\n':
	case '\v':
	case '\f':
		line_feed(vt);
		if (vt->newline_mode)
			move_to(vt, 0, vt->cur.y);
		return true;
	case '\r':
		move_to(vt, 0, vt->cur.y);
		return true;
	case 0x0e:
	case 0x0f:
		vt->cur.charset = c == 0x0e;
		return true;
	case 0x18:
	case 0x1a:
		vt->state = GROUND;
		return true;
	case ESC:
		vt->state = vt->state == STRING ? STRING_ESCAPE : ESCAPE;
		return true;
	}
	return c < 0x20 || c == 0x7f; /* the others do nothing */
}

/* ESC ]: P nrrggbb and R set and reset the Linux console's palette, and have no end of their own;
 * others are strings. */
static void osc_byte(struct vt *vt, u8 c)
{
	vt->state = c == 'R' ? GROUND : c == 'P' ? PALETTE : STRING;
	vt->nr_params = 7; /* digits to skip */
}

static void sequence_byte(struct vt *vt, u8 c)
{
	switch (vt->state) {
	case ESCAPE:
		escape_byte(vt, c);
		break;
	case CSI:
		csi_byte(vt, c);
		break;
	case CHARSET_G0:
	case CHARSET_G1:
		vt->cur.graphics[vt->state - CHARSET_G0] = c == '0';
		vt->state = GROUND;
		break;
	case HASH:
		if (c == '8')
			alignment_pattern(vt);
		vt->state = GROUND;
		break;
	case PERCENT:
		vt->state = GROUND;
		break;
	case OSC:
		osc_byte(vt, c);
		break;
	case PALETTE:
		if (--vt->nr_params == 0)
			vt->state = GROUND;
		break;
	case STRING_ESCAPE:
		vt->state = c == '\\' ? GROUND : STRING;
		break;
	}
}

/* The bytes from the start that only print: no look at the state for each. Returns how many. */
static size_t print_run(struct vt *vt, const u8 *bytes, size_t n)
{
	u16 attr = attributes(vt), *cell = cell_at(vt, vt->cur.x, vt->cur.y);
	size_t run = 0;

	if (vt->cur.wrap_pending || vt->insert_mode || vt->utf8_left ||
		vt->cur.graphics[vt->cur.charset])
		return 0;
	n = min(n, (size_t)(vt->cols - vt->cur.x - 1)); /* the last column is print()'s */
	for (; run < n && bytes[run] >= 0x20 && bytes[run] < 0x7f; run++)
		*cell++ = bytes[run] | attr;
	if (run) {
		vt->cur.x += (u32)run;
		vt->last_char = bytes[run - 1];
		vt->dirty[vt->cur.y] = true;
	}
	return run;
}

void vt_write(struct vt *vt, const u8 *bytes, size_t n)
{
	const u8 *end = bytes + n;

	while (bytes < end) {
		if (vt->state == GROUND) {
			bytes += print_run(vt, bytes, (size_t)(end - bytes));
			if (bytes == end)
				break;
		}
		if (!control_byte(vt, *bytes)) {
			if (vt->state == GROUND)
				print_byte(vt, *bytes);
			else
				sequence_byte(vt, *bytes);
		}
		bytes++;
	}
}
