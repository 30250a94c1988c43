// SPDX-License-Identifier: MIT
/*
 * futex.c: a thread sleeps as long as a word in memory has a value; another one changes the word
 * and wakes it. The kernel keeps nothing between calls: a hash of sleepers, by where the word lies.
 *
 *	private (or private memory):  (address space, address)
 *	shared memory, files:         (mapping, offset in it): the same in every process that maps it
 *
 * Invariant: the word is compared under the bucket's lock, after the sleeper is queued; a waker
 * changes the word first and takes the lock then; so no wake-up falls between. The comparison reads
 * user memory without faulting; if the page is not there, the lock is given up, the page brought
 * in, and everything done again.
 *
 * Lock: bucket->lock (RANK_FUTEX); two of them in the order of their addresses.
 */
#include "proc/futex.h"

#include "arch/user.h"
#include "debug/assert.h"
#include "lib/err.h"
#include "lib/hash.h"
#include "mm/mm.h"
#include "proc/process.h"
#include "sched/sched.h"

#define NR_BUCKETS      256  /* power of 2 */
#define ROBUST_LIST_MAX 2048 /* Linux's ROBUST_LIST_LIMIT */

struct futex_key {
	const void *object; /* struct mm or struct mapping */
	u64 offset;
};

struct bucket {
	struct spinlock lock;
	struct list sleepers;
};

struct sleeper {
	struct list link;
	/* where it is queued; changes by requeue, under both locks; read with care by its thread */
	struct bucket *bucket;
	struct futex_key key;
	struct thread *thread;
	u32 bitset;
	bool woken; /* bucket lock to set: it is out of the queue */
};

static struct bucket buckets[NR_BUCKETS];

void futex_init(void)
{
	for (u32 i = 0; i < NR_BUCKETS; i++) {
		spin_init_named(&buckets[i].lock, RANK_FUTEX, "futex");
		list_init(&buckets[i].sleepers);
	}
}

static struct bucket *bucket_of(const struct futex_key *key)
{
	return &buckets[hash_u64((u64)key->object ^ hash_u64(key->offset)) & (NR_BUCKETS - 1)];
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->offset == b->offset;
}

/* ---------------------------------------------------------------- keys */

struct key_search {
	vaddr_t addr;
	struct futex_key *key;
	bool found;
};

/* Shared memory is known by its mapping. So are a file's pages that a private mapping may not write
 * (nobody has a copy of his own there). Private memory that may not be written has no name. */
static bool key_from_vma(struct vma *vma, void *arg)
{
	struct key_search *s = arg;
	bool private_ = !(vma->flags & VMA_SHARED);

	if (vma->start > s->addr)
		return false;
	if (private_ && (vma->flags & VMA_WRITE)) {
		s->found = true;
	} else if (vma->mapping) {
		s->key->object = vma->mapping;
		s->key->offset = (vma->pgoff << PAGE_SHIFT) + (s->addr - vma->start);
		s->found = true;
	}
	return false;
}

/* 0, -EINVAL (not aligned), -EFAULT. A private word is an address, whatever is there; what may be
 * shared has to be there. May fault. */
static int get_key(vaddr_t addr, bool private_, struct futex_key *key)
{
	struct key_search s = { .addr = addr, .key = key };

	if (addr % sizeof(u32))
		return -EINVAL;
	if (!user_range_ok(addr, sizeof(u32)))
		return -EFAULT;
	*key = (struct futex_key){ .object = current_mm(), .offset = addr };
	if (private_)
		return 0;
	if (user_prefault(addr, sizeof(u32), false) != 0)
		return -EFAULT;
	mm_vma_at_or_above(current_mm(), addr, key_from_vma, &s);
	return s.found ? 0 : -EFAULT;
}

/* ---------------------------------------------------------------- waking */

/* Out of the queue, and runs. => bucket lock held; s may be gone after this */
static void wake_sleeper(struct sleeper *s)
{
	struct thread *t = s->thread;

	list_remove(&s->link);
	thread_get(t);
	__atomic_store_n(&s->woken, true, __ATOMIC_RELEASE);
	thread_wake(t);
	thread_put(t);
}

/* At most nr, but at least one, as Linux has it: even if nr is 0 or negative. */
static s64 wake_key(const struct futex_key *key, s32 nr, u32 bitset)
{
	struct bucket *b = bucket_of(key);
	struct sleeper *s, *next;
	s64 woken = 0;

	spin_lock(&b->lock);
	list_for_each_safe (s, next, &b->sleepers, link) {
		if (!same_key(&s->key, key) || !(s->bitset & bitset))
			continue;
		wake_sleeper(s);
		if (++woken >= nr)
			break;
	}
	spin_unlock(&b->lock);
	return woken;
}

