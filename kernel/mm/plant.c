// SPDX-License-Identifier: MIT
/* plant.c: which bug is planted (plant.h). Empty outside of debug builds. */
#include "mm/plant.h"

#ifdef CONFIG_DEBUG
#include "arch/bootinfo.h"
#include "debug/printk.h"
#include "lib/string.h"

enum plant planted_bug;

void plant_init(void)
{
	static const char *const names[] = {
		[PLANT_MUNMAP] = "munmap",
		[PLANT_DONTNEED] = "dontneed",
		[PLANT_FREE] = "free",
		[PLANT_PAGEOUT] = "pageout",
		[PLANT_MPROTECT] = "mprotect",
		[PLANT_MREMAP] = "mremap",
		[PLANT_FORK] = "fork",
		[PLANT_COW] = "cow",
		[PLANT_CLEAN] = "clean",
		[PLANT_TRUNCATE] = "truncate",
		[PLANT_NESTED] = "nested",
		[PLANT_EARLY] = "early",
		[PLANT_REACH] = "reach",
	};
	char value[16];

	if (!boot_option("plant", value, sizeof(value)))
		return;
	for (u32 i = 1; i < ARRAY_SIZE(names); i++)
		if (!strcmp(value, names[i]))
			planted_bug = i;
	pr_warn("mm: %s bug \"%s\" is planted", planted_bug ? "the" : "no", value);
}
#endif
