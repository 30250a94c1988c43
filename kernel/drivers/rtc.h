/* SPDX-License-Identifier: MIT */
/* The battery-backed clock (MC146818 in the CMOS). */
#pragma once

#include "lib/types.h"

/* Seconds since 1970-01-01 00:00 UTC (the clock is taken to run on UTC). Waits for an update in
 * progress, up to 2 ms. */
s64 rtc_read(void);
