/* SPDX-License-Identifier: MIT */
/*
 * unix(7): bytes. A sender makes a message, fills it from its memory and puts it into the queue of
 * the receiver; there is no other buffer. A stream is cut into messages of its own size, and its
 * readers do not see where; datagrams and packets are one message each.
 *
 * Whoever reads holds read_lock, so messages stay while their bytes are copied; unix_lock protects
 * the queue itself against senders.
 */
#include "fs/file.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "net/unix_sock.h"

#define STREAM_PIECE KIB(32)

/* ---------------------------------------------------------------- messages */
static struct unix_msg *msg_create(struct unix_sock *s, u32 len, const struct unix_io *io)
{
	struct unix_msg *m = kmalloc(sizeof(*m) + len);

	if (!m)
		return NULL;
	*m = (struct unix_msg){ .len = len, .creds = io->creds };
	list_init(&m->link);
	spin_lock(&unix_lock);
	m->addr = unix_addr_get(s->addr);
	spin_unlock(&unix_lock);
	return m;
}

static void msg_free(struct unix_msg *m)
{
	u32 nr = m->nr_files;

	if (nr)
		unix_rights_detach(m);
	for (u32 i = 0; i < nr; i++)
		file_put(m->files[i]);
	kfree(m->files);
	unix_addr_put(m->addr);
	kfree(m);
}

/*
 * To close a file that lies in a message may free more messages, whose files ... A chain of them
 * could be as long as a user likes, so they are not freed where they are found but put to those
 * that this thread frees already.
 */
struct freeing {
	struct list link;
	struct thread *thread;
	struct list messages;
};
static struct list under_way = LIST_INIT(under_way); /* [l] */

/* => unix_lock held */
static struct freeing *freed_by_current_locked(void)
{
	struct freeing *f;

	list_for_each (f, &under_way, link)
		if (f->thread == current_thread())
			return f;
	return NULL;
}

void unix_msgs_free(struct list *msgs)
{
	struct freeing own = { .thread = current_thread() }, *outer;
	struct unix_msg *m;

	if (list_empty(msgs))
		return;
	list_init(&own.messages);
	spin_lock(&unix_lock);
	outer = freed_by_current_locked();
	list_splice(outer ? &outer->messages : &own.messages, msgs);
	if (!outer)
		list_append(&under_way, &own.link);
	while (!outer && !list_empty(&own.messages)) {
		m = list_first(&own.messages, struct unix_msg, link);
		list_remove(&m->link);
		spin_unlock(&unix_lock);
		msg_free(m);
		spin_lock(&unix_lock);
	}
	if (!outer)
		list_remove(&own.link);
	spin_unlock(&unix_lock);
}

static void free_one(struct unix_msg *m)
{
	struct list one = LIST_INIT(one);

	list_append(&one, &m->link);
	unix_msgs_free(&one);
}

/* ---------------------------------------------------------------- sending */
bool unix_has_room(const struct unix_sock *receiver)
{
	return atomic_load(&receiver->queued) < receiver->receive_size;
}

static bool can_queue(struct unix_sock *s, const struct unix_sock *to)
{
	return unix_has_room(to) || atomic_load(&to->dead) ||
	       atomic_load(&to->shutdown) & SHUT_RECEIVE || atomic_load(&s->shutdown) & SHUT_SEND;
}

static int why_not_locked(const struct unix_sock *s, const struct unix_sock *to)
{
	if (s->shutdown & SHUT_SEND)
		return -EPIPE;
	if (to->dead)
		return unix_is_datagram(s) ? -ECONNREFUSED : -EPIPE;
	if (to->shutdown & SHUT_RECEIVE)
		return -EPIPE;
	return unix_has_room(to) ? 0 : -EAGAIN;
}

static nsec_t deadline_of(nsec_t timeout)
{
	return timeout ? clock_now() + timeout : NSEC_NEVER;
}

/* What a wait with a time limit came to, as a socket call says it (socket(7), SO_RCVTIMEO). */
static int wait_result(int err, nsec_t timeout)
{
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	return err == -ERESTARTSYS && timeout ? -EINTR : err;
}

/* Waits until it fits. */
static int enqueue(struct unix_sock *s, struct unix_sock *to, struct unix_msg *m, bool nonblock)
{
	nsec_t deadline = deadline_of(s->send_timeout);
	int err;

	for (;;) {
		spin_lock(&unix_lock);
		err = why_not_locked(s, to);
		if (!err) {
			list_append(&to->queue, &m->link);
			atomic_store(&to->queued, to->queued + m->len);
		}
		spin_unlock(&unix_lock);
		if (err != -EAGAIN || nonblock)
			break;
		/* Whoever reads there wakes its own queue, and its peer's. */
		err = wait_result(
			wait_event_until(&to->wait, can_queue(s, to), deadline), s->send_timeout);
		if (err)
			break;
	}
	if (!err)
		unix_wake(to);
	return err;
}

