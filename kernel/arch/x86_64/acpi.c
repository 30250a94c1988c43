/* SPDX-License-Identifier: MIT */
/*
 * ACPI, as much as is needed: RSDP -> RSDT or XSDT -> MADT (processors, I/O APICs, interrupt
 * overrides), FADT (PM timer, power management registers, reset), DSDT (only its \_S5 package,
 * found by its name; there is no AML interpreter).
 *
 * Firmware's tables are input: every length is checked against its table, every table by its
 * checksum.
 */
#include "arch/x86_64/acpi.h"
#include "arch/boot.h"
#include "arch/bootinfo.h"
#include "arch/mmu.h"
#include "debug/printk.h"
#include "lib/string.h"

struct acpi_info acpi_info;

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	u32 length; /* from revision 2 on, as is what follows */
	u64 xsdt;
	u8 checksum2, reserved[3];
} __packed;

struct table {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct madt {
	struct table header;
	u32 lapic_addr, flags;
	u8 entries[];
} __packed;

struct generic_address {
	u8 space, bit_width, bit_offset, access;
	u64 addr;
} __packed;

struct fadt {
	struct table header;
	u32 firmware_ctrl, dsdt;
	u8 reserved, profile;
	u16 sci;
	u32 smi_command;
	u8 acpi_enable, acpi_disable, s4bios, pstate;
	u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer;
	u8 unused[32];
	u32 flags;
	struct generic_address reset;
	u8 reset_value;
	u8 unused2[3];
	u64 x_firmware_ctrl, x_dsdt;
} __packed;
_Static_assert(offsetof(struct fadt, flags) == 112, "FADT flags");
_Static_assert(offsetof(struct fadt, x_dsdt) == 140, "FADT X_DSDT");

#define FADT_TIMER_32BIT    (1u << 8)
#define FADT_RESET_REGISTER (1u << 10)
#define MAX_TABLE           MIB(4) /* a longer table is damaged */

static bool checksum_ok(const void *data, size_t len)
{
	const u8 *p = data;
	u8 sum = 0;

	while (len--)
		sum += *p++;
	return sum == 0;
}

/* Maps a table in full and checks it; NULL if it is not a table. The mapping stays. */
static const struct table *map_table(paddr_t addr)
{
	const struct table *t = addr ? mmu_map_device(addr, sizeof(*t)) : NULL;
	u32 length;

	if (!t)
		return NULL;
	length = t->length;
	if (length < sizeof(*t) || length > MAX_TABLE)
		return NULL;
	if (page_offset_in(addr) + length > PAGE_SIZE)
		t = mmu_map_device(addr, length);
	return t && checksum_ok(t, length) ? t : NULL;
}

static bool is_table(const struct table *t, const char *signature)
{
	return !memcmp(t->signature, signature, 4);
}

/* --- RSDP --- */

static bool rsdp_ok(const struct rsdp *r)
{
	return !memcmp(r->signature, "RSD PTR ", 8) && checksum_ok(r, 20);
}

static bool rsdp_search(const char *from, size_t len, struct rsdp *out)
{
	for (size_t at = 0; at + sizeof(*out) <= len; at += 16)
		if (rsdp_ok((const void *)(from + at))) {
			memcpy(out, from + at, sizeof(*out));
			return true;
		}
	return false;
}

/* What the loader passed, else the places of section 5.2.5.1: the first KiB of the EBDA, and the
 * BIOS's ROM. */
static bool rsdp_find(struct rsdp *out)
{
	const char *low;
	u16 ebda;

	if (bootinfo.acpi_rsdp) {
		const struct rsdp *r = mmu_map_device(bootinfo.acpi_rsdp, sizeof(*r));

		if (r && rsdp_ok(r)) {
			memcpy(out, r, sizeof(*out));
			return true;
		}
	}
	low = mmu_map_device(0, MIB(1));
	if (!low)
		return false;
	memcpy(&ebda, low + 0x40e, sizeof(ebda));
	if (ebda >= 0x8000 && ebda < 0xa000 && rsdp_search(low + ebda * 16UL, KIB(1), out))
		return true;
	return rsdp_search(low + 0xe0000, KIB(128), out);
}

/* --- MADT --- */

static void add_cpu(u32 apic_id, u32 flags)
{
	if ((flags & 1) && acpi_info.nr_cpus < NR_CPUS)
		acpi_info.cpu_apic_ids[acpi_info.nr_cpus++] = apic_id;
}

static void add_override(u8 line, u32 gsi, u16 flags)
{
	if (line >= ACPI_NR_ISA)
		return;
	/* Polarity and trigger: 0 as the bus has it (ISA: high, edge), 1 high/edge, 3 low/level. */
	acpi_info.isa[line] = (struct acpi_isa_line){
		.gsi = gsi,
		.active_low = (flags & 3) == 3,
		.level = (flags >> 2 & 3) == 3,
	};
}

static u32 get32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void add_ioapic(const u8 *e)
{
	if (acpi_info.nr_ioapics == ACPI_MAX_IOAPICS)
		return;
	acpi_info.ioapics[acpi_info.nr_ioapics++] =
		(struct acpi_ioapic){ get32(e + 4), get32(e + 8) };
}

/* One entry of the MADT, section 5.2.12: type, length, data. */
static void madt_entry(const u8 *e, u32 len)
{
	u64 addr;

	if (e[0] == 0 && len >= 8) {
		add_cpu(e[3], get32(e + 4));
	} else if (e[0] == 1 && len >= 12) {
		add_ioapic(e);
	} else if (e[0] == 2 && len >= 10) {
		add_override(e[3], get32(e + 4), (u16)(e[8] | e[9] << 8));
	} else if (e[0] == 5 && len >= 12) {
		memcpy(&addr, e + 4, sizeof(addr));
		acpi_info.lapic_addr = addr;
	} else if (e[0] == 9 && len >= 16) {
		add_cpu(get32(e + 4), get32(e + 8));
	}
}

static void madt_parse(const struct madt *m)
{
	u32 size = m->header.length - (u32)sizeof(*m);

	if (m->header.length < sizeof(*m))
		return;
	acpi_info.lapic_addr = m->lapic_addr;
	for (u32 at = 0; at + 2 <= size;) {
		const u8 *e = m->entries + at;

		if (e[1] < 2 || e[1] > size - at)
			break;
		madt_entry(e, e[1]);
		at += e[1];
	}
}

/* --- DSDT: \_S5 --- */

/* An AML integer at *at; false if it is something else or runs over the end. */
static bool aml_byte(const u8 *aml, u32 size, u32 *at, u8 *out)
{
	if (*at >= size)
		return false;
	switch (aml[*at]) {
	case 0x00: /* ZeroOp */
	case 0x01: /* OneOp */
		*out = aml[(*at)++];
		return true;
	case 0x0a: /* BytePrefix */
		if (*at + 1 >= size)
			return false;
		*out = aml[*at + 1];
		*at += 2;
		return true;
	}
	return false;
}

/* Name(_S5_, Package { SLP_TYPa, SLP_TYPb, ... }): section 7.4.2, encoding in chapter 20. */
static bool s5_at(const u8 *aml, u32 size, u32 at)
{
	at += 4;
	if (at + 3 >= size || aml[at] != 0x12) /* PackageOp */
		return false;
	at++;
	at += 1 + (aml[at] >> 6); /* PkgLength: the top bits count its further bytes */
	at++;                     /* number of elements */
	return aml_byte(aml, size, &at, &acpi_info.s5_type_a) &&
	       aml_byte(aml, size, &at, &acpi_info.s5_type_b);
}

static void dsdt_parse(const struct table *t)
{
	const u8 *aml = (const u8 *)(t + 1);
	u32 size = t->length - (u32)sizeof(*t);

	for (u32 at = 0; at + 8 < size && !acpi_info.has_s5; at++)
		if (aml[at] == '_' && !memcmp(aml + at, "_S5_", 4))
			acpi_info.has_s5 = s5_at(aml, size, at);
}

/* --- FADT --- */

static void fadt_parse(const struct fadt *f)
{
	const struct table *dsdt = NULL;
	u32 length = f->header.length;

	if (length < offsetof(struct fadt, reset))
		return;
	acpi_info.pm_timer_port = (u16)f->pm_timer;
	acpi_info.pm_timer_32bit = f->flags & FADT_TIMER_32BIT;
	acpi_info.pm1a_control = (u16)f->pm1a_control;
	acpi_info.pm1b_control = (u16)f->pm1b_control;
	acpi_info.smi_command = (u16)f->smi_command;
	acpi_info.acpi_enable = f->acpi_enable;
	if ((f->flags & FADT_RESET_REGISTER) && length >= offsetof(struct fadt, unused2) &&
		f->reset.space <= 1) {
		acpi_info.reset.addr = f->reset.addr;
		acpi_info.reset.is_memory = f->reset.space == 0;
		acpi_info.reset_value = f->reset_value;
	}
	if (length >= sizeof(*f) && f->x_dsdt)
		dsdt = map_table(f->x_dsdt);
	if (!dsdt)
		dsdt = map_table(f->dsdt);
	if (dsdt && is_table(dsdt, "DSDT"))
		dsdt_parse(dsdt);
}

static void parse_table(paddr_t addr)
{
	const struct table *t = map_table(addr);

	if (t && is_table(t, "APIC"))
		madt_parse((const struct madt *)t);
	else if (t && is_table(t, "FACP"))
		fadt_parse((const struct fadt *)t);
}

/* A machine without tables has one CPU and no I/O APIC. */
void acpi_init(void)
{
	const struct table *root = NULL;
	struct rsdp rsdp;
	bool wide = false;
	u32 entry_size, nr;

	for (u32 i = 0; i < ACPI_NR_ISA; i++)
		acpi_info.isa[i].gsi = i;
	if (!rsdp_find(&rsdp)) {
		pr_warn("acpi: no tables found");
		return;
	}
	if (rsdp.revision >= 2 && rsdp.xsdt) {
		root = map_table(rsdp.xsdt);
		wide = root != NULL;
	}
	if (!root)
		root = map_table(rsdp.rsdt);
	if (!root) {
		pr_warn("acpi: the root table is damaged");
		return;
	}
	entry_size = wide ? 8 : 4;
	nr = (root->length - (u32)sizeof(*root)) / entry_size;
	for (u32 i = 0; i < nr; i++) {
		paddr_t addr = 0;

		memcpy(&addr, (const char *)(root + 1) + i * entry_size, entry_size);
		parse_table(addr);
	}
	pr_debug("acpi: %u CPUs, %u I/O APICs, PM timer at port %x", acpi_info.nr_cpus,
		acpi_info.nr_ioapics, acpi_info.pm_timer_port);
}
