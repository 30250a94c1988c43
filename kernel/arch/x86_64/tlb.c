/* SPDX-License-Identifier: MIT */
/*
 * Which address space this CPU has loaded, and the shootdown of its translations.
 *
 * Every flush of an address space gets a number: mmu->tlb_gen. Every CPU knows up to which number
 * its own TLB is clean (`gen` of the slot). So a CPU whose thread left user space (idle, kernel
 * thread: "lazy") needs no interrupt: it keeps the tables loaded, and compares the numbers when it
 * comes back.
 *
 *	flush: tlb_gen++;  then look who has it loaded and is not lazy -> interrupt, wait
 *	CPU:   lazy = false / join mmu->cpus;  then look at tlb_gen -> flush if it has grown
 *
 * Both sides write first and look then, with full barriers between, so one of them sees the other.
 * When page *tables* are to be freed, lazy CPUs are interrupted too, and leave for the kernel's
 * root: the hardware may walk tables speculatively.
 *
 * With PCID, each CPU keeps a few address spaces in its TLB side by side (slots 1..), recognised by
 * mmu->id, and loads CR3 without a flush if the slot is clean. Without PCID only slot 0 is used and
 * every load flushes.
 */
#include "arch/tlb.h"
#include "arch/cpu.h"
#include "arch/smp.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/mmu_internal.h"
#include "arch/x86_64/x86.h"
#include "lib/atomic.h"

#define NR_SLOTS 7
/* Above this many pages the whole TLB goes: as Linux has it. */
#define FLUSH_ALL_PAGES 33

struct tlb_slot {
	u64 id;  /* mmu->id */
	u64 gen; /* clean up to this flush */
};

struct tlb_state {
	struct mmu *loaded;
	bool lazy; /* read by other CPUs */
	u32 slot;  /* of `loaded` */
	u32 victim;
	struct tlb_slot slots[NR_SLOTS];
};

static DEFINE_PER_CPU(struct tlb_state, tlb_state);
u64 tlb_nr_shootdowns, tlb_nr_ipis;

void tlb_init_cpu(void)
{
	this_cpu_ptr(&tlb_state)->loaded = &kernel_mmu;
}

/* --- loading --- */

/* Chooses the slot for `next`, clean up to gen from now on; returns what CR3 gets. */
static u64 choose_slot(struct tlb_state *s, const struct mmu *next, u64 gen)
{
	u32 i;
	bool clean;

	if (!cpu_features.pcid || next == &kernel_mmu) {
		s->slot = 0;
		s->slots[0].gen = gen;
		return next->root;
	}
	for (i = 1; i < NR_SLOTS; i++)
		if (s->slots[i].id == next->id)
			break;
	if (i == NR_SLOTS)
		i = 1 + s->victim++ % (NR_SLOTS - 1);
	clean = s->slots[i].id == next->id && s->slots[i].gen == gen;
	s->slot = i;
	s->slots[i] = (struct tlb_slot){ next->id, gen };
	return next->root | i | (clean ? CR3_NO_FLUSH : 0);
}

/* => interrupts disabled */
static void load(struct tlb_state *s, struct mmu *next)
{
	struct mmu *prev = s->loaded;
	cpumask_t self = 1UL << cpu_id();

	/*
	 * Join, as one that is to be interrupted; look at the number then; the load flushes up to
	 * it. (Race: were `lazy` cleared behind the load, a flush between the two would pass this
	 * CPU over, whose new TLB may have been filled speculatively.)
	 */
	(void)__atomic_exchange_n(&s->lazy, false, __ATOMIC_SEQ_CST);
	if (next != &kernel_mmu)
		__atomic_fetch_or(&next->cpus, self, __ATOMIC_SEQ_CST);
	write_cr3(choose_slot(s, next, (u64)atomic64_read(&next->tlb_gen)));
	s->loaded = next;
	if (prev != &kernel_mmu)
		__atomic_fetch_and(&prev->cpus, ~self, __ATOMIC_SEQ_CST);
}

static void flush_whole(struct tlb_state *s)
{
	/* The number first: a flush that comes between is then done twice rather than not at
	 * all. */
	s->slots[s->slot].gen = (u64)atomic64_read(&s->loaded->tlb_gen);
	write_cr3(read_cr3());
}

