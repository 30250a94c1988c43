/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of devices: vectors, I/O APICs, MSI, and the dispatch of everything that is not an
 * exception.
 *
 * A vector has a chain of handlers; an ISA line keeps its vector, so several devices share it.
 * Chains only grow, and are read without a lock: a new handler is complete before it is linked.
 *
 * Lock: irq_lock, for the chains' growth and the I/O APICs' registers.
 */
#include "arch/irq.h"
#include "arch/boot.h"
#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/mmu.h"
#include "arch/trap.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/smp_internal.h"
#include "arch/x86_64/x86.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sync/spinlock.h"

struct action {
	irq_handler_t handler;
	void *arg;
	struct action *next;
};

static struct spinlock irq_lock = SPINLOCK_INIT(irq_lock, RANK_DEVICE);
static struct action *actions[256];
static u32 next_vector = VECTOR_DEVICE_FIRST; /* irq_lock */
static u8 isa_vectors[ACPI_NR_ISA];           /* irq_lock; 0: not connected yet */

static DEFINE_PER_CPU(u32, irq_depth);
static DEFINE_PER_CPU(u64, irqs_taken);

bool in_interrupt(void)
{
	return this_cpu_read4(irq_depth);
}

u64 irq_count(u32 cpu)
{
	return atomic_load_relaxed(per_cpu_ptr(&irqs_taken, cpu));
}

/* --- dispatch --- */

static void run_actions(u32 vector)
{
	struct action *a = atomic_load(&actions[vector]);

	if (!a)
		pr_warn_once("irq: vector %u has no handler", vector);
	for (; a; a = atomic_load(&a->next))
		a->handler(a->arg);
}

/* Called by entry.asm with interrupts disabled. */
void irq_dispatch(struct trapframe *tf, u32 vector);
void irq_dispatch(struct trapframe *tf, u32 vector)
{
	u32 *depth = this_cpu_ptr(&irq_depth);

	++*depth;
	this_cpu_add8(irqs_taken, 1);
	switch (vector) {
	case VECTOR_TIMER:
		sched_account(trapframe_from_user(tf));
		clock_interrupt();
		break;
	case VECTOR_RESCHEDULE:
		break; /* the way out looks at the flag */
	case VECTOR_CALL:
		smp_call_interrupt();
		break;
	case VECTOR_APIC_ERROR:
		pr_warn_once("apic: error interrupt");
		break;
	default:
		if (vector >= VECTOR_DEVICE_FIRST && vector <= VECTOR_DEVICE_LAST)
			run_actions(vector);
	}
	/* The spurious vector, and what the disabled PICs may still say, have nothing to
	 * acknowledge. */
	if (vector >= VECTOR_DEVICE_FIRST && vector != VECTOR_SPURIOUS)
		apic_eoi();
	--*depth;
}

/* --- vectors --- */

static int vector_alloc(u8 *vector)
{
	int err = -ENOSPC;

	spin_lock(&irq_lock);
	if (next_vector <= VECTOR_DEVICE_LAST) {
		*vector = (u8)next_vector++;
		err = 0;
	}
	spin_unlock(&irq_lock);
	return err;
}

static int action_add(u8 vector, irq_handler_t handler, void *arg)
{
	struct action **p, *a = kzalloc(sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->handler = handler;
	a->arg = arg;
	spin_lock(&irq_lock);
	for (p = &actions[vector]; *p; p = &(*p)->next)
		;
	atomic_store(p, a);
	spin_unlock(&irq_lock);
	return 0;
}

/* --- I/O APICs: 82093AA datasheet --- */

#define IOREGSEL         0x00
#define IOWIN            0x10
#define IOAPIC_VERSION   1
#define IOAPIC_ENTRY(n)  (0x10 + 2 * (n))
#define ENTRY_ACTIVE_LOW (1u << 13)
#define ENTRY_LEVEL      (1u << 15)
#define ENTRY_MASKED     (1u << 16)

static struct ioapic {
	volatile char *regs;
	u32 gsi_base, nr_pins;
} ioapics[ACPI_MAX_IOAPICS];
static u32 nr_ioapics;

static u32 ioapic_read(struct ioapic *io, u32 reg)
{
	mmio_write32(io->regs + IOREGSEL, reg);
	return mmio_read32(io->regs + IOWIN);
}

static void ioapic_write(struct ioapic *io, u32 reg, u32 v)
{
	mmio_write32(io->regs + IOREGSEL, reg);
	mmio_write32(io->regs + IOWIN, v);
}

void irq_init(void)
{
	for (u32 i = 0; i < acpi_info.nr_ioapics; i++) {
		struct ioapic *io = &ioapics[nr_ioapics];

		io->regs = mmu_map_device(acpi_info.ioapics[i].addr, PAGE_SIZE);
		if (!io->regs)
			continue;
		io->gsi_base = acpi_info.ioapics[i].gsi_base;
		io->nr_pins = (ioapic_read(io, IOAPIC_VERSION) >> 16 & 0xff) + 1;
		for (u32 pin = 0; pin < io->nr_pins; pin++)
			ioapic_write(io, IOAPIC_ENTRY(pin), ENTRY_MASKED);
		nr_ioapics++;
	}
}

static struct ioapic *ioapic_of(u32 gsi)
{
	for (u32 i = 0; i < nr_ioapics; i++)
		if (gsi >= ioapics[i].gsi_base && gsi - ioapics[i].gsi_base < ioapics[i].nr_pins)
			return &ioapics[i];
	return NULL;
}

/* Sends the line's interrupts to the boot CPU, as this vector. */
static void ioapic_route(struct ioapic *io, const struct acpi_isa_line *line, u8 vector)
{
	u32 pin = line->gsi - io->gsi_base, low = vector;

	low |= (line->active_low ? ENTRY_ACTIVE_LOW : 0) | (line->level ? ENTRY_LEVEL : 0);
	ioapic_write(io, IOAPIC_ENTRY(pin) + 1, smp_apic_id(0) << 24);
	ioapic_write(io, IOAPIC_ENTRY(pin), low);
}

int irq_connect_isa(u32 line, irq_handler_t handler, void *arg)
{
	struct ioapic *io = line < ACPI_NR_ISA ? ioapic_of(acpi_info.isa[line].gsi) : NULL;
	bool is_new;
	u8 vector;
	int err;

	if (!io)
		return -ENODEV;
	vector = isa_vectors[line];
	is_new = !vector;
	err = is_new ? vector_alloc(&vector) : 0;
	if (!err)
		err = action_add(vector, handler, arg);
	if (err || !is_new)
		return err == -ENOSPC ? -ENOMEM : err;
	spin_lock(&irq_lock);
	isa_vectors[line] = vector;
	ioapic_route(io, &acpi_info.isa[line], vector);
	spin_unlock(&irq_lock);
	return 0;
}

/* --- MSI: SDM vol. 3, 11.11 --- */

int irq_connect_msi(irq_handler_t handler, void *arg, u64 *address, u32 *data)
{
	static u32 next_cpu;
	u8 vector;

	if (vector_alloc(&vector) || action_add(vector, handler, arg))
		return -ENOSPC;
	/* Spread over the CPUs in turn. Without remapping the address has 8 bits for the CPU. */
	u32 id = smp_apic_id(__atomic_fetch_add(&next_cpu, 1, __ATOMIC_RELAXED) % nr_cpus);

	*address = 0xfee00000UL | (u64)(id & 0xff) << 12;
	*data = vector; /* fixed delivery, edge */
	return 0;
}
