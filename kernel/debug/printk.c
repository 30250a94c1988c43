// SPDX-License-Identifier: MIT
/*
 * The log: a ring of lines "<level>[seconds] text", as dmesg(1) reads it, and the sinks that show
 * it. It has a lock of its own, below all others, so that any code may print, interrupt handlers
 * and lock checker included; a panicking CPU breaks it.
 */
#include "debug/printk.h"
#include "arch/clock.h"
#include "arch/cpu.h"
#include "debug/earlycon.h"
#include "lib/atomic.h"
#include "lib/format.h"
#include "lib/string.h"

#define RING_SIZE (32u * 1024)
#define LINE_MAX  320

static char ring[RING_SIZE];
static u64 ring_end; /* bytes ever written */
static struct printk_sink *sinks;
static int shown_level = LOG_INFO;
static u32 locked;
static bool panicking;

/* A message from inside a sink, or from a handler that interrupts this CPU's own printk in a panic,
 * must not wait for itself. */
static irqflags_t log_lock(void)
{
	irqflags_t f = irq_save();

	while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE) &&
		!atomic_load_relaxed(&panicking))
		cpu_relax();
	return f;
}

static void log_unlock(irqflags_t f)
{
	__atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
	irq_restore(f);
}

static char ring_at(u64 pos)
{
	return ring[pos % RING_SIZE];
}

static void ring_put(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ring[ring_end++ % RING_SIZE] = text[i];
}

/* The oldest whole line that is still there, at or behind `from`. */
static u64 ring_first_line(u64 from)
{
	u64 oldest = ring_end > RING_SIZE ? ring_end - RING_SIZE : 0;

	if (from < oldest)
		from = oldest;
	if (from == 0 || (from > oldest && ring_at(from - 1) == '\n'))
		return from;
	while (from < ring_end && ring_at(from) != '\n')
		from++;
	return from < ring_end ? from + 1 : from;
}

/* line: without its "<level>". */
static void show(struct printk_sink *sink, int level, const char *line, size_t len)
{
	if (level <= atomic_load_relaxed(&shown_level))
		sink->write(line, len);
}

void printk(enum loglevel level, const char *fmt, ...)
{
	nsec_t now = clock_now();
	char line[LINE_MAX];
	size_t len, prefix = 3;
	irqflags_t f;
	va_list args;

	len = (size_t)scnprintf(line, sizeof(line), "<%d>[%5lu.%06lu] ", level, now / NSEC_PER_SEC,
		now % NSEC_PER_SEC / 1000);
	va_start(args, fmt);
	vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	va_end(args);
	len = strlen(line);
	if (line[len - 1] != '\n')
		line[len++] = '\n';
	f = log_lock();
	ring_put(line, len);
	for (struct printk_sink *s = sinks; s; s = s->next)
		show(s, level, line + prefix, len - prefix);
	log_unlock(f);
}

static void replay(struct printk_sink *sink)
{
	char line[LINE_MAX];

	for (u64 pos = ring_first_line(0); pos < ring_end;) {
		size_t len = 0;

		do {
			line[len++] = ring_at(pos);
		} while (ring_at(pos++) != '\n' && len < sizeof(line) && pos < ring_end);
		if (len > 3)
			show(sink, line[1] - '0', line + 3, len - 3);
	}
}

static struct printk_sink early_sink = { .write = earlycon_write, .on_com1 = true };

static void remove_locked(struct printk_sink *sink)
{
	for (struct printk_sink **at = &sinks; *at; at = &(*at)->next)
		if (*at == sink) {
			*at = sink->next;
			return;
		}
}

static void add_locked(struct printk_sink *sink)
{
	sink->next = sinks;
	sinks = sink;
}

void printk_add_sink(struct printk_sink *sink)
{
	irqflags_t f = log_lock();

	if (sink->on_com1)
		remove_locked(&early_sink);
	else
		replay(sink);
	add_locked(sink);
	log_unlock(f);
}

void printk_init(void)
{
	if (earlycon_init())
		add_locked(&early_sink);
}

void printk_remove_sink(struct printk_sink *sink)
{
	irqflags_t f = log_lock();

	remove_locked(sink);
	log_unlock(f);
}

void printk_set_level(int level)
{
	atomic_store(&shown_level, level);
}

void printk_enter_panic(void)
{
	atomic_store(&panicking, true);
}

size_t printk_read_ring(char *buf, size_t len)
{
	irqflags_t f = log_lock();
	u64 pos = ring_first_line(buf && ring_end > len ? ring_end - len : 0);
	size_t n = 0;

	if (!buf) {
		log_unlock(f);
		return ring_end - pos;
	}
	while (pos < ring_end && n < len)
		buf[n++] = ring_at(pos++);
	log_unlock(f);
	return n;
}
