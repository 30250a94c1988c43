/* SPDX-License-Identifier: MIT */
/* VGA's 80x25 text mode, as the firmware leaves it. Source: IBM VGA technical reference; osdever's
 * FreeVGA. */
#include "drivers/vgacon.h"
#include "arch/bootinfo.h"
#include "arch/io.h"
#include "arch/mmu.h"

#define TEXT_MEMORY 0xb8000
#define ROWS        25
#define COLS        80

#define GC_INDEX        0x3ce /* graphics controller */
#define CRTC_INDEX      0x3d4
#define INPUT_STATUS    0x3da /* reading it resets the flip-flop of ATTR */
#define ATTR            0x3c0
#define GC_MISC         6
#define CRTC_CURSOR     0x0a
#define CRTC_START      0x0c
#define CRTC_CURSOR_LOW 0x0f
#define ATTR_MODE       0x10

static volatile u16 *memory;

static u8 index_read(u16 port, u8 index)
{
	outb(port, index);
	return inb((u16)(port + 1));
}

static void index_write(u16 port, u8 index, u8 v)
{
	outb(port, index);
	outb((u16)(port + 1), v);
}

/* A register that keeps what is written to it, and no graphics mode. */
static bool detect(void)
{
	u8 was = index_read(CRTC_INDEX, CRTC_CURSOR_LOW);
	bool kept;

	index_write(CRTC_INDEX, CRTC_CURSOR_LOW, (u8)(was ^ 0x55));
	kept = index_read(CRTC_INDEX, CRTC_CURSOR_LOW) == (was ^ 0x55);
	index_write(CRTC_INDEX, CRTC_CURSOR_LOW, was);
	return kept && !(index_read(GC_INDEX, GC_MISC) & 1);
}

static void draw(u32 x, u32 y, const u16 *cells, u32 n)
{
	volatile u16 *at = memory + y * COLS + x;

	while (n--)
		*at++ = *cells++;
}

static const struct screen_backend backend = { .rows = ROWS, .cols = COLS, .draw = draw };

const struct screen_backend *vgacon_probe(void)
{
	if ((bootinfo.fb.addr && bootinfo.fb.is_rgb) || !detect())
		return NULL;
	memory = mmu_map_device(TEXT_MEMORY, ROWS * COLS * sizeof(u16));
	if (!memory)
		return NULL;
	index_write(CRTC_INDEX, CRTC_CURSOR, 0x20); /* no hardware cursor: screen.c draws one */
	index_write(CRTC_INDEX, CRTC_START, 0);
	index_write(CRTC_INDEX, CRTC_START + 1, 0);
	/* The highest bit of an attribute: bright background, not blinking. */
	inb(INPUT_STATUS);
	outb(ATTR, ATTR_MODE | 0x20);
	outb(ATTR, 0x04);
	return &backend;
}
