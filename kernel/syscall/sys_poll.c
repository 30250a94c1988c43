/* SPDX-License-Identifier: MIT */
/*
 * poll(2), ppoll, select(2), pselect6.
 *
 * The first look asks every file and leaves a waiter in each queue that could change the answer.
 * Any of them sets `triggered` and wakes the thread, which looks again at all. Files are held by
 * references, so their queues stay.
 *
 * Interrupted: select and the p forms are restarted if no handler ran (their timeout was brought up
 * to date in user memory), poll goes on by restart_syscall(2) with the old deadline. With a handler
 * all say EINTR (signal(7)).
 */
#include <linux/fcntl.h>
#include <linux/time_types.h>

#include "fs/context.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "proc/signal.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

#define INLINE_QUEUES 8
#define CHUNK_QUEUES  60
#define INLINE_FDS    16
#define INLINE_WORDS  1

#define POLL_ALWAYS (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

/* ---------------------------------------------------------------- waiting on many queues */
struct poll_set;

struct poll_entry {
	struct waiter waiter;
	struct waitq *queue;
	struct poll_set *set;
};

struct poll_chunk {
	struct poll_chunk *next;
	u32 count;
	struct poll_entry entries[CHUNK_QUEUES];
};

struct poll_set {
	struct poll_table table;
	struct thread *thread;
	bool triggered;
	int error; /* -ENOMEM */
	u32 count; /* of the inline ones */
	struct poll_entry entries[INLINE_QUEUES];
	struct poll_chunk *chunks;
};

static void triggered(struct waiter *w)
{
	struct poll_set *set = container_of(w, struct poll_entry, waiter)->set;

	atomic_store(&set->triggered, true);
	thread_wake(set->thread);
}

static struct poll_entry *new_entry(struct poll_set *set)
{
	struct poll_chunk *c = set->chunks;

	if (set->count < INLINE_QUEUES)
		return &set->entries[set->count++];
	if (!c || c->count == CHUNK_QUEUES) {
		c = kmalloc(sizeof(*c));
		if (!c)
			return NULL;
		c->count = 0;
		c->next = set->chunks;
		set->chunks = c;
	}
	return &c->entries[c->count++];
}

static void add_queue(struct poll_table *pt, struct waitq *q)
{
	struct poll_set *set = container_of(pt, struct poll_set, table);
	struct poll_entry *e = new_entry(set);

	if (!e) {
		set->error = -ENOMEM;
		return;
	}
	e->set = set;
	e->queue = q;
	e->waiter = (struct waiter){ .func = triggered };
	list_init(&e->waiter.link);
	waitq_add(q, &e->waiter);
}

static void set_begin(struct poll_set *set)
{
	set->table.add = add_queue;
	set->thread = current_thread();
	set->triggered = false;
	set->error = 0;
	set->count = 0;
	set->chunks = NULL;
}

static void set_finish(struct poll_set *set)
{
	struct poll_chunk *c;

	for (u32 i = 0; i < set->count; i++)
		waitq_remove(set->entries[i].queue, &set->entries[i].waiter);
	while ((c = set->chunks)) {
		for (u32 i = 0; i < c->count; i++)
			waitq_remove(c->entries[i].queue, &c->entries[i].waiter);
		set->chunks = c->next;
		kfree(c);
	}
}

/* Sleeps until a queue was woken, a signal or the deadline. False: the deadline. */
static bool set_sleep(struct poll_set *set, nsec_t deadline)
{
	bool woken = true;

	thread_set_state(THREAD_INTERRUPTIBLE);
	if (!atomic_load(&set->triggered) && !thread_signal_pending())
		woken = thread_sleep_until(deadline);
	thread_set_state(THREAD_RUNNABLE);
	atomic_store(&set->triggered, false);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return woken;
}

static u32 file_events(struct file *f, struct poll_table *pt)
{
	return f->ops->poll ? f->ops->poll(f, pt) : POLL_ALWAYS;
}

/* Looks, and sleeps, until look() returns other than 0 (a count or -errno), the deadline (0) or a
 * signal (-EINTR). deadline 0: never sleeps. */
