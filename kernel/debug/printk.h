/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log: a ring of text that every message enters, and the consoles that it is shown on.
 * May be called from anywhere, interrupt handlers and panics included. One call, one line ('\n' is
 * added if missing); lines of several CPUs do not mix.
 */
#pragma once

#include "lib/types.h"

enum loglevel {
	LOG_ERR = 3,
	LOG_WARN = 4,
	LOG_INFO = 6,
	LOG_DEBUG = 7
}; /* syslog(3)'s numbers */

void printk(enum loglevel level, const char *fmt, ...) __printf(2, 3);
#define pr_err(...)   printk(LOG_ERR, __VA_ARGS__)
#define pr_warn(...)  printk(LOG_WARN, __VA_ARGS__)
#define pr_info(...)  printk(LOG_INFO, __VA_ARGS__)
#define pr_debug(...) printk(LOG_DEBUG, __VA_ARGS__)

/* Prints the message only the first time that this place is reached. */
#define pr_warn_once(...)                                                                          \
	do {                                                                                       \
		static bool warned_;                                                               \
		if (!__atomic_exchange_n(&warned_, true, __ATOMIC_RELAXED))                        \
			pr_warn(__VA_ARGS__);                                                      \
	} while (0)

/* A place where log text goes. write() must work with interrupts off and in a panic. */
struct printk_sink {
	void (*write)(const char *text, size_t len);
	bool on_com1; /* shows it on the line that the early console uses: takes over from it */
	struct printk_sink *next;
};
/* Adds a sink and replays to it what the ring holds (unless the early console showed it in the same
 * place). */
void printk_add_sink(struct printk_sink *sink);
/* Takes it off again: the boot's polled writer makes room for the driver. */
void printk_remove_sink(struct printk_sink *sink);

/* Shows the log on the first serial line, by polling, until a driver's sink takes over. As early as
 * possible. */
void printk_init(void);

/* Messages above this level stay in the ring only (loglevel= of the command line; 7 shows all). */
void printk_set_level(int level);

/* A panicking CPU: from now on nothing waits for the console's lock. */
void printk_enter_panic(void);

/* Copies the newest whole lines of the ring, len bytes at most, each begun by its level as "<6>"
 * (syslog(2), dmesg); returns the number of bytes. buf NULL: the number that there are. */
size_t printk_read_ring(char *buf, size_t len);
