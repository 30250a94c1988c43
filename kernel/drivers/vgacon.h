/* SPDX-License-Identifier: MIT */
/* Cells in VGA's text mode, which has them in memory as vt.h does. */
#pragma once

#include "drivers/screen.h"

/* NULL: there is no VGA, or it is not in text mode. */
const struct screen_backend *vgacon_probe(void);
