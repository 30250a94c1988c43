// SPDX-License-Identifier: MIT
/* The runner of in-kernel tests: see ktest.h. */
#include "debug/ktest.h"
#include "arch/bootinfo.h"
#include "debug/printk.h"
#include "lib/string.h"

extern const struct ktest ktests_start[], ktests_end[]; /* linker.ld */

static const char *running;
static u32 failures; /* of the running test */

void ktest_fail(const char *file, int line, const char *what)
{
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	pr_err("ktest: %s FAILED %s:%d: %s", running, file, line, what);
}

/* ktest=NAME runs those whose name begins like that. */
static bool wanted(const struct ktest *t, const char *prefix)
{
	return strncmp(t->name, prefix, strlen(prefix)) == 0;
}

int ktest_run_all(void)
{
	int passed = 0, failed = 0;
	char prefix[64] = "";

	boot_option("ktest", prefix, sizeof(prefix));
	for (const struct ktest *t = ktests_start; t < ktests_end; t++) {
		if (!wanted(t, prefix))
			continue;
		running = t->name;
		failures = 0;
		t->run();
		if (failures) {
			failed++;
		} else {
			passed++;
			pr_err("ktest: %s ok", t->name);
		}
	}
	pr_err("ktest: %d passed, %d failed", passed, failed);
	return failed;
}
