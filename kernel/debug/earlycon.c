/* SPDX-License-Identifier: MIT */
/* Not a driver: no interrupts, no input, no lock but printk's. 16550 registers as in
 * drivers/serial.c. */
#include "debug/earlycon.h"
#include "arch/io.h"

#define COM1           0x3f8
#define REG_DATA       (COM1 + 0)
#define REG_INTERRUPT  (COM1 + 1)
#define REG_FIFO       (COM1 + 2)
#define REG_LINE       (COM1 + 3)
#define REG_MODEM      (COM1 + 4)
#define REG_STATUS     (COM1 + 5)
#define REG_SCRATCH    (COM1 + 7)
#define STATUS_TX_FREE 0x20
#define FIFO_SIZE      16
#define MAX_SPINS      100000 /* a line that takes nothing is given up, not waited for */

bool earlycon_init(void)
{
	outb(REG_SCRATCH, 0x5a);
	if (inb(REG_SCRATCH) != 0x5a)
		return false;
	outb(REG_INTERRUPT, 0);
	outb(REG_LINE, 0x80); /* the next two set the divisor */
	outb(REG_DATA, 1);
	outb(REG_INTERRUPT, 0);
	outb(REG_LINE, 0x03);
	outb(REG_FIFO, 0x07);
	outb(REG_MODEM, 0x03);
	return true;
}

static void wait_for_room(void)
{
	for (u32 i = 0; i < MAX_SPINS && !(inb(REG_STATUS) & STATUS_TX_FREE); i++)
		;
}

void earlycon_write(const char *text, size_t len)
{
	u32 room = 0;

	for (size_t i = 0; i < len; i++) {
		/* Two bytes at most go out below. */
		if (room < 2) {
			wait_for_room();
			room = FIFO_SIZE;
		}
		if (text[i] == '\n') {
			outb(REG_DATA, '\r');
			room--;
		}
		outb(REG_DATA, (u8)text[i]);
		room--;
	}
}