void mmu_switch(struct mmu *next)
{
	struct tlb_state *s = this_cpu_ptr(&tlb_state);

	if (!next) {
		__atomic_store_n(&s->lazy, true, __ATOMIC_RELAXED);
	} else if (next != s->loaded) {
		load(s, next);
	} else if (s->lazy) {
		(void)__atomic_exchange_n(&s->lazy, false, __ATOMIC_SEQ_CST);
		if (s->slots[s->slot].gen != (u64)atomic64_read(&next->tlb_gen))
			flush_whole(s);
	}
}

/* --- shootdown --- */

struct flush {
	struct mmu *mmu;
	vaddr_t start, end;
	u64 gen;
	bool all, tables;
};

/* This CPU's part. => interrupts disabled */
static void flush_here(void *arg)
{
	const struct flush *f = arg;
	struct tlb_state *s = this_cpu_ptr(&tlb_state);
	u64 *gen = &s->slots[s->slot].gen;

	if (s->loaded != f->mmu || *gen >= f->gen)
		return;
	if (s->lazy) {
		if (f->tables)
			load(s, &kernel_mmu), s->lazy = true;
		return;
	}
	/* A range is enough only if it is the one flush that is missing. */
	if (f->all || *gen + 1 != f->gen) {
		flush_whole(s);
		return;
	}
	for (vaddr_t a = f->start; a < f->end; a += PAGE_SIZE)
		invlpg(a);
	*gen = f->gen;
}

/* The others that have it loaded and use it. */
static cpumask_t flush_targets(const struct flush *f)
{
	cpumask_t others = __atomic_load_n(&f->mmu->cpus, __ATOMIC_SEQ_CST) & ~(1UL << cpu_id());
	cpumask_t targets = others;
	u32 cpu;

	if (f->tables)
		return others;
	for_each_cpu (cpu, others)
		if (__atomic_load_n(&per_cpu_ptr(&tlb_state, cpu)->lazy, __ATOMIC_SEQ_CST))
			targets &= ~(1UL << cpu);
	return targets;
}

static void flush(struct flush *f)
{
	cpumask_t targets;
	irqflags_t flags;

	f->gen = (u64)atomic64_add_return(&f->mmu->tlb_gen, 1);
	flags = irq_save();
	flush_here(f);
	irq_restore(flags);
	targets = flush_targets(f);
	if (likely(!targets))
		return;
	__atomic_fetch_add(&tlb_nr_shootdowns, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&tlb_nr_ipis, bitmap_weight(&targets, NR_CPUS), __ATOMIC_RELAXED);
	smp_call(targets, flush_here, f);
}

/* A range with tables is never empty: what makes a CPU forget tables is INVLPG, of whatever address
 * (SDM vol. 3, 4.10.4.1). */
void tlb_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end, bool tables_freed)
{
	struct flush f = {
		.mmu = mmu,
		.start = page_align_down(start),
		.end = tables_freed ? max(end, start + PAGE_SIZE) : end,
		.all = end - start > FLUSH_ALL_PAGES * PAGE_SIZE,
		.tables = tables_freed,
	};

	flush(&f);
}

void tlb_flush_all(struct mmu *mmu)
{
	struct flush f = { .mmu = mmu, .all = true };

	flush(&f);
}

void tlb_flush_page_local(vaddr_t addr)
{
	invlpg(addr);
}

void tlb_flush_all_local(void)
{
	irqflags_t flags = irq_save();

	flush_whole(this_cpu_ptr(&tlb_state));
	irq_restore(flags);
}

static void evict_here(void *mmu)
{
	struct tlb_state *s = this_cpu_ptr(&tlb_state);

	if (s->loaded == mmu)
		load(s, &kernel_mmu);
}

void tlb_evict(struct mmu *mmu)
{
	irqflags_t flags = irq_save();
	cpumask_t others;

	evict_here(mmu);
	irq_restore(flags);
	others = __atomic_load_n(&mmu->cpus, __ATOMIC_SEQ_CST) & ~(1UL << cpu_id());
	if (others)
		smp_call(others, evict_here, mmu);
}
