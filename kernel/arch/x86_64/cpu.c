/* SPDX-License-Identifier: MIT */
/*
 * The processor: what it can do (CPUID), its control registers, its description for /proc/cpuinfo.
 *
 * The kernel wants NX, FXSAVE and SSE2, which every x86-64 processor of the last twenty years has;
 * all else is used where it is found. stac and clac are patched into the user copies here, before
 * the kernel's text becomes read-only.
 */
#include "arch/cpu.h"
#include "arch/boot.h"
#include "arch/clock.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/x86.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "lib/format.h"
#include "lib/string.h"

struct cpu_features cpu_features;
u32 nr_cpus = 1;
cpumask_t cpus_online = 1;
DEFINE_PER_CPU(u32, cpu_number);
DEFINE_PER_CPU(u64, percpu_delta);
u64 percpu_deltas[NR_CPUS];

/* Words of CPUID that flags come from. */
enum cpuid_word {
	W_1_D,
	W_1_C,
	W_7_B,
	W_7_C,
	W_7_D,
	W_E1_D,
	W_E1_C,
	W_E7_D,
	W_D1_A,
	NR_WORDS
};

static struct cpu_record {
	u32 words[NR_WORDS];
	u32 signature, apic_id, cache_line;
	char vendor[13], model[49];
} records[NR_CPUS];

/* --- detection --- */

#define XSTATE_SUPPORTED 0xe7UL /* x87, SSE, AVX, the three of AVX-512 */

static void detect_xsave(void)
{
	struct cpuid_regs r;

	cpu_features.xsave_size = 512;
	if (!(cpuid(1, 0).c & 1u << 26) || cpu_features.max_leaf < 0xd)
		return;
	r = cpuid(0xd, 0);
	cpu_features.xsave = true;
	cpu_features.xsave_mask = ((u64)r.d << 32 | r.a) & XSTATE_SUPPORTED;
	if ((cpu_features.xsave_mask & 0xe0) != 0xe0)
		cpu_features.xsave_mask &= 7; /* AVX-512's come together or not at all */
	/* CPUID tells the size for what XCR0 enables now: set it first. */
	write_cr4(read_cr4() | CR4_OSXSAVE);
	__asm__ volatile("xsetbv" ::"a"((u32)cpu_features.xsave_mask), "d"(0), "c"(0));
	cpu_features.xsave_size = cpuid(0xd, 0).b;
}

/* The sites of stac and clac are three-byte nops in the image: { address, instruction } in
 * .smap_sites. */
static void patch_smap(void)
{
	struct site {
		u8 *at;
		u64 opcode;
	};
	extern struct site smap_sites_start[], smap_sites_end[];

	for (struct site *s = smap_sites_start; s < smap_sites_end; s++)
		memcpy(s->at, &s->opcode, 3);
	/* A serialising instruction, so that the new bytes are fetched (SDM vol. 3, 8.1.3). */
	cpuid(0, 0);
}

/* Reads CPUID; refuses a CPU that cannot run the kernel. */
static void detect(void)
{
	struct cpuid_regs one = cpuid(1, 0), seven = { 0 }, ext = cpuid(0x80000001, 0);

	cpu_features.max_leaf = cpuid(0, 0).a;
	if (cpu_features.max_leaf >= 7)
		seven = cpuid(7, 0);
	if (!(ext.d & 1u << 20))
		panic("this processor has no NX bit, which Vellum needs");
	if (!(one.d & 1u << 24) || !(one.d & 1u << 26))
		panic("this processor has no FXSAVE or SSE2, which Vellum needs");
	cpu_features.pages_1g = ext.d & 1u << 26;
	cpu_features.fsgsbase = seven.b & 1u << 0;
	cpu_features.smep = seven.b & 1u << 7;
	cpu_features.smap = seven.b & 1u << 20;
	cpu_features.umip = seven.c & 1u << 2;
	cpu_features.pcid = one.c & 1u << 17;
	cpu_features.x2apic = one.c & 1u << 21;
	cpu_features.rdrand = one.c & 1u << 30;
	if (cpuid(0x80000000, 0).a >= 0x80000007)
		cpu_features.tsc_invariant = cpuid(0x80000007, 0).d & 1u << 8;
	detect_xsave();
	if (cpu_features.smap)
		patch_smap();
}

