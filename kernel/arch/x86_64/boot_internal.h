/* SPDX-License-Identifier: MIT */
/* Boot-time services that only arch/x86_64 uses. */
#pragma once

#include "lib/types.h"

/* A free page below 1 MiB, for the trampoline; 0 if there is none. */
paddr_t boot_alloc_low_page(void);
/* All RAM is mapped now: boot_alloc_pages may use what lies above 4 GiB. */
void boot_alloc_lift_limit(void);
/* True once the buddy allocator has taken what was left. */
bool boot_alloc_is_closed(void);
