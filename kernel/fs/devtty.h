/* SPDX-License-Identifier: MIT */
/* Terminals as files: /dev/ttyS*, /dev/tty1, /dev/console, and /dev/tty, the controlling terminal of who opens it. */
#pragma once

/* Makes the nodes. => after console_init() and devfs_init() */
void devtty_init(void);
