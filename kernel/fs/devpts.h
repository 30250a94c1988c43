/* SPDX-License-Identifier: MIT */
/* /dev/ptmx, and devpts, the directory of the slaves of pseudo-terminals: pts(4). */
#pragma once

/* Registers the filesystem and makes /dev/ptmx. => after devfs_init() */
void devpts_init(void);