/* One message with the next n bytes of the call. */
static int send_piece(struct unix_sock *s, struct unix_sock *to, struct unix_io *io, u32 n)
{
	struct unix_msg *m = msg_create(s, n, io);
	int err = 0;

	if (!m)
		return -ENOBUFS;
	if (io->nr_files)
		err = unix_rights_attach(m, io->files, io->nr_files);
	if (!err && iobuf_take(io->buf, m->data, n) < n)
		err = -EFAULT;
	if (!err)
		err = enqueue(s, to, m, io->nonblock);
	if (err)
		free_one(m);
	else
		io->nr_files = 0; /* they go with the first one */
	return err;
}

static ssize_t send_stream(struct unix_sock *s, struct unix_sock *to, struct unix_io *io)
{
	ssize_t done = 0;
	int err = 0;

	while (io->buf->len && !err) {
		u32 n = (u32)min(io->buf->len, STREAM_PIECE);

		err = send_piece(s, to, io, n);
		if (!err)
			done += n;
	}
	return done ? done : err;
}

static ssize_t send_packet(struct unix_sock *s, struct unix_sock *to, struct unix_io *io)
{
	size_t n = io->buf->len;
	int err;

	if (n > s->send_size - 32)
		return -EMSGSIZE;
	err = send_piece(s, to, io, (u32)n);
	return err ? err : (ssize_t)n;
}

/* Whom the message is for, with a reference. ERR_PTR */
static struct unix_sock *destination(struct unix_sock *s, struct unix_io *io)
{
	struct unix_sock *to;

	if (io->name_len && unix_is_stream(s))
		return ERR_PTR(atomic_load(&s->state) == UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP);
	if (io->name_len && unix_is_datagram(s))
		return unix_find(&io->name, io->name_len, s->type);
	spin_lock(&unix_lock);
	to = s->state == UNIX_CONNECTED ? s->peer : NULL;
	if (to)
		unix_get(to);
	spin_unlock(&unix_lock);
	return to ? to : ERR_PTR(-ENOTCONN);
}

/* A datagram socket that is connected hears only its peer. */
static bool listens_to(const struct unix_sock *to, const struct unix_sock *s)
{
	const struct unix_sock *peer = atomic_load(&to->peer);

	return !unix_is_datagram(s) || !peer || peer == s;
}

ssize_t unix_send(struct unix_sock *s, struct unix_io *io)
{
	struct unix_sock *to;
	ssize_t n = -EPERM;

	if (io->flags & MSG_OOB)
		return -EOPNOTSUPP;
	to = destination(s, io);
	if (IS_ERR(to))
		return PTR_ERR(to);
	if (listens_to(to, s))
		n = unix_is_stream(s) ? send_stream(s, to, io) : send_packet(s, to, io);
	unix_put(to);
	return n;
}

/* ---------------------------------------------------------------- receiving */
static bool has_news(struct unix_sock *s)
{
	return !list_empty(&s->queue) || atomic_load(&s->error) ||
	       atomic_load(&s->shutdown) & SHUT_RECEIVE;
}

/* The first message behind `after` (NULL: of all). => read_lock held */
static struct unix_msg *next_msg(struct unix_sock *s, struct unix_msg *after)
{
	struct list *l = after ? &after->link : &s->queue;
	struct unix_msg *m = NULL;

	spin_lock(&unix_lock);
	if (l->next != &s->queue)
		m = list_entry(l->next, struct unix_msg, link);
	spin_unlock(&unix_lock);
	return m;
}

/* Senders may go on: those who wait for this queue, and polls of the sockets that send here. */
static void tell_senders(struct unix_sock *s)
{
	struct unix_sock *peer = NULL, *sender;

	unix_wake(s);
	spin_lock(&unix_lock);
	list_for_each (sender, &s->connected, connected_link)
		unix_wake(sender);
	peer = s->peer;
	if (peer)
		unix_wake(peer);
	spin_unlock(&unix_lock);
}

/* n more bytes of m are read; a message that is used up goes. => read_lock held */
static void consume(struct unix_sock *s, struct unix_msg *m, u32 n, bool whole, struct list *gone)
{
	spin_lock(&unix_lock);
	atomic_store(&s->queued, s->queued - n);
	m->done += n;
	if (whole) {
		list_remove(&m->link);
		list_append(gone, &m->link);
	}
	spin_unlock(&unix_lock);
}

/* The message's files for the caller; a copy if it only looks. => read_lock held */
static void take_files(struct unix_msg *m, struct unix_io *io, bool peek)
{
	if (m->nr_files && !io->files)
		io->lost_files = true;
	if (!m->nr_files || !io->files)
		return;
	memcpy(io->files, m->files, m->nr_files * sizeof(*m->files));
	io->nr_files = m->nr_files;
	if (peek) {
		for (u32 i = 0; i < m->nr_files; i++)
			file_get(m->files[i]);
		return;
	}
	unix_rights_detach(m);
}

