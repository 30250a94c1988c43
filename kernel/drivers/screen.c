/* SPDX-License-Identifier: MIT */
/*
 * The screen. Text changes the grid of cells only, which is cheap; what the hardware shows is
 * brought up to date later and for all changes at once: `shown` says what it shows, and only cells
 * that differ are drawn. So a program that prints a thousand lines scrolls a thousand times in
 * memory, and a few times on the screen.
 *
 *	screen_write -> vt_write (cells, dirty rows) -> timer, 15 ms -> worker: refresh -> backend->draw
 *	kernel log   -> vt_write                     -> refresh at once (it may be the last that is ever shown)
 *
 * The cursor is a cell shown with its colours exchanged.
 *
 * Lock: screen.lock (irqsave, RANK_DEVICE), taken row by row for drawing.
 */
#include "drivers/screen.h"
#include "arch/bootinfo.h"
#include "arch/cpu.h"
#include "debug/printk.h"
#include "drivers/fbcon.h"
#include "drivers/vgacon.h"
#include "drivers/vt.h"
#include "lib/string.h"
#include "sched/timer.h"

#define REFRESH_DELAY  (15 * NSEC_PER_MSEC)
#define MAX_LOCK_SPINS 1000000

static struct {
	const struct screen_backend *backend; /* NULL: no screen */
	struct spinlock lock;
	struct vt vt;         /* lock */
	u16 *shown;           /* lock: rows * cols */
	u32 cursor_row;       /* lock: where the cursor is shown */
	bool delayed;         /* constant after boot: the worker draws */
	bool refresh_pending; /* lock */
	struct timer timer;
	struct work refresh_work, reply_work;
	struct tty *console;
	bool console_answers;
	struct tty tty;
} screen;

bool screen_present(void)
{
	return screen.backend != NULL;
}

void screen_size(struct winsize *ws)
{
	*ws = (struct winsize){ .ws_row = (u16)screen.vt.rows, .ws_col = (u16)screen.vt.cols };
}

bool screen_app_cursor_keys(void)
{
	return screen.vt.app_cursor_keys;
}

/* ------------------------------------------------------------------ drawing */

/* The cell as it has to look: with the cursor on it or not. => lock held */
static u16 wanted_cell(u32 x, u32 y)
{
	const struct vt *vt = &screen.vt;
	u16 cell = vt->cells[y * vt->cols + x];

	if (x != vt->cur.x || y != vt->cur.y || !vt->cursor_visible)
		return cell;
	return (u16)((cell & 0xff) | (cell & 0x0f00) << 4 | (cell & 0xf000) >> 4);
}

/* => lock held */
static void refresh_row(u32 y)
{
	u32 cols = screen.vt.cols, x = 0;
	u16 *shown = screen.shown + y * cols;

	screen.vt.dirty[y] = false;
	while (x < cols) {
		u32 start = x;

		for (u16 cell; x < cols && shown[x] != (cell = wanted_cell(x, y)); x++)
			shown[x] = cell;
		if (x > start)
			screen.backend->draw(start, y, shown + start, x - start);
		else
			x++;
	}
}

/* => lock held */
static void refresh_all(void)
{
	for (u32 y = 0; y < screen.vt.rows; y++)
		if (screen.vt.dirty[y])
			refresh_row(y);
}

static void refresh_worker(struct work *w)
{
	irqflags_t f;

	(void)w;
	screen.refresh_pending = false; /* what comes from now on asks again */
	for (u32 y = 0; y < screen.vt.rows; y++) {
		if (!atomic_load(&screen.vt.dirty[y]))
			continue;
		f = spin_lock_irqsave(&screen.lock);
		refresh_row(y);
		spin_unlock_irqrestore(&screen.lock, f);
	}
}

static void refresh_timer(struct timer *t)
{
	(void)t;
	work_queue(&screen.refresh_work);
}

/* => lock held */
static void refresh_soon(void)
{
	if (!screen.delayed) {
		refresh_all();
	} else if (!screen.refresh_pending) {
		screen.refresh_pending = true;
		timer_start(&screen.timer, clock_now() + REFRESH_DELAY);
	}
}