s64 futex_wake(vaddr_t addr, bool private_, s32 nr, u32 bitset)
{
	struct futex_key key;
	s64 err;

	if (!bitset)
		return -EINVAL;
	err = get_key(addr, private_, &key);
	return err ? err : wake_key(&key, nr, bitset);
}

void futex_wake_address(vaddr_t addr)
{
	futex_wake(addr, true, 1, FUTEX_BITSET_MATCH_ANY);
	futex_wake(addr, false, 1, FUTEX_BITSET_MATCH_ANY);
}

/* ---------------------------------------------------------------- waiting */

/* Queues s if the word is as expected. 0, -EAGAIN (other value), -EFAULT. */
static int queue_if_equal(struct sleeper *s, vaddr_t addr, u32 expected)
{
	struct bucket *b = s->bucket;
	u32 value;
	size_t left;

	for (;;) {
		spin_lock(&b->lock);
		left = user_copy_in_nofault(&value, addr, sizeof(value));
		if (!left && value == expected)
			list_append(&b->sleepers, &s->link);
		spin_unlock(&b->lock);
		if (!left)
			return value == expected ? 0 : -EAGAIN;
		if (user_prefault(addr, sizeof(value), false) != 0)
			return -EFAULT;
	}
}

/* Takes s out of whatever queue it is in. True if it still was in one: nobody woke it. */
static bool unqueue(struct sleeper *s)
{
	struct bucket *b;
	bool queued;

	for (;;) {
		b = __atomic_load_n(&s->bucket, __ATOMIC_ACQUIRE);
		spin_lock(&b->lock);
		if (b == s->bucket)
			break;
		spin_unlock(&b->lock); /* it was moved meanwhile */
	}
	queued = !s->woken;
	if (queued)
		list_remove(&s->link);
	spin_unlock(&b->lock);
	return queued;
}

static int sleep_until_woken(struct sleeper *s, nsec_t deadline)
{
	for (;;) {
		thread_set_state(THREAD_INTERRUPTIBLE);
		if (__atomic_load_n(&s->woken, __ATOMIC_ACQUIRE)) {
			thread_set_state(THREAD_RUNNABLE);
			return 0;
		}
		if (thread_signal_pending()) {
			thread_set_state(THREAD_RUNNABLE);
			return -ERESTARTSYS;
		}
		if (!thread_sleep_until(deadline))
			return -ETIMEDOUT;
	}
}

s64 futex_wait(vaddr_t addr, bool private_, u32 expected, u32 bitset, nsec_t deadline)
{
	struct sleeper s = {
		.thread = current_thread(), .bitset = bitset, .link = LIST_INIT(s.link)
	};
	int err;

	if (!bitset)
		return -EINVAL;
	err = get_key(addr, private_, &s.key);
	if (err)
		return err;
	s.bucket = bucket_of(&s.key);
	err = queue_if_equal(&s, addr, expected);
	if (err)
		return err;
	err = sleep_until_woken(&s, deadline);
	return unqueue(&s) ? err : 0; /* woken at the last moment counts */
}

/* ---------------------------------------------------------------- two words */

static void lock_two(struct bucket *a, struct bucket *b)
{
	spin_lock(&min(a, b)->lock);
	if (a != b)
		spin_lock_nested(&max(a, b)->lock);
}

