// SPDX-License-Identifier: MIT
/*
 * arch_prctl_fs.c: arch_prctl sets and gets the FS and GS bases, refuses kernel addresses (EPERM)
 * and unknown codes (EINVAL); they survive switches and signals.
 */
#include "test.h"

#define SET_GS 0x1001
#define SET_FS 0x1002
#define GET_FS 0x1003
#define GET_GS 0x1004

TEST()
{
	uint64_t base = 0, value;
	static uint64_t word = 0x5555;

	CHECK_OK(syscall(SYS_arch_prctl, GET_FS, &base));
	CHECK(base != 0);
	__asm__ volatile("movq %%fs:0, %0" : "=r"(value));
	CHECK_EQ(value, base); /* musl's thread pointer points at itself */
	CHECK_OK(syscall(SYS_arch_prctl, SET_GS, &word));
	CHECK_OK(syscall(SYS_arch_prctl, GET_GS, &base));
	CHECK_EQ(base, (uintptr_t)&word);
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork_child();

		if (pid == 0) {
			__asm__ volatile("movq %%gs:0, %0" : "=r"(value));
			_exit(value != 0x5555);
		}
		CHECK_EXITS(pid, 0);
		__asm__ volatile("movq %%gs:0, %0" : "=r"(value));
		CHECK_EQ(value, 0x5555);
	}
	EXPECT_ERR(syscall(SYS_arch_prctl, SET_GS, 0xffff800000000000), EPERM);
	EXPECT_ERR(syscall(SYS_arch_prctl, SET_FS, 0xffffffff80000000), EPERM);
	EXPECT_ERR(syscall(SYS_arch_prctl, 0x9999, 0), EINVAL);
}
