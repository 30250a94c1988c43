/* SPDX-License-Identifier: MIT */
/* Device interrupts: legacy lines through the I/O APIC and message-signalled ones. */
#pragma once

#include "lib/types.h"

typedef void (*irq_handler_t)(void *arg); /* interrupt context, interrupts disabled */

/* Connects an ISA line (0..15, ACPI overrides applied); a line may have several handlers.
 * Returns 0, -ENOMEM or -ENODEV (no I/O APIC serves it). */
int irq_connect_isa(u32 line, irq_handler_t handler, void *arg);

/* Allocates a vector for MSI/MSI-X and tells what to write into the device's table.
 * Returns 0 or -ENOSPC. */
int irq_connect_msi(irq_handler_t handler, void *arg, u64 *address, u32 *data);

/* /proc/interrupts-like counts: the number of interrupts taken by this CPU's vectors in all. */
u64 irq_count(u32 cpu);
