/* SPDX-License-Identifier: MIT */
/*
 * Time. The clock is the TSC, scaled by a factor that is measured once against a timer of known
 * speed; the alarm is the local APIC's timer, measured in the same pass. Reference: ACPI's PM timer
 * (3.579545 MHz), else channel 2 of the PIT. Where CPUID tells the TSC's frequency itself (leaf
 * 15h, or KVM's leaf), the measurement serves the APIC timer only.
 *
 * All CPUs share one factor and one start, so their TSCs are taken to agree, as they do on every
 * machine with an invariant TSC and in QEMU.
 */
#include "arch/clock.h"
#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/vdso.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/smp_internal.h"
#include "arch/x86_64/x86.h"
#include "debug/printk.h"

#define PM_TIMER_HZ  3579545UL
#define PIT_HZ       1193182UL
#define MEASURE_USEC 2500UL
#define NR_TRIES     5
#define SCALE_SHIFT  32

static u64 tsc_hz;
static u64 ticks_per_ns; /* of the APIC timer, << SCALE_SHIFT */
static void (*handler)(void);

nsec_t clock_now(void)
{
	return vdso_monotonic(&vdso_data, cpu_cycles());
}

u64 clock_tsc_hz(void)
{
	return tsc_hz;
}

/* --- the reference --- */

static u32 reference_mask, reference_hz;

/* Counts up, at reference_hz, in the bits of reference_mask. */
static u32 reference_read(void)
{
	u32 lo;

	if (acpi_info.pm_timer_port)
		return inl(acpi_info.pm_timer_port);
	outb(0x43, 0x80); /* latch channel 2 */
	lo = inb(0x42);
	return -(lo | (u32)inb(0x42) << 8); /* the PIT counts down */
}

static void reference_start(void)
{
	if (acpi_info.pm_timer_port) {
		reference_hz = PM_TIMER_HZ;
		reference_mask = acpi_info.pm_timer_32bit ? 0xffffffff : 0xffffff;
		return;
	}
	reference_hz = PIT_HZ;
	reference_mask = 0xffff;
	outb(0x61, (inb(0x61) & ~2) | 1); /* gate on, speaker off */
	outb(0x43, 0xb4);                 /* channel 2, low and high byte, rate generator */
	outb(0x42, 0);
	outb(0x42, 0); /* 65536 */
}

/* All three at one moment, as nearly as can be had. */
struct sample {
	u64 tsc;
	u32 reference, apic;
};

/* Of several tries, the one that took the least time: a hypervisor may have stopped us in the
 * middle of the others. */
static struct sample sample_take(void)
{
	struct sample best = { 0 };
	u64 least = ~0UL;

	for (u32 i = 0; i < NR_TRIES; i++) {
		u64 before = cpu_cycles();
		u32 reference = reference_read(), apic = apic_timer_get();
		u64 after = cpu_cycles();

		if (after - before < least) {
			least = after - before;
			best = (struct sample){ before + least / 2, reference, apic };
		}
	}
	return best;
}

static u32 reference_since(const struct sample *start)
{
	return (reference_read() - start->reference) & reference_mask;
}

/* The frequency that the CPU or the hypervisor states; 0 if none does. */
static u64 stated_tsc_hz(void)
{
	struct cpuid_regs r;

	if (cpu_features.max_leaf >= 0x15) {
		r = cpuid(0x15, 0);
		if (r.a && r.b && r.c)
			return (u64)r.c * r.b / r.a;
	}
	if (cpuid(1, 0).c & 1u << 31) {
		r = cpuid(0x40000000, 0);
		if (r.a >= 0x40000010 && r.a < 0x40000100)
			return (u64)cpuid(0x40000010, 0).a * 1000;
	}
	return 0;
}

void clock_init(void)
{
	struct sample start, end;
	u64 ticks, apic_hz, stated = stated_tsc_hz();
	u32 wanted;

	reference_start();
	wanted = (u32)(MEASURE_USEC * reference_hz / 1000000);
	apic_timer_set(0xffffffff);
	start = sample_take();
	while (reference_since(&start) < wanted)
		;
	end = sample_take();
	apic_timer_set(0);
	ticks = (end.reference - start.reference) & reference_mask;
	tsc_hz = stated ? stated : (end.tsc - start.tsc) * reference_hz / ticks;
	apic_hz = (u64)(start.apic - end.apic) * reference_hz / ticks;
	if (!tsc_hz)
		tsc_hz = 1000000000;
	vdso_data.ns_per_cycle =
		(u64)(((unsigned __int128)NSEC_PER_SEC << VDSO_SCALE_SHIFT) / tsc_hz);
	ticks_per_ns = (apic_hz << SCALE_SHIFT) / NSEC_PER_SEC;
	vdso_data.cycles_start = start.tsc;
	pr_info("clock: TSC %lu.%03lu MHz%s%s, APIC timer %lu.%03lu MHz", tsc_hz / 1000000,
		tsc_hz / 1000 % 1000, stated ? " (stated)" : "",
		cpu_features.tsc_invariant ? ", invariant" : "", apic_hz * 16 / 1000000,
		apic_hz * 16 / 1000 % 1000);
}

/* --- the alarm --- */

void clock_set_handler(void (*fn)(void))
{
	handler = fn;
}

void clock_interrupt(void)
{
	if (handler)
		handler();
}

/* A deadline too far for the counter rings early; the handler finds nothing due and arms it
 * again. */
void clock_arm(nsec_t deadline)
{
	nsec_t now;
	unsigned __int128 ticks;

	if (deadline == ~0UL) {
		apic_timer_set(0);
		return;
	}
	now = clock_now();
	ticks = deadline > now
			? ((unsigned __int128)(deadline - now) * ticks_per_ns >> SCALE_SHIFT) + 1
			: 1;
	apic_timer_set(ticks > 0xffffffff ? 0xffffffff : (u32)ticks);
}