void cpu_enable_features(void)
{
	const struct cpu_features *f = &cpu_features;
	u64 cr4 = read_cr4() | CR4_DE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	write_cr0((read_cr0() & ~(CR0_EM | CR0_TS | CR0_NW | CR0_CD)) | CR0_MP | CR0_NE | CR0_WP |
		  CR0_AM);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE | EFER_SCE);
	cr4 |= (f->smep ? CR4_SMEP : 0) | (f->smap ? CR4_SMAP : 0) | (f->umip ? CR4_UMIP : 0);
	cr4 |= (f->fsgsbase ? CR4_FSGSBASE : 0) | (f->xsave ? CR4_OSXSAVE : 0);
	if (f->pcid && (read_cr3() & 0xfff) == 0)
		cr4 |= CR4_PCIDE;
	write_cr4(cr4);
	if (f->xsave)
		__asm__ volatile("xsetbv" ::"a"((u32)f->xsave_mask), "d"(0), "c"(0));
	__asm__ volatile("fninit");
}

void cpu_init(void)
{
	detect();
	cpu_enable_features();
	cpu_record();
}

u64 cpu_hwcap(void)
{
	return records[0].words[W_1_D];
}

u64 cpu_hwcap2(void)
{
	return cpu_features.fsgsbase ? 1u << 1 : 0; /* HWCAP2_FSGSBASE */
}

bool cpu_random(void *buf, size_t n)
{
	u64 v;
	bool ok;

	if (!cpu_features.rdrand)
		return false;
	for (u8 *p = buf; n; p += min(n, sizeof(v)), n -= min(n, sizeof(v))) {
		ok = false;
		/* Ten tries: the SDM's advice (vol. 1, 7.3.17.1). */
		for (u32 i = 0; i < 10 && !ok; i++)
			__asm__ volatile("rdrand %0" : "=r"(v), "=@ccc"(ok));
		if (!ok)
			return false;
		memcpy(p, &v, min(n, sizeof(v)));
	}
	return true;
}

/* --- /proc/cpuinfo --- */

/* clang-format off */
static const struct {
	u8 word, bit;
	const char *name;
} flag_names[] = {
	{ W_1_D, 0, "fpu" },
	{ W_1_D, 1, "vme" },
	{ W_1_D, 2, "de" },
	{ W_1_D, 3, "pse" },
	{ W_1_D, 4, "tsc" },
	{ W_1_D, 5, "msr" },
	{ W_1_D, 6, "pae" },
	{ W_1_D, 7, "mce" },
	{ W_1_D, 8, "cx8" },
	{ W_1_D, 9, "apic" },
	{ W_1_D, 11, "sep" },
	{ W_1_D, 12, "mtrr" },
	{ W_1_D, 13, "pge" },
	{ W_1_D, 14, "mca" },
	{ W_1_D, 15, "cmov" },
	{ W_1_D, 16, "pat" },
	{ W_1_D, 17, "pse36" },
	{ W_1_D, 19, "clflush" },
	{ W_1_D, 23, "mmx" },
	{ W_1_D, 24, "fxsr" },
	{ W_1_D, 25, "sse" },
	{ W_1_D, 26, "sse2" },
	{ W_1_D, 27, "ss" },
	{ W_1_D, 28, "ht" },
	{ W_E1_D, 11, "syscall" },
	{ W_E1_D, 20, "nx" },
	{ W_E1_D, 22, "mmxext" },
	{ W_E1_D, 25, "fxsr_opt" },
	{ W_E1_D, 26, "pdpe1gb" },
	{ W_E1_D, 27, "rdtscp" },
	{ W_E1_D, 29, "lm" },
	{ W_E1_D, 30, "3dnowext" },
	{ W_E1_D, 31, "3dnow" },
	{ W_E7_D, 8, "constant_tsc" },
	{ W_1_C, 0, "pni" },
	{ W_1_C, 1, "pclmulqdq" },
	{ W_1_C, 3, "monitor" },
	{ W_1_C, 9, "ssse3" },
	{ W_1_C, 12, "fma" },
	{ W_1_C, 13, "cx16" },
	{ W_1_C, 17, "pcid" },
	{ W_1_C, 19, "sse4_1" },
	{ W_1_C, 20, "sse4_2" },
	{ W_1_C, 21, "x2apic" },
	{ W_1_C, 22, "movbe" },
	{ W_1_C, 23, "popcnt" },
	{ W_1_C, 24, "tsc_deadline_timer" },
	{ W_1_C, 25, "aes" },
	{ W_1_C, 26, "xsave" },
	{ W_1_C, 28, "avx" },
	{ W_1_C, 29, "f16c" },
	{ W_1_C, 30, "rdrand" },
	{ W_1_C, 31, "hypervisor" },
	{ W_E1_C, 0, "lahf_lm" },
	{ W_E1_C, 2, "svm" },
	{ W_E1_C, 4, "cr8_legacy" },
	{ W_E1_C, 5, "abm" },
	{ W_E1_C, 6, "sse4a" },
	{ W_E1_C, 8, "3dnowprefetch" },
	{ W_7_B, 0, "fsgsbase" },
	{ W_7_B, 3, "bmi1" },
	{ W_7_B, 5, "avx2" },
	{ W_7_B, 7, "smep" },
	{ W_7_B, 8, "bmi2" },
	{ W_7_B, 9, "erms" },
	{ W_7_B, 10, "invpcid" },
	{ W_7_B, 14, "mpx" },
	{ W_7_B, 16, "avx512f" },
	{ W_7_B, 18, "rdseed" },
	{ W_7_B, 19, "adx" },
	{ W_7_B, 20, "smap" },
	{ W_7_B, 23, "clflushopt" },
	{ W_7_B, 24, "clwb" },
	{ W_7_B, 29, "sha_ni" },
	{ W_D1_A, 0, "xsaveopt" },
	{ W_D1_A, 1, "xsavec" },
	{ W_D1_A, 2, "xgetbv1" },
	{ W_7_C, 2, "umip" },
	{ W_7_C, 3, "pku" },
	{ W_7_C, 9, "vaes" },
	{ W_7_C, 16, "la57" },
	{ W_7_C, 22, "rdpid" },
	{ W_7_D, 4, "fsrm" },
};
/* clang-format on */