static s64 poll_until(nsec_t deadline, s64 (*look)(void *arg, struct poll_table *pt), void *arg)
{
	struct poll_set set;
	s64 n;

	if (!deadline)
		return look(arg, NULL);
	set_begin(&set);
	n = look(arg, &set.table);
	while (!n) {
		n = set.error;
		if (!n && thread_signal_pending())
			n = -EINTR;
		if (n)
			break;
		if (!set_sleep(&set, deadline)) {
			n = look(arg, NULL);
			break;
		}
		n = look(arg, NULL);
	}
	set_finish(&set);
	return n;
}

/* ---------------------------------------------------------------- timeouts */
static nsec_t deadline_after(s64 sec, s64 nsec)
{
	if (!sec && !nsec)
		return 0;
	if (sec > 1L << 32)
		return NSEC_NEVER;
	return clock_now() + (u64)sec * NSEC_PER_SEC + (u64)nsec;
}

/* address 0: no timeout. -EFAULT, -EINVAL. */
static int read_timespec(vaddr_t from, nsec_t *deadline)
{
	struct __kernel_timespec ts;

	*deadline = NSEC_NEVER;
	if (!from)
		return 0;
	if (copy_from_user(&ts, from, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*deadline = deadline_after(ts.tv_sec, ts.tv_nsec);
	return 0;
}

static int read_timeval(vaddr_t from, nsec_t *deadline)
{
	struct __kernel_old_timeval tv;

	*deadline = NSEC_NEVER;
	if (!from)
		return 0;
	if (copy_from_user(&tv, from, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_sec < 0 || tv.tv_usec < 0)
		return -EINVAL;
	*deadline = deadline_after(
		tv.tv_sec + tv.tv_usec / 1000000, tv.tv_usec % 1000000 * (s64)NSEC_PER_USEC);
	return 0;
}

static nsec_t time_left(nsec_t deadline)
{
	nsec_t now = clock_now();

	return deadline > now ? deadline - now : 0;
}

/* The rest of the timeout goes back to the user. If it cannot, an interrupted call must not be
 * restarted with the old one. */
static s64 write_left(s64 result, vaddr_t to, nsec_t deadline, bool micro)
{
	nsec_t left = time_left(deadline);
	struct __kernel_timespec ts = { .tv_sec = (s64)(left / NSEC_PER_SEC),
		.tv_nsec = (s64)(left % NSEC_PER_SEC) };

	if (micro)
		ts.tv_nsec /= (s64)NSEC_PER_USEC; /* a timeval has the same shape */
	if (to && deadline != NSEC_NEVER && copy_to_user(to, &ts, sizeof(ts)) &&
		result == -ERESTARTNOHAND)
		return -EINTR;
	return result;
}

/* ---------------------------------------------------------------- poll */
struct poll_call {
	struct pollfd *fds;
	struct file **files; /* NULL: negative, or bad */
	u32 nr;
};

static s64 poll_look(void *arg, struct poll_table *pt)
{
	struct poll_call *c = arg;
	s64 ready = 0;
	u32 events;

	for (u32 i = 0; i < c->nr; i++) {
		struct pollfd *p = &c->fds[i];

		p->revents = 0;
		if (p->fd >= 0 && !c->files[i])
			p->revents = POLLNVAL;
		if (c->files[i]) {
			events = file_events(c->files[i], pt);
			p->revents = (short)(events & ((u16)p->events | POLLERR | POLLHUP));
		}
		if (p->revents) {
			ready++;
			pt = NULL; /* there is an answer: no need to wait on more */
		}
	}
	return ready;
}

static s64 poll_prepared(struct poll_call *c, vaddr_t ufds, nsec_t deadline)
{
	s64 n;

	for (u32 i = 0; i < c->nr; i++)
		c->files[i] = c->fds[i].fd >= 0 ? fd_get(c->fds[i].fd) : NULL;
	n = poll_until(deadline, poll_look, c);
	for (u32 i = 0; i < c->nr; i++) {
		if (c->files[i])
			file_put(c->files[i]);
		if (n >= 0 && copy_to_user(ufds + i * sizeof(struct pollfd) +
						   offsetof(struct pollfd, revents),
				      &c->fds[i].revents, sizeof(short)))
			n = -EFAULT;
	}
	return n;
}

static s64 do_poll(vaddr_t ufds, u32 nr, nsec_t deadline)
{
	struct pollfd fds[INLINE_FDS];
	struct file *files[INLINE_FDS];
	struct poll_call c = { fds, files, nr };
	void *memory = NULL;
	s64 n = -EFAULT;

	if (nr > current_limit(RLIMIT_NOFILE))
		return -EINVAL;
	if (nr > INLINE_FDS) {
		memory = kmalloc(nr * (sizeof(*fds) + sizeof(*files)));
		if (!memory)
			return -ENOMEM;
		c.files = memory;
		c.fds = (struct pollfd *)(c.files + nr);
	}
	if (!copy_from_user(c.fds, ufds, nr * sizeof(*fds)))
		n = poll_prepared(&c, ufds, deadline);
	kfree(memory);
	return n;
}

static s64 poll_restart(struct restart_block *rb)
{
	s64 n = do_poll(rb->args[0], (u32)rb->args[1], rb->args[2]);

	return n == -EINTR ? -ERESTART_RESTARTBLOCK : n;
}

s64 sys_poll(vaddr_t ufds, u32 nr, int timeout_ms)
{
	nsec_t deadline = timeout_ms < 0
				  ? NSEC_NEVER
				  : deadline_after(timeout_ms / 1000, timeout_ms % 1000 * 1000000L);
	s64 n = do_poll(ufds, nr, deadline);

	if (n != -EINTR)
		return n;
	thread_proc(current_thread())->restart =
		(struct restart_block){ .restart = poll_restart, .args = { ufds, nr, deadline } };
	return -ERESTART_RESTARTBLOCK;
}

s64 sys_ppoll(vaddr_t ufds, u32 nr, vaddr_t timeout, vaddr_t mask, size_t mask_size)
{
	nsec_t deadline;
	s64 n = read_timespec(timeout, &deadline);

	if (!n)
		n = signal_mask_begin_user(mask, mask_size);
	if (n)
		return n;
	n = do_poll(ufds, nr, deadline);
	if (n == -EINTR)
		n = -ERESTARTNOHAND;
	if (mask)
		signal_mask_end(n == -ERESTARTNOHAND);
	return write_left(n, timeout, deadline, false);
}

/* ---------------------------------------------------------------- select */
enum {
	IN,
	OUT,
	EXCEPT,
	SETS
};
static const u32 set_events[SETS] = {
	POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
	POLLWRNORM | POLLWRBAND | POLLOUT | POLLERR,
	POLLPRI,
};

struct select_call {
	u32 nr;            /* descriptors */
	u64 *wanted[SETS]; /* bit maps */
	u64 *result[SETS];
	struct file **files; /* one for each bit that is set anywhere, in order */
};

static u64 any_word(const struct select_call *c, u32 word)
{
	return c->wanted[IN][word] | c->wanted[OUT][word] | c->wanted[EXCEPT][word];
}

static s64 select_fd(struct select_call *c, u32 fd, struct file *f, struct poll_table *pt)
{
	u32 events = file_events(f, pt), word = fd / 64;
	u64 bit = 1UL << fd % 64;
	s64 ready = 0;

	for (u32 s = 0; s < SETS; s++)
		if ((c->wanted[s][word] & bit) && (events & set_events[s])) {
			c->result[s][word] |= bit;
			ready++;
		}
	return ready;
}

static s64 select_look(void *arg, struct poll_table *pt)
{
	struct select_call *c = arg;
	s64 ready = 0;
	u32 i = 0;

	for (u32 word = 0; word * 64 < c->nr; word++)
		for (u64 bits = any_word(c, word); bits; bits &= bits - 1) {
			u32 fd = word * 64 + (u32)__builtin_ctzl(bits);

			ready += select_fd(c, fd, c->files[i++], ready ? NULL : pt);
		}
	return ready;
}

/* The files of all wanted descriptors; -EBADF: one is not open. */
static s64 select_get_files(struct select_call *c, u32 *nr_files)
{
	struct file *f;

	*nr_files = 0;
	for (u32 word = 0; word * 64 < c->nr; word++)
		for (u64 bits = any_word(c, word); bits; bits &= bits - 1) {
			f = fd_get((int)(word * 64 + (u32)__builtin_ctzl(bits)));
			if (!f)
				return -EBADF;
			c->files[(*nr_files)++] = f;
		}
	return 0;
}

static int select_read_sets(struct select_call *c, const vaddr_t sets[SETS], size_t bytes)
{
	for (u32 s = 0; s < SETS; s++) {
		if (sets[s] && copy_from_user(c->wanted[s], sets[s], bytes))
			return -EFAULT;
		if (c->nr % 64)
			c->wanted[s][c->nr / 64] &= (1UL << c->nr % 64) - 1;
	}
	return 0;
}

static s64 select_prepared(
	struct select_call *c, const vaddr_t sets[SETS], size_t bytes, nsec_t deadline)
{
	u32 nr_files = 0;
	s64 n = select_read_sets(c, sets, bytes);

	if (!n)
		n = select_get_files(c, &nr_files);
	if (!n)
		n = poll_until(deadline, select_look, c);
	for (u32 i = 0; i < nr_files; i++)
		file_put(c->files[i]);
	for (u32 s = 0; s < SETS && n >= 0; s++)
		if (sets[s] && copy_to_user(sets[s], c->result[s], bytes))
			n = -EFAULT;
	return n;
}

static s64 do_select(int nr, const vaddr_t sets[SETS], nsec_t deadline)
{
	u64 maps[2 * SETS * INLINE_WORDS];
	struct file *files[INLINE_FDS];
	struct select_call c;
	u64 *memory = NULL, *map = maps;
	u32 words;
	s64 n;

	if (nr < 0)
		return -EINVAL;
	c.nr = min((u32)nr, max(current_files()->size, 1024u));
	words = DIV_ROUND_UP(c.nr, 64);
	c.files = files;
	if (c.nr > INLINE_FDS) {
		memory = kmalloc(c.nr * sizeof(*files) + 2 * SETS * words * sizeof(u64));
		if (!memory)
			return -ENOMEM;
		c.files = (struct file **)memory;
		map = memory + c.nr;
	}
	memset(map, 0, 2 * SETS * words * sizeof(u64));
	for (u32 s = 0; s < SETS; s++) {
		c.wanted[s] = map + s * words;
		c.result[s] = map + (SETS + s) * words;
	}
	n = select_prepared(&c, sets, words * sizeof(u64), deadline);
	kfree(memory);
	return n == -EINTR ? -ERESTARTNOHAND : n;
}

s64 sys_select(int nr, vaddr_t in, vaddr_t out, vaddr_t except, vaddr_t timeout)
{
	const vaddr_t sets[SETS] = { in, out, except };
	nsec_t deadline;
	s64 n = read_timeval(timeout, &deadline);

	if (n)
		return n;
	n = do_select(nr, sets, deadline);
	return write_left(n, timeout, deadline, true);
}

s64 sys_pselect6(int nr, vaddr_t in, vaddr_t out, vaddr_t except, vaddr_t timeout, vaddr_t mask_arg)
{
	const vaddr_t sets[SETS] = { in, out, except };
	u64 mask[2] = { 0, 0 }; /* address, size */
	nsec_t deadline;
	s64 n = read_timespec(timeout, &deadline);

	if (!n && mask_arg && copy_from_user(mask, mask_arg, sizeof(mask)))
		n = -EFAULT;
	if (!n)
		n = signal_mask_begin_user(mask[0], mask[1]);
	if (n)
		return n;
	n = do_select(nr, sets, deadline);
	if (mask[0])
		signal_mask_end(n == -ERESTARTNOHAND);
	return write_left(n, timeout, deadline, false);
}
