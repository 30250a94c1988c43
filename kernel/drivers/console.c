/* SPDX-License-Identifier: MIT */
/*
 * The system console. Its size is that of the smaller of the two: a program that draws for 80x24
 * looks right on both, one that draws for the screen would be unreadable on the serial line.
 * (`resize` or `stty rows N` tell us better.)
 */
#include "drivers/console.h"
#include "drivers/keyboard.h"
#include "drivers/screen.h"
#include "drivers/serial.h"

#define PORT 0

static struct tty console;

static bool console_start(struct tty *tty)
{
	u8 bytes[SERIAL_FIFO];
	u32 n = 0;

	for (u32 batch = 0; batch < 8; batch++) {
		if (serial_present(PORT) && !serial_ready(PORT))
			return false;
		n = tty_out_take(tty, bytes, sizeof(bytes));
		if (!n)
			break;
		if (serial_present(PORT))
			serial_put(PORT, bytes, n);
		screen_write(bytes, n);
	}
	return n > 0;
}

static bool console_is_idle(struct tty *tty)
{
	(void)tty;
	return serial_is_idle(PORT);
}

static void console_resume_input(struct tty *tty)
{
	(void)tty;
	if (serial_present(PORT))
		serial_resume_input(PORT);
}

static const struct tty_driver console_driver = {
	.start = console_start,
	.is_idle = console_is_idle,
	.resume_input = console_resume_input,
};

static struct winsize console_size(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 }, screen;

	if (screen_present()) {
		screen_size(&screen);
		if (!serial_present(PORT))
			return screen;
		size.ws_row = min(size.ws_row, screen.ws_row);
		size.ws_col = min(size.ws_col, screen.ws_col);
	}
	return size;
}

void console_init(void)
{
	console.name = "console";
	console.major = 5;
	console.minor = 1;
	console.driver = &console_driver;
	console.never_controls = true;
	console.winsize = console_size();
	tty_register(&console);
	/* as the emulator, and what stands at the line nowadays, have it */
	console.ldisc.termios.c_iflag |= IUTF8;

	serial_init_ttys();
	screen_init_tty();
	if (serial_present(PORT))
		serial_attach_console(PORT, &console);
	screen_attach_console(&console, !serial_present(PORT));
	keyboard_init();
}
