// SPDX-License-Identifier: MIT
/*
 * vdso.c: AT_SYSINFO_EHDR is the address of an ELF image, [vdso], by which a program tells the time
 * as the system call does but without it (vdso(7)). It and its data, [vvar], cannot be written; a
 * child has them, and whoever does not want them can unmap them.
 */
#include <elf.h>
#include <sys/auxv.h>
#include <time.h>
#include "test.h"

typedef int clock_fn(clockid_t clock, struct timespec *ts);

static const char *image;
static clock_fn *vdso_clock;

/* The table of the dynamic section with this tag; the image is linked to address 0. */
static const void *dynamic_table(Elf64_Sxword tag)
{
	const Elf64_Ehdr *e = (const void *)image;
	const Elf64_Phdr *ph = (const void *)(image + e->e_phoff);

	for (int i = 0; i < e->e_phnum; i++) {
		const Elf64_Dyn *d = (const void *)(image + ph[i].p_offset);

		if (ph[i].p_type != PT_DYNAMIC)
			continue;
		for (; d->d_tag != DT_NULL; d++)
			if (d->d_tag == tag)
				return image + d->d_un.d_ptr;
	}
	CHECK_FAILED("[vdso] has no dynamic entry %ld", (long)tag);
	return NULL;
}

static void *symbol(const char *name)
{
	const Elf64_Sym *symbols = dynamic_table(DT_SYMTAB);
	const char *names = dynamic_table(DT_STRTAB);
	const Elf64_Word *hash = dynamic_table(DT_HASH);

	for (Elf64_Word i = 0; i < hash[1]; i++)
		if (symbols[i].st_shndx != SHN_UNDEF && !strcmp(names + symbols[i].st_name, name))
			return (void *)(image + symbols[i].st_value);
	return NULL;
}

static long long nanoseconds(const struct timespec *ts)
{
	CHECK(ts->tv_nsec >= 0 && ts->tv_nsec < 1000000000);
	return ts->tv_sec * 1000000000LL + ts->tv_nsec;
}

/* What [vdso] says lies between what two system calls say. */
static void agrees(clockid_t clock)
{
	struct timespec before, now, after;

	for (int i = 0; i < 100; i++) {
		CHECK_OK(syscall(SYS_clock_gettime, clock, &before));
		CHECK_EQ(vdso_clock(clock, &now), 0);
		CHECK_OK(syscall(SYS_clock_gettime, clock, &after));
		CHECK(nanoseconds(&before) <= nanoseconds(&now));
		CHECK(nanoseconds(&now) <= nanoseconds(&after));
	}
}

static void all_agree(void)
{
	struct timespec ts;

	agrees(CLOCK_REALTIME);
	agrees(CLOCK_MONOTONIC);
	agrees(CLOCK_MONOTONIC_RAW);
	agrees(CLOCK_BOOTTIME);
	CHECK_EQ(vdso_clock(CLOCK_MONOTONIC_COARSE, &ts), 0);
	/* What it does not know it asks the kernel. */
	CHECK_EQ(vdso_clock(CLOCK_PROCESS_CPUTIME_ID, &ts), 0);
	CHECK_EQ(vdso_clock(12345, &ts), -EINVAL);
}

static const char *special(const char *name, struct map_line *line)
{
	static struct map_line lines[100];
	int nr = maps_in(NULL, (void *)UINTPTR_MAX, lines, 100);

	for (int i = 0; i < nr && i < 100; i++)
		if (!strcmp(lines[i].path, name))
			*line = lines[i];
	CHECK_STR(line->path, name);
	return (const char *)line->start;
}

static void unmap_all(void)
{
	struct map_line code, data;

	special("[vvar]", &data);
	special("[vdso]", &code);
	CHECK_OK(munmap((void *)data.start, data.end - data.start));
	CHECK_OK(munmap((void *)code.start, code.end - code.start));
	CHECK_FAULT(TOUCH_READ, image, SIGSEGV, SEGV_MAPERR);
}

TEST()
{
	struct map_line code = { 0 }, data = { 0 };

	image = (const char *)getauxval(AT_SYSINFO_EHDR);
	CHECK(image);
	CHECK_EQ(memcmp(image, ELFMAG, SELFMAG), 0);
	CHECK_EQ(special("[vdso]", &code), image);
	CHECK_STR(code.perms, "r-xp");
	CHECK_STR((special("[vvar]", &data), data.perms), "r--p");
	CHECK_FAULT(TOUCH_WRITE, image, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_WRITE, (void *)data.start, SIGSEGV, SEGV_ACCERR);
	EXPECT_ERR(mprotect((void *)data.start, PAGE, PROT_READ | PROT_WRITE), EACCES);

	vdso_clock = (clock_fn *)symbol("__vdso_clock_gettime");
	CHECK(vdso_clock && symbol("__vdso_gettimeofday") && symbol("__vdso_time") &&
		symbol("__vdso_clock_getres"));
	all_agree();
	in_child(all_agree);
	in_child(unmap_all);
}
