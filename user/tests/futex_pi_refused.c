// SPDX-License-Identifier: MIT
/*
 * futex_pi_refused.c: A kernel without priority inheritance refuses its operations with ENOSYS, and
 * touches nothing; the host's Linux has it, and answers as futex(2) says.
 */
#include "thread.h"

TEST()
{
	static unsigned word, other;
	static const int ops[] = { FUTEX_LOCK_PI, FUTEX_LOCK_PI2, FUTEX_TRYLOCK_PI, FUTEX_UNLOCK_PI,
		FUTEX_CMP_REQUEUE_PI, FUTEX_WAIT_REQUEUE_PI };

	if (futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0) == 0) {
		CHECK_EQ(word, my_tid());
		CHECK_EQ(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
		CHECK_EQ(word, 0);
		return;
	}
	for (size_t i = 0; i < NR_ITEMS(ops); i++) {
		EXPECT_ERR(futex(&word, ops[i], 1, NULL, &other, 0), ENOSYS);
		EXPECT_ERR(futex(&word, ops[i] | FUTEX_PRIVATE_FLAG, 1, NULL, &other, 0), ENOSYS);
	}
	CHECK_EQ(word, 0);
	CHECK_EQ(other, 0);
}
