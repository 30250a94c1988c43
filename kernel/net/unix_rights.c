/* SPDX-License-Identifier: MIT */
/*
 * unix(7), SCM_RIGHTS: open files that are in messages ("in flight").
 *
 * A socket's file may lie in a message of its own queue, or of one whose file lies in its queue: a
 * ring that nobody can reach, and that reference counts alone would keep for ever. So after sockets
 * are closed, one for each PER_RELEASE sockets in flight, unix_rights_collect() finds such rings:
 *
 *	1. candidates: sockets in flight whose file has no reference but those of messages;
 *	2. subtract what lies in the queues of candidates; who has some left is reached from outside,
 *	   and so is all that lies in its queue, and in those queues ...
 *	3. the others' messages are thrown away.
 *
 * All of it under unix_lock: a candidate's file cannot be taken from a message meanwhile.
 */
#include "fs/context.h"
#include "fs/file.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "net/unix_sock.h"

static struct list in_flight = LIST_INIT(in_flight); /* [l] sockets */
static u64 nr_in_flight;                             /* [l] files of all kinds */
static u64 nr_sockets;                               /* [l] those in the list in_flight */
static u64 nr_releases; /* [l] of sockets, since it was last looked for rings */

/* So a release costs on average no more than to look at so many, however many are in flight. */
#define PER_RELEASE 8

/* ---------------------------------------------------------------- counting */
static void count_locked(struct file *f, bool up)
{
	struct unix_sock *s = unix_of_file(f);

	nr_in_flight += up ? 1 : -1UL;
	if (!s)
		return;
	if (up && !s->in_flight++) {
		list_append(&in_flight, &s->flight_link);
		nr_sockets++;
	}
	if (!up && !--s->in_flight) {
		list_remove(&s->flight_link);
		nr_sockets--;
	}
}

int unix_rights_attach(struct unix_msg *m, struct file **files, u32 nr)
{
	/* As many as a process may have open; more with either capability (unix(7),
	 * ETOOMANYREFS). */
	if (atomic_load(&nr_in_flight) > current_limit(RLIMIT_NOFILE) &&
		!current_can(CAP_SYS_RESOURCE) && !current_can(CAP_SYS_ADMIN))
		return -ETOOMANYREFS;
	m->files = kmalloc(nr * sizeof(*files));
	if (!m->files)
		return -ENOMEM;
	memcpy(m->files, files, nr * sizeof(*files));
	m->nr_files = nr;
	spin_lock(&unix_lock);
	for (u32 i = 0; i < nr; i++) {
		file_get(files[i]);
		count_locked(files[i], true);
	}
	spin_unlock(&unix_lock);
	return 0;
}

void unix_rights_detach(struct unix_msg *m)
{
	spin_lock(&unix_lock);
	for (u32 i = 0; i < m->nr_files; i++)
		count_locked(m->files[i], false);
	m->nr_files = 0;
	spin_unlock(&unix_lock);
}

/* ---------------------------------------------------------------- rings */
typedef void (*child_fn)(struct unix_sock *child, struct list *work);

static void for_queue(struct unix_sock *s, child_fn fn, struct list *work)
{
	struct unix_sock *child;
	struct unix_msg *m;

	list_for_each (m, &s->queue, link)
		for (u32 i = 0; i < m->nr_files; i++) {
			child = unix_of_file(m->files[i]);
			if (child)
				fn(child, work);
		}
}

/* All sockets whose files lie in s: in its queue, or with connections that it has not accepted. */
static void for_children(struct unix_sock *s, child_fn fn, struct list *work)
{
	struct unix_sock *one;

	for_queue(s, fn, work);
	list_for_each (one, &s->pending, pending_link)
		for_queue(one, fn, work);
}

static void account(struct unix_sock *child, struct list *work)
{
	(void)work;
	child->unaccounted--;
}

/* Moves a candidate that is reached behind those whose children are still to be looked at. */
static void reach(struct unix_sock *s, struct list *work)
{
	if (s->reachable)
		return;
	s->reachable = true;
	list_remove(&s->flight_link);
	list_append(work, &s->flight_link);
}

static bool is_candidate(const struct unix_sock *s)
{
	return s->file && (u32)atomic_read(&s->file->refs) == s->in_flight;
}

/* Leaves the unreachable ones in in_flight, and the others in *reached. => unix_lock held */
static void find_reachable_locked(struct list *reached)
{
	struct unix_sock *s, *next;

	list_for_each (s, &in_flight, flight_link) {
		s->unaccounted = s->in_flight;
		s->reachable = false;
	}
	list_for_each (s, &in_flight, flight_link)
		if (is_candidate(s))
			for_children(s, account, NULL);
	list_for_each_safe (s, next, &in_flight, flight_link)
		if (!is_candidate(s) || s->unaccounted)
			reach(s, reached);
	list_for_each (s, reached, flight_link) /* grows while it is walked */
		for_children(s, reach, reached);
}

static void take_messages_locked(struct unix_sock *s, struct list *messages)
{
	struct unix_sock *one;

	list_splice(messages, &s->queue);
	s->queued = 0;
	list_for_each (one, &s->pending, pending_link) {
		list_splice(messages, &one->queue);
		one->queued = 0;
	}
}

void unix_rights_collect(void)
{
	struct list reached = LIST_INIT(reached), messages = LIST_INIT(messages);
	struct unix_sock *s;

	spin_lock(&unix_lock);
	if (++nr_releases * PER_RELEASE >= nr_sockets && !list_empty(&in_flight)) {
		nr_releases = 0;
		find_reachable_locked(&reached);
		list_for_each (s, &in_flight, flight_link)
			take_messages_locked(s, &messages);
		list_splice(&in_flight, &reached);
	}
	spin_unlock(&unix_lock);
	unix_msgs_free(&messages);
}
