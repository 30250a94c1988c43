// SPDX-License-Identifier: MIT
/*
 * futex_wake_op.c: FUTEX_WAKE_OP changes the second word by each of its operations, wakes sleepers
 * of the first, and those of the second if each of its comparisons holds for the old value.
 */
#include "thread.h"

static unsigned first, second;
static pid_t tids[2];

static void op(unsigned how, int arg, unsigned from, unsigned to)
{
	second = from;
	EXPECT_EQ(futex2(&first, FUTEX_WAKE_OP, 1, 1, &second,
			  FUTEX_OP(how, arg, FUTEX_OP_CMP_EQ, 0)),
		0);
	EXPECT_EQ(second, to);
}

static void *wait_for_word(void *word)
{
	tids[word == &second] = my_tid();
	CHECK_EQ(futex(word, FUTEX_WAIT, *(unsigned *)word, NULL, NULL, 0), 0);
	return NULL;
}

/* Two sleepers; how many of them the comparison wakes. */
static void compare(unsigned cmp, unsigned old, int arg, long woken)
{
	pthread_t a, b;

	tids[0] = tids[1] = 0;
	second = old;
	a = thread_start(wait_for_word, &first);
	b = thread_start(wait_for_word, &second);
	for (int i = 0; i < 2; i++)
		WAIT_UNTIL(tids[i] && thread_state(getpid(), tids[i]) == 'S');
	EXPECT_EQ(futex2(&first, FUTEX_WAKE_OP, 1, 1, &second, FUTEX_OP(FUTEX_OP_SET, 1, cmp, arg)),
		woken);
	EXPECT_EQ(second, 1);
	EXPECT_EQ(futex(&second, FUTEX_WAKE, 1, NULL, NULL, 0), 2 - woken);
	thread_join(a);
	thread_join(b);
}

TEST()
{
	char *read_only = map_anon(1, PROT_READ);

	op(FUTEX_OP_SET, 7, 3, 7);
	op(FUTEX_OP_ADD, 7, 3, 10);
	op(FUTEX_OP_ADD, -1, 3, 2);
	op(FUTEX_OP_OR, 6, 3, 7);
	op(FUTEX_OP_ANDN, 1, 3, 2);
	op(FUTEX_OP_XOR, 6, 3, 5);
	op(FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT, 5, 3, 32);
	op(FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT, 31, 3, 0x80000003);

	compare(FUTEX_OP_CMP_EQ, 5, 5, 2);
	compare(FUTEX_OP_CMP_EQ, 5, 6, 1);
	compare(FUTEX_OP_CMP_NE, 5, 6, 2);
	compare(FUTEX_OP_CMP_LT, -3, -2, 2);
	compare(FUTEX_OP_CMP_LT, 5, 5, 1);
	compare(FUTEX_OP_CMP_LE, 5, 5, 2);
	compare(FUTEX_OP_CMP_GT, 5, -1, 2);
	compare(FUTEX_OP_CMP_GE, 4, 5, 1);

	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP, 1, 1, &second, 5 << 28), ENOSYS);
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP, 1, 1, &second, 6 << 24), ENOSYS);
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP, 1, 1, (char *)&second + 1, 0), EINVAL);
	EXPECT_ERR(futex2((char *)&first + 1, FUTEX_WAKE_OP, 1, 1, &second, 0), EINVAL);
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP, 1, 1, read_only, 0), EFAULT);
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, read_only, 0), EFAULT);
	EXPECT_ERR(
		futex2(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, read_only, 6 << 24 | 1 << 12), EFAULT);
	/* The operation is looked at before the memory, the comparison after it was changed. */
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, read_only, 5 << 28), ENOSYS);
	second = 2;
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP, 1, 1, &second, 6 << 24 | 8 << 12), ENOSYS);
	EXPECT_EQ(second, 8);
	CHECK_OK(munmap(read_only, PAGE));
	EXPECT_ERR(futex2(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, read_only, 0), EFAULT);
	/* Nothing is changed if the first word is not there. */
	second = 9;
	EXPECT_ERR(futex2(read_only, FUTEX_WAKE_OP, 1, 1, &second, 0), EFAULT);
	EXPECT_EQ(second, 9);
}