void cpu_record(void)
{
	struct cpu_record *rec = &records[cpu_id()];
	struct cpuid_regs r = cpuid(0, 0);
	u32 vendor[3] = { r.b, r.d, r.c };

	memcpy(rec->vendor, vendor, 12);
	r = cpuid(1, 0);
	rec->signature = r.a;
	rec->apic_id = r.b >> 24;
	rec->cache_line = (r.b >> 8 & 0xff) * 8;
	rec->words[W_1_D] = r.d;
	rec->words[W_1_C] = r.c;
	if (cpu_features.max_leaf >= 7) {
		r = cpuid(7, 0);
		rec->words[W_7_B] = r.b;
		rec->words[W_7_C] = r.c;
		rec->words[W_7_D] = r.d;
	}
	if (cpu_features.xsave)
		rec->words[W_D1_A] = cpuid(0xd, 1).a;
	r = cpuid(0x80000001, 0);
	rec->words[W_E1_D] = r.d;
	rec->words[W_E1_C] = r.c;
	if (cpu_features.tsc_invariant)
		rec->words[W_E7_D] = 1u << 8;
	if (cpuid(0x80000000, 0).a < 0x80000004)
		return;
	for (u32 i = 0; i < 3; i++) {
		r = cpuid(0x80000002 + i, 0);
		memcpy(rec->model + 16 * i, &r, 16);
	}
}

size_t cpu_describe(u32 cpu, char *buf, size_t size)
{
	const struct cpu_record *rec = &records[cpu];
	u32 family = rec->signature >> 8 & 15, model = rec->signature >> 4 & 15;
	u64 khz = clock_tsc_hz() / 1000;
	int n;

	if (family == 6 || family == 15)
		model |= rec->signature >> 12 & 0xf0;
	if (family == 15)
		family += rec->signature >> 20 & 0xff;
	n = scnprintf(buf, size,
		"processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\nmodel name\t: "
		"%s\n"
		"stepping\t: %u\ncpu MHz\t\t: %lu.%03lu\nphysical id\t: 0\nsiblings\t: %u\n"
		"core id\t\t: %u\ncpu cores\t: %u\napicid\t\t: %u\nfpu\t\t: yes\n"
		"fpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\nflags\t\t:",
		cpu, rec->vendor, family, model, rec->model[0] ? rec->model : "unknown",
		rec->signature & 15, khz / 1000, khz % 1000, nr_cpus, cpu, nr_cpus, rec->apic_id,
		cpu_features.max_leaf);
	for (u32 i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (rec->words[flag_names[i].word] >> flag_names[i].bit & 1)
			n += scnprintf(buf + n, size - n, " %s", flag_names[i].name);
	n += scnprintf(buf + n, size - n,
		"\nbogomips\t: %lu.%02lu\nclflush size\t: %u\ncache_alignment\t: %u\n"
		"address sizes\t: %u bits physical, %u bits virtual\n",
		khz / 500, khz / 5 % 100, rec->cache_line, rec->cache_line,
		cpuid(0x80000008, 0).a & 0xff, 48u);
	return (size_t)n;
}
