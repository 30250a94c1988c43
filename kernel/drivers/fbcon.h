/* SPDX-License-Identifier: MIT */
/* Cells on a framebuffer that the boot loader set up, with the built-in font. */
#pragma once

#include "drivers/screen.h"

/* NULL: there is no framebuffer, or it is of a kind that we cannot draw on. */
const struct screen_backend *fbcon_probe(void);
