// SPDX-License-Identifier: MIT
/* legacy_va_layout.c: vm.legacy_va_layout: new programs place mappings from the bottom upwards. */
#include "settings.h"

static int helper(int argc, char **argv)
{
	size_t len = 512 << 20;
	char *first = CHECK_OK(mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *second = CHECK_OK(mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	CHECK_EQ(argc, 1);
	CHECK_STR(argv[0], second > first ? "up" : "down");
	return 0;
}
TEST_HELPER(helper)

static void run(const char *direction)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		execl(test_self(), "test", "--helper", direction, NULL);
		CHECK_FAILED("exec: %s", strerror(errno));
	}
	CHECK_EXITS(pid, 0);
}

static void checks(void)
{
	run("down");
	set_setting("/proc/sys/vm/legacy_va_layout", 1);
	run("up");
}

TEST()
{
	with_settings(checks);
}
