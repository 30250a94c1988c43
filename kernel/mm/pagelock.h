/* SPDX-License-Identifier: MIT */
/* Inside of the page lock, whose users' side is in pagecache.h. */
#pragma once

#include "mm/page.h"

/* Clears PG_LOCKED or PG_WRITEBACK and wakes who waits for it. Any context; the page is not touched
 * after. */
void pagelock_end_state(struct page *p, u32 flag);
void pagelock_init(void);
