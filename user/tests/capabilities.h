/* SPDX-License-Identifier: MIT */
/* capabilities.h: what tests about capabilities share. */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include "test.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

#define BIT(cap) (1ULL << (cap))

struct sets {
	unsigned long long effective, permitted, inheritable;
};

TEST_HELPER_FN struct sets get_sets(pid_t pid)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, pid };
	struct __user_cap_data_struct d[2];

	CHECK_OK(syscall(SYS_capget, &h, d));
	return (struct sets){ d[0].effective | (unsigned long long)d[1].effective << 32,
		d[0].permitted | (unsigned long long)d[1].permitted << 32,
		d[0].inheritable | (unsigned long long)d[1].inheritable << 32 };
}

TEST_HELPER_FN int set_sets(
	unsigned long long effective, unsigned long long permitted, unsigned long long inheritable)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { effective, permitted, inheritable },
		{ effective >> 32, permitted >> 32, inheritable >> 32 } };

	return syscall(SYS_capset, &h, d);
}

#define CHECK_SETS(e, p, i)                                                                        \
	do {                                                                                       \
		struct sets sets_ = get_sets(0);                                                   \
		CHECK_EQ(sets_.effective, e);                                                      \
		CHECK_EQ(sets_.permitted, p);                                                      \
		CHECK_EQ(sets_.inheritable, i);                                                    \
	} while (0)

/* All that root has here: a container may give it less, but not less than these. */
TEST_HELPER_FN unsigned long long all_caps(void)
{
	return get_sets(0).permitted;
}

TEST_HELPER_FN void need_caps(unsigned long long needed)
{
	char text[4096], bounding[60];

	need_root("it has the capabilities");
	snprintf(bounding, sizeof(bounding), "\nCapBnd:\t%016llx\n", all_caps());
	read_text("/proc/self/status", text, sizeof(text));
	if (needed & ~all_caps() || get_sets(0).inheritable || !strstr(text, bounding))
		skip("root has too few or uncommon capabilities here");
}

#endif
