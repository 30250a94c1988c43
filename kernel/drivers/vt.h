/* SPDX-License-Identifier: MIT */
/*
 * A terminal emulator: the bytes of ECMA-48 (VT100, Linux console; console_codes(4)) change a grid
 * of character cells. Pure: it knows no screen and no lock, and marks the rows that changed.
 * screen.c shows the grid.
 *
 * A cell is as VGA's text mode has it: code page 437 in the low byte; above, 4 bits of foreground,
 * 4 of background.
 */
#pragma once

#include "lib/types.h"

#define VT_MAX_ROWS   128
#define VT_MAX_COLS   256
#define VT_MAX_PARAMS 16

#define VT_CELL(ch, fg, bg) ((u16)((ch) | (fg) << 8 | (bg) << 12))

/* What "save cursor" saves. */
struct vt_cursor {
	u32 x, y;
	u8 fg, bg;
	bool bold, underline, reverse, dim;
	/* the last column was written: the next character goes to the next line */
	bool wrap_pending;
	bool origin_mode; /* rows count from the top of the scrolling region */
	u8 charset;       /* G0 or G1 is in use */
	bool graphics[2]; /* G0, G1 are the line-drawing set */
};

struct vt {
	u32 rows, cols;
	u16 *cells;       /* rows * cols: what is to be seen */
	u16 *other_cells; /* the main screen while a program uses the alternate one */
	bool alternate;
	bool dirty[VT_MAX_ROWS];

	struct vt_cursor cur, saved, saved_main;
	u32 top, bottom; /* scrolling region: [top, bottom) */
	u64 tabs[VT_MAX_COLS / 64];
	bool autowrap, insert_mode, newline_mode, cursor_visible, app_cursor_keys, reverse_screen;

	u8 state; /* of the parser */
	u32 params[VT_MAX_PARAMS];
	u32 nr_params;
	char prefix;   /* '?', '>' or 0 */
	u32 utf8_char; /* being put together */
	u8 utf8_left;
	u16 last_char; /* for REP */

	char reply[64]; /* answers to the program's questions; the owner takes them away */
	u32 reply_len;
	bool bell;
};

/* cells and other_cells: rows * cols each, the owner's. */
void vt_init(struct vt *vt, u32 rows, u32 cols, u16 *cells, u16 *other_cells);
void vt_write(struct vt *vt, const u8 *bytes, size_t n);
/* The code-page-437 code that shows a Unicode character, or '?'. */
u8 vt_cp437(u32 c);
