/* SPDX-License-Identifier: MIT */
/*
 * The random generator: ChaCha20 (RFC 8439) with fast key erasure. Each request takes a fresh key
 * for itself and replaces the generator's, so neither old nor future output follows from what a
 * program or a memory dump sees.
 *
 * Seeded from the CPU's generator and the clocks. On a machine whose clocks and CPU generator
 * repeat (QEMU -icount -seed), the output repeats: that is wanted.
 */
#include "fs/random.h"

#include "arch/cpu.h"
#include "lib/err.h"
#include "lib/hash.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "sync/spinlock.h"

#define KEY_WORDS  8
#define BLOCK_SIZE 64

static struct spinlock lock = SPINLOCK_INIT(random_lock, RANK_BUDDY);
static u32 key[KEY_WORDS]; /* lock */
static u64 nr_requests;    /* lock */

static u32 rotate(u32 x, u32 n)
{
	return x << n | x >> (32 - n);
}

static void quarter_round(u32 *a, u32 *b, u32 *c, u32 *d)
{
	*a += *b, *d = rotate(*d ^ *a, 16);
	*c += *d, *b = rotate(*b ^ *c, 12);
	*a += *b, *d = rotate(*d ^ *a, 8);
	*c += *d, *b = rotate(*b ^ *c, 7);
}

static void chacha_block(const u32 k[KEY_WORDS], u64 counter, u32 out[16])
{
	u32 s[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(s + 4, k, KEY_WORDS * 4);
	s[12] = (u32)counter;
	s[13] = (u32)(counter >> 32);
	memcpy(out, s, sizeof(s));
	for (u32 i = 0; i < 10; i++) {
		for (u32 c = 0; c < 4; c++)
			quarter_round(&out[c], &out[4 + c], &out[8 + c], &out[12 + c]);
		for (u32 c = 0; c < 4; c++)
			quarter_round(&out[c], &out[4 + (c + 1) % 4], &out[8 + (c + 2) % 4],
				&out[12 + (c + 3) % 4]);
	}
	for (u32 i = 0; i < 16; i++)
		out[i] += s[i];
}

/* A key for one request; the generator's own is replaced. */
static void fresh_key(u32 k[KEY_WORDS])
{
	u32 block[16];

	spin_lock(&lock);
	key[0] ^= (u32)cpu_cycles();
	chacha_block(key, ++nr_requests, block);
	memcpy(key, block, sizeof(key));
	spin_unlock(&lock);
	memcpy(k, block + KEY_WORDS, KEY_WORDS * 4);
}

void random_bytes(void *buf, size_t n)
{
	u32 k[KEY_WORDS], block[16];
	u8 *to = buf;

	fresh_key(k);
	if (n <= sizeof(k)) { /* nobody else has seen it: it is as good as what it would make */
		memcpy(buf, k, n);
		n = 0;
	}
	for (u64 counter = 0; n; counter++) {
		size_t piece = min(n, (size_t)BLOCK_SIZE);

		chacha_block(k, counter, block);
		memcpy(to, block, piece);
		to += piece;
		n -= piece;
	}
	memset(k, 0, sizeof(k));
	memset(block, 0, sizeof(block));
}

ssize_t random_read(struct iobuf *buf)
{
	u8 piece[256];
	ssize_t done = 0;

	while (buf->len) {
		size_t n = min(buf->len, sizeof(piece)), copied;

		random_bytes(piece, n);
		copied = iobuf_put(buf, piece, n);
		done += (ssize_t)copied;
		if (copied < n)
			return done ? done : -EFAULT;
		if (done % PAGE_SIZE == 0) {
			if (thread_signal_pending())
				break;
			cond_resched();
		}
	}
	return done;
}

void random_mix(const void *data, size_t n)
{
	const u8 *p = data;
	u32 block[16];

	spin_lock(&lock);
	for (size_t i = 0; i < n; i++) {
		((u8 *)key)[i % sizeof(key)] ^= p[i];
		if (i % sizeof(key) == sizeof(key) - 1 || i == n - 1) {
			chacha_block(key, ++nr_requests, block);
			memcpy(key, block, sizeof(key));
		}
	}
	spin_unlock(&lock);
}

void random_init(void)
{
	u64 seed[8] = { 0 };

	cpu_random(seed, sizeof(seed));
	seed[0] ^= cpu_cycles();
	seed[1] ^= clock_now();
	seed[2] ^= time_realtime();
	random_mix(seed, sizeof(seed));
}
