/* SPDX-License-Identifier: MIT */
/*
 * Processors: their per-CPU variables, starting them, and running functions on them.
 *
 * Starting one (SDM vol. 3, 9.4.4): INIT, then STARTUP with the page of the trampoline, which finds
 * in `ap_boot` whom it is for, the kernel's tables, a stack and the CPU's distance to its per-CPU
 * variables. One at a time; a CPU that does not answer is left out.
 *
 * smp_call(): every CPU has one request of its own to post, and a mask of the CPUs that posted one
 * for it. The caller cannot be preempted in the kernel and waits with interrupts on, so one request
 * is enough, and two CPUs may call each other.
 *
 *	caller: fill own request; set own bit in the target's mask; interrupt it if the mask was empty; wait for `left` to be 0
 *	target: take the whole mask; for each bit run that CPU's request, then left--
 */
#include "arch/smp.h"
#include "arch/boot.h"
#include "arch/bootinfo.h"
#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/boot_internal.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/mmu_internal.h"
#include "arch/x86_64/smp_internal.h"
#include "arch/x86_64/x86.h"
#include "debug/assert.h"
#include "debug/printk.h"
#include "lib/string.h"
#include "mm/kstack.h"
#include "mm/page.h"

/* What a CPU finds when it comes out of the trampoline; offsets in trampoline.asm. */
struct ap_boot {
	u64 root, stack, delta;
	u32 apic_id;
	u32 cpu;
	u64 ist_block;
};
struct ap_boot ap_boot;
_Static_assert(offsetof(struct ap_boot, apic_id) == 24, "AP_APIC_ID in trampoline.asm");
_Static_assert(IST_BLOCK_SIZE == KSTACK_SIZE, "interrupt stacks are cut out of one kernel stack");

static const void *percpu_template;
static paddr_t trampoline_page;
static u32 apic_ids[NR_CPUS];

u64 percpu_size(void)
{
	return (u64)(percpu_end - percpu_start);
}

void percpu_init(void)
{
	void *copy = phys_to_virt(boot_alloc_pages(DIV_ROUND_UP(percpu_size(), PAGE_SIZE)));

	memcpy(copy, percpu_start, percpu_size());
	percpu_template = copy;
	trampoline_page = boot_alloc_low_page();
}

u32 smp_apic_id(u32 cpu)
{
	return apic_ids[cpu];
}

/* --- starting --- */

/* Makes the per-CPU variables of `cpu`; false if memory ran out. */
static bool percpu_create(u32 cpu)
{
	u32 order = 0;
	struct page *p;

	while (PAGE_SIZE << order < percpu_size())
		order++;
	p = page_alloc_order(order, 0);
	if (!p)
		return false;
	memcpy(page_address(p), percpu_template, percpu_size());
	percpu_deltas[cpu] = (u64)page_address(p) - (u64)percpu_start;
	*per_cpu_ptr(&cpu_number, cpu) = cpu;
	*per_cpu_ptr(&percpu_delta, cpu) = percpu_deltas[cpu];
	return true;
}

/* The first C code of another CPU; called by trampoline.asm on its own stack. */
void smp_ap_entry(void) __noreturn;
void smp_ap_entry(void)
{
	cpu_enable_features();
	desc_init_cpu(ap_boot.ist_block);
	tlb_init_cpu();
	apic_init_cpu();
	cpu_record();
	__atomic_fetch_or(&cpus_online, 1UL << cpu_id(), __ATOMIC_SEQ_CST);
	smp_cpu_main();
}