static void take_creds(struct unix_sock *s, const struct unix_msg *m, struct unix_io *io)
{
	io->creds = m->creds;
	io->has_creds = s->pass_creds;
}

static void take_name(const struct unix_msg *m, struct unix_io *io)
{
	io->name_len = m->addr ? m->addr->len : 0;
	if (m->addr)
		memcpy(&io->name, &m->addr->name, min(io->name_len, (u32)sizeof(io->name)));
}

static bool same_creds(const struct ucred *a, const struct ucred *b)
{
	return a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

/* Bytes of as many messages as belong together: one call gives those up to the first with files,
 * and those of one sender if credentials are asked for. => read_lock held */
static ssize_t read_stream(struct unix_sock *s, struct unix_io *io, bool first, struct list *gone)
{
	bool peek = io->flags & MSG_PEEK, had_files = false;
	struct unix_msg *m = next_msg(s, NULL), *next;
	ssize_t done = 0;

	for (; m && io->buf->len && !had_files; m = next) {
		u32 n = (u32)min(io->buf->len, (size_t)(m->len - m->done));

		if (!first && s->pass_creds && !same_creds(&io->creds, &m->creds))
			break;
		if (iobuf_put(io->buf, m->data + m->done, n) < n)
			return done ? done : -EFAULT;
		if (first) {
			take_creds(s, m, io);
			take_name(m, io);
		}
		first = false;
		had_files = m->nr_files;
		take_files(m, io, peek);
		done += n;
		next = next_msg(s, m);
		if (!peek)
			consume(s, m, n, m->done + n == m->len, gone);
	}
	return done;
}

/* A message that cannot be stored is lost, as on Linux. => read_lock held */
static ssize_t read_packet(struct unix_sock *s, struct unix_io *io, struct list *gone)
{
	struct unix_msg *m = next_msg(s, NULL);
	bool peek = io->flags & MSG_PEEK;
	size_t n = min(io->buf->len, (size_t)m->len);
	bool real_length = io->flags & MSG_TRUNC;

	if (iobuf_put(io->buf, m->data, n) < n) {
		if (!peek)
			consume(s, m, m->len, true, gone);
		return -EFAULT;
	}
	take_name(m, io);
	take_creds(s, m, io);
	take_files(m, io, peek);
	io->flags = n < m->len ? MSG_TRUNC : 0;
	if (!peek)
		consume(s, m, m->len, true, gone);
	return real_length ? (ssize_t)m->len : (ssize_t)n;
}

/* Nothing is there: 0 (the end), an error, or -EAGAIN (it may come, or has come just now: what was
 * sent before the end is read before it). => read_lock held */
static ssize_t why_empty(struct unix_sock *s)
{
	ssize_t n = -EAGAIN;

	spin_lock(&unix_lock);
	if (list_empty(&s->queue) && s->error) {
		n = -s->error;
		s->error = 0;
	} else if (list_empty(&s->queue) && s->shutdown & SHUT_RECEIVE) {
		n = 0;
	}
	spin_unlock(&unix_lock);
	return n;
}

static int may_receive(const struct unix_sock *s)
{
	if (unix_is_datagram(s) || atomic_load(&s->state) == UNIX_CONNECTED)
		return 0;
	return unix_is_stream(s) ? -EINVAL : -ENOTCONN;
}

/* One visit of the queue. Bytes; 0: the end; -errno, -EAGAIN: nothing is there. */
static ssize_t read_once(struct unix_sock *s, struct unix_io *io, bool first)
{
	struct list gone = LIST_INIT(gone);
	ssize_t n;

	mutex_lock(&s->read_lock);
	n = why_empty(s);
	if (!list_empty(&s->queue))
		n = unix_is_stream(s) ? read_stream(s, io, first, &gone)
				      : read_packet(s, io, &gone);
	mutex_unlock(&s->read_lock);
	if (!list_empty(&gone) || n > 0)
		tell_senders(s);
	unix_msgs_free(&gone);
	return n;
}

ssize_t unix_receive(struct unix_sock *s, struct unix_io *io)
{
	nsec_t deadline = deadline_of(s->receive_timeout);
	bool all = io->flags & MSG_WAITALL && !(io->flags & MSG_PEEK) && unix_is_stream(s);
	bool nonblock = io->nonblock;
	ssize_t done = 0, n = may_receive(s);

	io->name_len = io->nr_files = 0;
	io->has_creds = false;
	if (!n && io->flags & MSG_OOB)
		n = -EOPNOTSUPP;
	if (n || (!io->buf->len && unix_is_stream(s)))
		return n;
	for (;;) {
		n = read_once(s, io, !done);
		if (n > 0)
			done += n;
		if (n > 0 && all && io->buf->len && !io->nr_files)
			continue;
		if (n != -EAGAIN || nonblock || (done && !all))
			break;
		n = wait_result(
			wait_event_until(&s->wait, has_news(s), deadline), s->receive_timeout);
		if (n)
			break;
	}
	if (unix_is_stream(s))
		io->flags = 0;
	return done ? done : n;
}