static void unlock_two(struct bucket *a, struct bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

static s64 requeue_locked(struct bucket *from, const struct futex_key *key, struct bucket *to,
	const struct futex_key *key2, u32 nr_wake, u32 nr_move)
{
	struct sleeper *s, *next;
	u32 done = 0;

	list_for_each_safe (s, next, &from->sleepers, link) {
		if (!same_key(&s->key, key))
			continue;
		if (done < nr_wake) {
			wake_sleeper(s);
		} else if (done - nr_wake < nr_move) {
			list_remove(&s->link);
			s->key = *key2;
			list_append(&to->sleepers, &s->link);
			__atomic_store_n(&s->bucket, to, __ATOMIC_RELEASE);
		} else {
			break;
		}
		done++;
	}
	return done;
}

s64 futex_requeue(
	vaddr_t addr, bool private_, u32 nr_wake, u32 nr_move, vaddr_t addr2, const u32 *compare)
{
	struct futex_key key, key2;
	struct bucket *from, *to;
	size_t left = 0;
	u32 value = 0;
	s64 result;

	result = get_key(addr, private_, &key);
	if (!result)
		result = get_key(addr2, private_, &key2);
	if (result)
		return result;
	from = bucket_of(&key);
	to = bucket_of(&key2);
	for (;;) {
		lock_two(from, to);
		if (compare)
			left = user_copy_in_nofault(&value, addr, sizeof(value));
		if (!left)
			result = compare && value != *compare
					 ? -EAGAIN
					 : requeue_locked(from, &key, to, &key2, nr_wake, nr_move);
		unlock_two(from, to);
		if (!left)
			return result;
		if (user_prefault(addr, sizeof(value), false) != 0)
			return -EFAULT;
	}
}

/* The operation of FUTEX_WAKE_OP, one of those that there are, on a value. */
static u32 apply_op(u32 op, u32 arg, u32 old)
{
	switch (op) {
	case FUTEX_OP_SET:
		return arg;
	case FUTEX_OP_ADD:
		return old + arg;
	case FUTEX_OP_OR:
		return old | arg;
	case FUTEX_OP_ANDN:
		return old & ~arg;
	default:
		return old ^ arg;
	}
}

static int compare_op(u32 cmp, s32 old, s32 arg)
{
	switch (cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == arg;
	case FUTEX_OP_CMP_NE:
		return old != arg;
	case FUTEX_OP_CMP_LT:
		return old < arg;
	case FUTEX_OP_CMP_GE:
		return old >= arg;
	case FUTEX_OP_CMP_LE:
		return old <= arg;
	case FUTEX_OP_CMP_GT:
		return old > arg;
	}
	return -ENOSYS;
}

static s32 sign_extend_12(u32 v)
{
	return (s32)(v << 20) >> 20;
}

/* Changes *addr by the encoded operation. The result of its comparison (0 or 1), or -ENOSYS (there is
 * no such operation, which comes first, or no such comparison, which comes last), -EFAULT. */
static int change_word(vaddr_t addr, u32 encoded)
{
	u32 op = encoded >> 28 & 7, cmp = encoded >> 24 & 15, expected, seen;
	s32 arg = sign_extend_12(encoded >> 12 & 0xfff), cmp_arg = sign_extend_12(encoded & 0xfff);

	if (encoded >> 28 & 8) /* FUTEX_OP_OPARG_SHIFT */
		arg = (s32)(1u << (arg & 31));
	if (op > FUTEX_OP_XOR)
		return -ENOSYS;
	if (copy_from_user(&seen, addr, sizeof(seen)) != 0)
		return -EFAULT;
	do {
		expected = seen;
		if (user_cmpxchg32(addr, expected, apply_op(op, (u32)arg, expected), &seen) != 0)
			return -EFAULT;
	} while (seen != expected);
	return compare_op(cmp, (s32)seen, cmp_arg);
}

/* The word is changed before the buckets are locked: a sleeper that queues between sees the new
 * value, or is woken. */
s64 futex_wake_op(vaddr_t addr, bool private_, s32 nr_wake, s32 nr_wake2, vaddr_t addr2, u32 op)
{
	struct futex_key key, key2;
	s64 woken;
	int err, holds;

	err = get_key(addr, private_, &key);
	if (!err)
		err = get_key(addr2, private_, &key2);
	if (err)
		return err;
	holds = change_word(addr2, op);
	if (holds < 0)
		return holds;
	woken = wake_key(&key, nr_wake, FUTEX_BITSET_MATCH_ANY);
	if (holds)
		woken += wake_key(&key2, nr_wake2, FUTEX_BITSET_MATCH_ANY);
	return woken;
}

/* ---------------------------------------------------------------- robust lists */

/* A lock that the dying thread holds: marks it, and wakes one who waits for it. */
static void release_robust(vaddr_t addr, u32 tid, bool pending)
{
	u32 value, seen;

	if (addr % sizeof(u32) || copy_from_user(&seen, addr, sizeof(seen)) != 0)
		return;
	if (pending && seen == 0) { /* it died between unlocking and waking */
		futex_wake_address(addr);
		return;
	}
	do {
		value = seen;
		if ((value & FUTEX_TID_MASK) != tid)
			return;
		if (user_cmpxchg32(
			    addr, value, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED, &seen) != 0)
			return;
	} while (seen != value);
	if (value & FUTEX_WAITERS)
		futex_wake_address(addr);
}

void futex_exit_robust(vaddr_t head)
{
	struct {
		u64 next;
		s64 futex_offset;
		u64 pending;
	} list;
	u32 tid = (u32)current_thread()->tid;
	vaddr_t entry, next;

	if (copy_from_user(&list, head, sizeof(list)) != 0)
		return;
	entry = list.next;
	for (u32 i = 0; (entry & ~1UL) != head && i < ROBUST_LIST_MAX; i++) {
		/* The next one first: the lock's memory may be freed as soon as it is released. */
		if (copy_from_user(&next, entry & ~1UL, sizeof(next)) != 0)
			return;
		if ((entry & ~1UL) != (list.pending & ~1UL))
			release_robust((entry & ~1UL) + (u64)list.futex_offset, tid, false);
		entry = next;
		cond_resched();
	}
	if (list.pending & ~1UL)
		release_robust((list.pending & ~1UL) + (u64)list.futex_offset, tid, true);
}
