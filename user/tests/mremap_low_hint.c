// SPDX-License-Identifier: MIT
/*
 * mremap_low_hint.c: A place below vm.mmap_min_addr that MREMAP_DONTUNMAP asks for is taken as it
 * is: the privileged get it, others get EPERM. (mmap rounds such a hint up.)
 */
#include "settings.h"

static char *p;

static char *move_low(void)
{
	int flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

	/* musl hands the place on with MREMAP_FIXED only. */
	return (char *)syscall(SYS_mremap, p, PAGE, PAGE, flags, PAGE);
}

static void check_unprivileged(void)
{
	if (geteuid() == 0)
		become_other();
	EXPECT_ERR(move_low(), EPERM);
	CHECK_EQ(p[0], 'l');
}

static void check_privileged(void)
{
	char *low = CHECK_OK(move_low());

	EXPECT_EQ(low, (char *)PAGE);
	EXPECT_EQ(low[0], 'l');
	EXPECT_EQ(p[0], 0);
}

TEST()
{
	char text[32];

	read_text("/proc/sys/vm/mmap_min_addr", text, sizeof(text));
	if (strtoul(text, NULL, 10) <= PAGE)
		skip("this machine lets everybody map there");
	p = map_anon(1, PROT_READ | PROT_WRITE);
	p[0] = 'l';
	in_child(check_unprivileged);
	if (geteuid() == 0)
		in_child(check_privileged);
}
