/* SPDX-License-Identifier: MIT */
/*
 * Serial ports COM1..COM3: 16550 UARTs at 0x3f8, 0x2f8, 0x3e8 as /dev/ttyS0..2. COM1 also shows the
 * kernel's log. A port that does not answer is left out.
 */
#pragma once

#include "drivers/tty.h"

#define NR_SERIAL_PORTS 3

/* Finds and programs the ports (115200 8N1) and shows the kernel's log on COM1. Needs nothing but
 * I/O ports. */
void serial_init(void);
/* Registers the terminals and connects the interrupts. => irqs, work queues and memory work */
void serial_init_ttys(void);
bool serial_present(u32 port);

/* The system console on a port: gets what comes in while nobody has ttyS<port> open. */
void serial_attach_console(u32 port, struct tty *console);
/* True if the port takes SERIAL_FIFO bytes at once; false: it will interrupt when it does, and the
 * terminals on it are kicked. Any context below RANK_DEVICE. */
#define SERIAL_FIFO 16
bool serial_ready(u32 port);
/* Writes n <= SERIAL_FIFO bytes. */
void serial_put(u32 port, const u8 *bytes, u32 n);
/* True if everything has left the port. */
bool serial_is_idle(u32 port);
/* There is room for input again. */
void serial_resume_input(u32 port);
