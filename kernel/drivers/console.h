/* SPDX-License-Identifier: MIT */
/*
 * /dev/console: one terminal that is shown on the first serial port and on the screen, and reads
 * that port and the keyboard, whichever of them exist.
 */
#pragma once

/* Registers all terminals: ttyS*, tty1 and the console; starts the keyboard. => interrupts, timers,
 * work queues, slab; serial_init() and screen_init() before */
void console_init(void);
