/* SPDX-License-Identifier: MIT */
/* Draws character cells as pixels: 32, 24, 16 or 15 bits each, in the order that the boot loader
 * described. */
#include "drivers/fbcon.h"
#include "arch/bootinfo.h"
#include "arch/mmu.h"
#include "drivers/font.h"
#include "drivers/vt.h"

/* The colours of VGA's text mode: blue 1, green 2, red 4, bright 8. */
/* clang-format off */
static const u32 palette_rgb[16] = {
	0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
	0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};
/* clang-format on */

static struct {
	u8 *base;
	u32 pitch;
	u32 bytes; /* of a pixel */
	u32 palette[16];
	struct screen_backend backend;
} fb;

/* A colour in the framebuffer's format: 8 bits a part if a pixel has 3 bytes or more, else 5 (green
 * 6 in 16 bits). */
static u32 pixel_value(const struct boot_framebuffer *info, u32 rgb)
{
	u32 r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;

	if (info->bpp <= 16) {
		r >>= 3;
		g >>= info->bpp == 16 ? 2 : 3;
		b >>= 3;
	}
	return r << info->red_pos | g << info->green_pos | b << info->blue_pos;
}

/* Two pixels a store: bits are looked up in pairs. */
static void draw_glyph_32(u8 *at, const u8 *glyph, u32 fg, u32 bg)
{
	u64 f = fg, b = bg;
	const u64 pair[4] = { b << 32 | b, f << 32 | b, b << 32 | f, f << 32 | f };

	for (u32 y = 0; y < FONT_HEIGHT; y++, at += fb.pitch) {
		volatile u64 *p = (volatile u64 *)at;
		u32 bits = glyph[y];

		p[0] = pair[bits >> 6 & 3];
		p[1] = pair[bits >> 4 & 3];
		p[2] = pair[bits >> 2 & 3];
		p[3] = pair[bits & 3];
	}
}

static void draw_glyph_any(u8 *at, const u8 *glyph, u32 fg, u32 bg)
{
	for (u32 y = 0; y < FONT_HEIGHT; y++, at += fb.pitch) {
		volatile u8 *p = at;

		for (u32 bit = 0x80; bit; bit >>= 1) {
			u32 v = glyph[y] & bit ? fg : bg;

			for (u32 i = 0; i < fb.bytes; i++, v >>= 8)
				*p++ = (u8)v;
		}
	}
}

static void draw(u32 x, u32 y, const u16 *cells, u32 n)
{
	u8 *at = fb.base + (u64)y * FONT_HEIGHT * fb.pitch + x * FONT_WIDTH * fb.bytes;

	for (; n; n--, cells++, at += FONT_WIDTH * fb.bytes) {
		const u8 *glyph = font_glyph(*cells & 0xff);
		u32 fg = fb.palette[*cells >> 8 & 15], bg = fb.palette[*cells >> 12];

		if (fb.bytes == 4)
			draw_glyph_32(at, glyph, fg, bg);
		else
			draw_glyph_any(at, glyph, fg, bg);
	}
}

static bool usable(const struct boot_framebuffer *info)
{
	return info->addr && info->is_rgb && info->bpp >= 15 && info->bpp <= 32 &&
	       info->width >= 40 * FONT_WIDTH && info->height >= 10 * FONT_HEIGHT &&
	       info->pitch >= info->width * ((info->bpp + 7u) / 8);
}

const struct screen_backend *fbcon_probe(void)
{
	const struct boot_framebuffer *info = &bootinfo.fb;

	if (!usable(info))
		return NULL;
	fb.base = mmu_map_device(info->addr, (size_t)info->pitch * info->height);
	if (!fb.base)
		return NULL;
	fb.pitch = info->pitch;
	fb.bytes = (info->bpp + 7u) / 8;
	for (u32 i = 0; i < 16; i++)
		fb.palette[i] = pixel_value(info, palette_rgb[i]);
	fb.backend.rows = min(info->height / FONT_HEIGHT, (u32)VT_MAX_ROWS);
	fb.backend.cols = min(info->width / FONT_WIDTH, (u32)VT_MAX_COLS);
	fb.backend.draw = draw;
	font_init();
	return &fb.backend;
}
