/* SPDX-License-Identifier: MIT */
/* The PS/2 keyboard: what is typed goes to screen_reader() as a Linux console's bytes (US
 * layout). */
#pragma once

#include "lib/types.h"

/* Finds the controller, connects interrupt 1. Without a keyboard: nothing. => irqs, work queues,
 * screen_init_tty() */
void keyboard_init(void);
/* What ctrl-alt-del does, in a thread. Without it: machine_restart(). */
void keyboard_set_ctrl_alt_del(void (*action)(void));