/* ------------------------------------------------------------------ text */

void screen_write(const u8 *bytes, u32 n)
{
	irqflags_t f;

	if (!screen.backend)
		return;
	f = spin_lock_irqsave(&screen.lock);
	vt_write(&screen.vt, bytes, n);
	if (screen.vt.reply_len && screen.delayed)
		work_queue(&screen.reply_work);
	refresh_soon();
	spin_unlock_irqrestore(&screen.lock, f);
}

/* The kernel's log, which ends lines with '\n' only. Works with the lock held by a dead CPU,
 * too. */
static void log_write(const char *text, size_t len)
{
	irqflags_t f = irq_save();
	bool locked = false;

	for (u32 i = 0; i < MAX_LOCK_SPINS && !(locked = spin_trylock(&screen.lock)); i++)
		cpu_relax();
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		vt_write(&screen.vt, (const u8 *)text, n);
		if (end) {
			vt_write(&screen.vt, (const u8 *)"\r\n", 2);
			n++;
		}
		text += n;
		len -= n;
	}
	screen.vt.reply_len = 0;
	refresh_all();
	if (locked)
		spin_unlock(&screen.lock);
	irq_restore(f);
}

static struct printk_sink log_sink = { .write = log_write };

/* ------------------------------------------------------------------ terminal */

struct tty *screen_reader(void)
{
	return screen.tty.nr_open || !screen.console ? (screen.tty.driver ? &screen.tty : NULL)
						     : screen.console;
}

/* Hands the emulator's answers to the reader: not from screen_write(), under whose caller's lock
 * they would go. */
static void reply_worker(struct work *w)
{
	struct tty *tty = screen_reader();
	char text[sizeof(screen.vt.reply)];
	irqflags_t f = spin_lock_irqsave(&screen.lock);
	u32 n = screen.vt.reply_len;

	(void)w;
	memcpy(text, screen.vt.reply, n);
	screen.vt.reply_len = 0;
	spin_unlock_irqrestore(&screen.lock, f);
	if (tty && (tty != screen.console || screen.console_answers))
		tty_receive(tty, (const u8 *)text, n);
}

static bool screen_start(struct tty *tty)
{
	u8 bytes[128];
	u32 n = tty_out_take(tty, bytes, sizeof(bytes));

	screen_write(bytes, n);
	return n > 0;
}

static const struct tty_driver screen_driver = { .start = screen_start };

void screen_init(void)
{
	u32 cells;

	screen.backend = fbcon_probe();
	if (!screen.backend)
		screen.backend = vgacon_probe();
	if (!screen.backend)
		return;
	spin_init_named(&screen.lock, RANK_DEVICE, "screen");
	cells = screen.backend->rows * screen.backend->cols;
	screen.shown =
		phys_to_virt(boot_alloc_pages(DIV_ROUND_UP(3UL * cells * sizeof(u16), PAGE_SIZE)));
	vt_init(&screen.vt, screen.backend->rows, screen.backend->cols, screen.shown + cells,
		screen.shown + 2 * cells);
	memset(screen.shown, 0xff,
		cells * sizeof(u16)); /* whatever it shows, it is not what we want */
	printk_add_sink(&log_sink);
}

void screen_init_tty(void)
{
	if (!screen.backend)
		return;
	timer_init(&screen.timer, refresh_timer);
	work_init(&screen.refresh_work, refresh_worker);
	work_init(&screen.reply_work, reply_worker);
	screen.delayed = true;
	screen.tty.name = "tty1";
	screen.tty.major = 4;
	screen.tty.minor = 1;
	screen.tty.driver = &screen_driver;
	screen_size(&screen.tty.winsize);
	tty_register(&screen.tty);
	screen.tty.ldisc.termios.c_iflag |= IUTF8;
	pr_info("screen: %u rows of %u characters", screen.vt.rows, screen.vt.cols);
}

void screen_attach_console(struct tty *console, bool answers)
{
	screen.console = console;
	screen.console_answers = answers;
}