static bool wait_online(u32 cpu, nsec_t how_long)
{
	nsec_t end = clock_now() + how_long;

	while (!(atomic_load(&cpus_online) >> cpu & 1)) {
		if (clock_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

static void delay(nsec_t how_long)
{
	nsec_t end = clock_now() + how_long;

	while (clock_now() < end)
		cpu_relax();
}

static bool start_cpu(u32 cpu, u32 id)
{
	u64 stack = kstack_alloc(), ist_block = kstack_alloc();

	if (!stack || !ist_block || !percpu_create(cpu)) {
		pr_warn("smp: no memory for CPU %u", cpu);
		return false;
	}
	apic_ids[cpu] = id;
	ap_boot.root = kernel_mmu.root;
	ap_boot.stack = stack + KSTACK_SIZE;
	ap_boot.delta = percpu_deltas[cpu];
	ap_boot.ist_block = ist_block;
	ap_boot.cpu = cpu;
	atomic_store(&ap_boot.apic_id, id);
	apic_send_init(id);
	delay(200 * NSEC_PER_USEC);
	apic_send_startup(id, (u8)(trampoline_page >> PAGE_SHIFT));
	if (wait_online(cpu, 10 * NSEC_PER_MSEC))
		return true;
	/* The manual's second try. One that is already on its way ignores it. */
	apic_send_startup(id, (u8)(trampoline_page >> PAGE_SHIFT));
	if (wait_online(cpu, NSEC_PER_SEC))
		return true;
	pr_warn("smp: the CPU with APIC id %u does not answer", id);
	return false;
}

void smp_start(u32 max)
{
	extern char trampoline_start[], trampoline_end[];
	u32 cpu = 1, self = apic_id();

	apic_ids[0] = self;
	if (max > 1 && !trampoline_page) {
		pr_warn("smp: no memory below 1 MiB, so one CPU only");
		max = 1;
	}
	if (max > 1)
		memcpy(phys_to_virt(trampoline_page), trampoline_start,
			(size_t)(trampoline_end - trampoline_start));
	for (u32 i = 0; i < acpi_info.nr_cpus && cpu < min(max, (u32)NR_CPUS); i++)
		if (acpi_info.cpu_apic_ids[i] != self && start_cpu(cpu, acpi_info.cpu_apic_ids[i]))
			nr_cpus = ++cpu;
	pr_info("smp: %u CPU%s", nr_cpus, nr_cpus > 1 ? "s" : "");
}

/* --- interrupting --- */

struct call_request {
	void (*fn)(void *);
	void *arg;
	u32 left; /* CPUs that have not run it yet */
};

static DEFINE_PER_CPU(struct call_request, call_request);
static DEFINE_PER_CPU(cpumask_t, calls_from); /* the CPUs whose requests are for this one */

void smp_reschedule(u32 cpu)
{
	apic_send(apic_ids[cpu], VECTOR_RESCHEDULE);
}

void smp_call_interrupt(void)
{
	cpumask_t from = __atomic_exchange_n(this_cpu_ptr(&calls_from), 0, __ATOMIC_SEQ_CST);
	u32 cpu;

	for_each_cpu (cpu, from) {
		struct call_request *rq = per_cpu_ptr(&call_request, cpu);

		rq->fn(rq->arg);
		__atomic_fetch_sub(&rq->left, 1, __ATOMIC_SEQ_CST);
	}
}

void smp_call(cpumask_t mask, void (*fn)(void *), void *arg)
{
	struct call_request *rq = this_cpu_ptr(&call_request);
	cpumask_t self = 1UL << cpu_id();
	u32 cpu;

	mask &= ~self & atomic_load(&cpus_online);
	if (!mask)
		return;
	assert(irqs_enabled());
	rq->fn = fn;
	rq->arg = arg;
	__atomic_store_n(&rq->left, (u32)bitmap_weight(&mask, NR_CPUS), __ATOMIC_SEQ_CST);
	for_each_cpu (cpu, mask)
		if (!__atomic_fetch_or(per_cpu_ptr(&calls_from, cpu), self, __ATOMIC_SEQ_CST))
			apic_send(apic_ids[cpu], VECTOR_CALL);
	/* A short wait without pause: an emulator leaves the guest for it, and takes locks. */
	for (u32 spins = 0; atomic_load(&rq->left); spins++)
		if (spins >= 1000)
			cpu_relax();
}

void smp_stop_others(void)
{
	if (atomic_load(&cpus_online) & ~(1UL << cpu_id()))
		apic_send_nmi_others();
}
