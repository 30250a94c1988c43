/* SPDX-License-Identifier: MIT */
/* The built-in font: 8 x 16 pixels, code page 437 (ASCII, box drawing and blocks; other characters
 * as an empty box). */
#pragma once

#include "lib/types.h"

#define FONT_WIDTH  8
#define FONT_HEIGHT 16

void font_init(void);
/* FONT_HEIGHT rows, the leftmost pixel in bit 7. */
const u8 *font_glyph(u8 c);
