/* SPDX-License-Identifier: MIT */
/*
 * The screen: a terminal emulator's grid (vt.h) shown by whatever the machine has: a framebuffer
 * (fbcon.c) or VGA's text mode (vgacon.c). Also /dev/tty1, the terminal of screen and keyboard.
 */
#pragma once

#include "drivers/tty.h"

/* What shows cells. */
struct screen_backend {
	u32 rows, cols;
	/* Shows n cells (vt.h) of row y from column x on. */
	void (*draw)(u32 x, u32 y, const u16 *cells, u32 n);
};

/* Finds a screen and shows the kernel's log on it; without one, all else here does nothing.
 * => after mmu_init_kernel(), before page_init() (it uses boot_alloc_pages()) */
void screen_init(void);
/* Registers /dev/tty1, and from now on draws at most every few milliseconds, from a worker thread.
 * => timers, work queues */
void screen_init_tty(void);

bool screen_present(void);
void screen_size(struct winsize *ws);

/* Text for the emulator. Any context below RANK_DEVICE. */
void screen_write(const u8 *bytes, u32 n);
/* Who gets what the keyboard types, and the emulator's answers: tty1 if somebody has it open, else
 * the console. NULL: neither exists. */
struct tty *screen_reader(void);
/* answers: false if another terminal that shows the same text (a serial line) gives them. */
void screen_attach_console(struct tty *console, bool answers);
/* The program asked for the application form of the cursor keys (DECCKM). */
bool screen_app_cursor_keys(void);
