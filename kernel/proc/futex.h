/* SPDX-License-Identifier: MIT */
/* futex(2): sleeping on a word of user memory; robust lists. */
#pragma once

#include <linux/futex.h>
#include "arch/clock.h"
#include "lib/types.h"

/* private_: FUTEX_PRIVATE_FLAG: only threads of this address space use the word. deadline: ns since
 * boot, NSEC_NEVER. */
/* Sleeps if *addr == expected. 0 woken; -EAGAIN other value; -ETIMEDOUT; -ERESTARTSYS; -EFAULT;
 * -EINVAL. */
s64 futex_wait(vaddr_t addr, bool private_, u32 expected, u32 bitset, nsec_t deadline);
/* Wakes up to nr sleepers whose bitset has a common bit: how many. */
s64 futex_wake(vaddr_t addr, bool private_, s32 nr, u32 bitset);
/* Wakes nr_wake, moves up to nr_move others to addr2. compare: only if *addr == *compare (-EAGAIN).
 * How many were woken (and moved, if compare). */
s64 futex_requeue(
	vaddr_t addr, bool private_, u32 nr_wake, u32 nr_move, vaddr_t addr2, const u32 *compare);
/* FUTEX_WAKE_OP. */
s64 futex_wake_op(vaddr_t addr, bool private_, s32 nr_wake, s32 nr_wake2, vaddr_t addr2, u32 op);

/* One sleeper on a word, shared or private: clear_child_tid. */
void futex_wake_address(vaddr_t addr);
/* The current thread dies: marks the locks on its robust list (get_robust_list(2)) and wakes who
 * waits for them. May sleep. */
void futex_exit_robust(vaddr_t head);
void futex_init(void);
