/* SPDX-License-Identifier: MIT */
/*
 * unix(7): the life of a socket, and its file.
 *
 *	unix_create -> unconnected --listen--> listening --(a client connects)--> pending --accept--> connected
 *	                    '------------------connect-------------------------------------------------^
 *
 * Names are in unix_name.c, bytes in unix_msg.c, passed descriptors in unix_rights.c.
 */
#include <asm/ioctls.h>
#include <linux/sockios.h>

#include "arch/user.h"
#include "debug/panic.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/signal_hook.h"
#include "lib/format.h"
#include "mm/slab.h"
#include "net/unix_sock.h"
#include "proc/process.h"

#define SOCKFS_MAGIC 0x534f434b
#define DEFAULT_SIZE 212992 /* net.core.wmem_default */
#define MIN_SEND     4608
#define MIN_RECEIVE  2304

struct spinlock unix_lock = SPINLOCK_INIT(unix_lock, RANK_SOCKETS);

static struct slab_cache *cache;
static struct mount *socket_mount;
static ino_t last_ino;
static const struct file_ops unix_file_ops;

/* ---------------------------------------------------------------- life */
struct ucred unix_own_creds(void)
{
	const struct process *p = current_process();
	const struct cred *c = current_cred();

	return (struct ucred){ .pid = p ? (u32)p->pid : 0, .uid = c->euid, .gid = c->egid };
}

struct unix_sock *unix_alloc(int type)
{
	struct unix_sock *s = slab_alloc(cache, PAGE_ZEROED);

	if (!s)
		return NULL;
	atomic_set(&s->refs, 1);
	s->type = type;
	s->send_size = s->receive_size = DEFAULT_SIZE;
	s->creds = unix_own_creds();
	list_init(&s->connected);
	list_init(&s->connected_link);
	list_init(&s->queue);
	list_init(&s->pending);
	list_init(&s->pending_link);
	list_init(&s->name_link);
	list_init(&s->flight_link);
	waitq_init(&s->wait);
	mutex_init_named(&s->read_lock, RANK_SOCKET, "socket");
	return s;
}

void unix_get(struct unix_sock *s)
{
	atomic_inc(&s->refs);
}

void unix_put(struct unix_sock *s)
{
	if (!s || !atomic_dec_and_test(&s->refs))
		return;
	unix_addr_put(s->addr);
	slab_free(cache, s);
}

/* After the state was changed and the lock given back: a waiter either is seen here, or saw the new
 * state. */
void unix_wake(struct unix_sock *s)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!waitq_empty(&s->wait))
		waitq_wake_all(&s->wait);
}

static struct inode *socket_inode(void)
{
	struct inode *inode =
		inode_new(socket_mount->sb, __atomic_add_fetch(&last_ino, 1, __ATOMIC_RELAXED));

	if (!inode)
		return NULL;
	inode_init_owner(inode, NULL, S_IFSOCK | 0777);
	inode->block_size = PAGE_SIZE;
	inode_new_done(inode);
	return inode;
}

struct file *unix_open_file(struct unix_sock *s, u32 flags)
{
	struct inode *inode = socket_inode();
	struct file *f = ERR_PTR(-ENOMEM);
	char name[32];

	if (inode) {
		snprintf(name, sizeof(name), "socket:[%lu]", inode->ino);
		f = file_open_anonymous(inode, &unix_file_ops, O_RDWR | flags, name);
	}
	if (IS_ERR(f)) {
		unix_put(s);
		return f;
	}
	f->mode |= FILE_NOSEEK;
	f->private = s;
	spin_lock(&unix_lock);
	s->file = f;
	spin_unlock(&unix_lock);
	return f;
}

struct unix_sock *unix_of_file(const struct file *f)
{
	return f->ops == &unix_file_ops ? f->private : NULL;
}

static bool type_is_known(int type)
{
	return type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET;
}

struct file *unix_create(int type, u32 flags)
{
	struct unix_sock *s;

	if (type == SOCK_RAW) /* as BSD had it */
		type = SOCK_DGRAM;
	if (!type_is_known(type))
		return ERR_PTR(-ESOCKTNOSUPPORT);
	s = unix_alloc(type);
	return s ? unix_open_file(s, flags) : ERR_PTR(-ENOMEM);
}

/* Both have files, which nobody else has seen. */
static void join(struct unix_sock *a, struct unix_sock *b)
{
	unix_get(a);
	unix_get(b);
	spin_lock(&unix_lock);
	a->peer = b;
	b->peer = a;
	a->state = b->state = UNIX_CONNECTED;
	a->peer_creds = b->creds;
	b->peer_creds = a->creds;
	if (unix_is_datagram(a)) {
		list_append(&b->connected, &a->connected_link);
		list_append(&a->connected, &b->connected_link);
	}
	spin_unlock(&unix_lock);
}

int unix_create_pair(struct file *files[2], int type, u32 flags)
{
	files[0] = unix_create(type, flags);
	if (IS_ERR(files[0]))
		return (int)PTR_ERR(files[0]);
	files[1] = unix_create(type, flags);
	if (IS_ERR(files[1])) {
		file_put(files[0]);
		return (int)PTR_ERR(files[1]);
	}
	join(unix_of_file(files[0]), unix_of_file(files[1]));
	return 0;
}

/* ---------------------------------------------------------------- the end */
/* The other side of a connection: nothing comes any more, and nothing arrives. */
static void tell_peer_locked(struct unix_sock *s, struct unix_sock *peer, bool unread)
{
	if (unix_is_datagram(s) || s->state != UNIX_CONNECTED)
		return;
	atomic_store(&peer->shutdown, SHUT_RECEIVE | SHUT_SEND);
	if (unread)
		atomic_store(&peer->error, ECONNRESET);
}

/* Sockets that send to this one, and have no other relation to it, are to look again. */
static void wake_senders(struct unix_sock *s)
{
	struct unix_sock *sender;

	spin_lock(&unix_lock);
	list_for_each (sender, &s->connected, connected_link)
		unix_wake(sender);
	spin_unlock(&unix_lock);
}

/* Connections that nobody has accepted end with their listener. */
static void close_pending(struct unix_sock *s)
{
	struct unix_sock *one;

	for (;;) {
		spin_lock(&unix_lock);
		one = NULL;
		if (!list_empty(&s->pending)) {
			one = list_first(&s->pending, struct unix_sock, pending_link);
			list_remove(&one->pending_link);
			s->nr_pending--;
		}
		spin_unlock(&unix_lock);
		if (!one)
			return;
		unix_close(one);
		unix_put(one);
	}
}

void unix_close(struct unix_sock *s)
{
	struct list messages = LIST_INIT(messages);
	struct unix_sock *peer;
	bool accepted;

	spin_lock(&unix_lock);
	atomic_store(&s->dead, true);
	accepted = s->file;
	s->file = NULL;
	peer = s->peer;
	if (peer)
		tell_peer_locked(s, peer, !list_empty(&s->queue) || !accepted);
	list_splice(&messages, &s->queue);
	unix_leave_peer_locked(s);
	spin_unlock(&unix_lock);
	close_pending(s);
	unix_unbind(s);
	unix_wake(s);
	wake_senders(s);
	if (peer) {
		unix_wake(peer);
		unix_put(peer);
	}
	unix_msgs_free(&messages);
}

static void unix_release(struct file *f)
{
	struct unix_sock *s = f->private;

	unix_close(s);
	unix_put(s);
	unix_rights_collect();
}

int unix_shutdown(struct unix_sock *s, int how)
{
	static const u32 own[] = { SHUT_RECEIVE, SHUT_SEND, SHUT_RECEIVE | SHUT_SEND };
	static const u32 other[] = { SHUT_SEND, SHUT_RECEIVE, SHUT_RECEIVE | SHUT_SEND };
	struct unix_sock *peer;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	spin_lock(&unix_lock);
	atomic_store(&s->shutdown, s->shutdown | own[how]);
	peer = unix_is_datagram(s) || s->state != UNIX_CONNECTED ? NULL : s->peer;
	if (peer) {
		unix_get(peer);
		atomic_store(&peer->shutdown, peer->shutdown | other[how]);
	}
	spin_unlock(&unix_lock);
	unix_wake(s);
	if (peer) {
		unix_wake(peer);
		unix_put(peer);
	}
	return 0;
}

/* ---------------------------------------------------------------- the file */
static ssize_t unix_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct unix_io io = { .buf = buf, .nonblock = f->flags & O_NONBLOCK };

	(void)pos;
	return buf->len ? unix_receive(f->private, &io) : 0;
}

static ssize_t unix_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct unix_sock *s = f->private;
	struct unix_io io = {
		.buf = buf, .nonblock = f->flags & O_NONBLOCK, .creds = unix_own_creds()
	};
	ssize_t n = unix_send(s, &io);

	(void)pos;
	if (n == -EPIPE && unix_is_stream(s) && fs_send_signal)
		fs_send_signal(SIGPIPE);
	return n;
}

static u32 poll_listener(const struct unix_sock *s)
{
	u32 events = atomic_load(&s->nr_pending) ? POLLIN | POLLRDNORM : 0;

	if (atomic_load(&s->shutdown) & SHUT_RECEIVE)
		events |= POLLIN | POLLRDNORM | POLLRDHUP | POLLHUP;
	return events;
}

static bool can_send(struct unix_sock *s)
{
	bool room;

	spin_lock(&unix_lock);
	room = !s->peer || s->peer->dead || unix_has_room(s->peer);
	spin_unlock(&unix_lock);
	return room;
}

static u32 unix_poll(struct file *f, struct poll_table *pt)
{
	struct unix_sock *s = f->private;
	u32 shutdown, events = 0;

	poll_wait(pt, &s->wait);
	if (atomic_load(&s->state) == UNIX_LISTENING)
		return poll_listener(s);
	shutdown = atomic_load(&s->shutdown);
	if (atomic_load(&s->error))
		events |= POLLERR;
	if (shutdown == (SHUT_RECEIVE | SHUT_SEND))
		events |= POLLHUP;
	if (shutdown & SHUT_RECEIVE)
		events |= POLLIN | POLLRDNORM | POLLRDHUP;
	if (!list_empty(&s->queue))
		events |= POLLIN | POLLRDNORM;
	if (!unix_is_datagram(s) && atomic_load(&s->state) == UNIX_UNCONNECTED)
		events |= POLLHUP;
	if (can_send(s))
		events |= POLLOUT | POLLWRNORM | POLLWRBAND;
	return events;
}

/* What one read would give: all of a stream, one datagram. */
static int bytes_to_read(struct unix_sock *s)
{
	u64 n;

	spin_lock(&unix_lock);
	n = s->queued;
	if (!unix_is_stream(s))
		n = list_empty(&s->queue) ? 0 : list_first(&s->queue, struct unix_msg, link)->len;
	spin_unlock(&unix_lock);
	return (int)n;
}

/* What the peer has not read yet. */
static int bytes_on_their_way(struct unix_sock *s)
{
	u64 n = 0;

	spin_lock(&unix_lock);
	if (s->peer)
		n = s->peer->queued;
	spin_unlock(&unix_lock);
	return (int)n;
}

static s64 unix_ioctl(struct file *f, u32 cmd, u64 arg)
{
	struct unix_sock *s = f->private;
	int n;

	if (cmd != FIONREAD && cmd != TIOCOUTQ)
		return -ENOTTY;
	if (atomic_load(&s->state) == UNIX_LISTENING && cmd == FIONREAD)
		return -EINVAL;
	n = cmd == FIONREAD ? bytes_to_read(s) : bytes_on_their_way(s);
	return copy_to_user(arg, &n, sizeof(n));
}

static const struct file_ops unix_file_ops = {
	.read = unix_read,
	.write = unix_write,
	.ioctl = unix_ioctl,
	.poll = unix_poll,
	.release = unix_release,
};

/* ---------------------------------------------------------------- options */
int unix_get_option(struct unix_sock *s, int option, u64 *value)
{
	switch (option) {
	case SO_TYPE:
		*value = (u64)s->type;
		return 0;
	case SO_DOMAIN:
		*value = AF_UNIX;
		return 0;
	case SO_PROTOCOL:
		*value = 0;
		return 0;
	case SO_ERROR:
		*value = (u64)__atomic_exchange_n(&s->error, 0, __ATOMIC_SEQ_CST);
		return 0;
	case SO_ACCEPTCONN:
		*value = atomic_load(&s->state) == UNIX_LISTENING;
		return 0;
	case SO_PASSCRED:
		*value = s->pass_creds;
		return 0;
	case SO_REUSEADDR:
		*value = s->reuse_addr;
		return 0;
	case SO_SNDBUF:
		*value = s->send_size;
		return 0;
	case SO_RCVBUF:
		*value = s->receive_size;
		return 0;
	case SO_SNDTIMEO_OLD:
		*value = s->send_timeout;
		return 0;
	case SO_RCVTIMEO_OLD:
		*value = s->receive_timeout;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* Twice what was asked for, for what it costs beside the bytes (socket(7)). */
static u32 buffer_size(u64 asked, u32 least)
{
	return max((u32)min(asked, (u64)DEFAULT_SIZE) * 2, least);
}

int unix_set_option(struct unix_sock *s, int option, u64 value)
{
	switch (option) {
	case SO_PASSCRED:
		s->pass_creds = value;
		return 0;
	case SO_REUSEADDR: /* means nothing to names of this kind */
		s->reuse_addr = value;
		return 0;
	case SO_SNDBUF:
		s->send_size = buffer_size(value, MIN_SEND);
		return 0;
	case SO_RCVBUF:
		s->receive_size = buffer_size(value, MIN_RECEIVE);
		return 0;
	case SO_SNDTIMEO_OLD:
		s->send_timeout = value;
		return 0;
	case SO_RCVTIMEO_OLD:
		s->receive_timeout = value;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

void unix_peer_creds(struct unix_sock *s, struct ucred *creds)
{
	spin_lock(&unix_lock);
	*creds = s->peer_creds;
	if (s->state != UNIX_CONNECTED)
		*creds = (struct ucred){ .pid = 0, .uid = (u32)-1, .gid = (u32)-1 };
	spin_unlock(&unix_lock);
}

/* --------------------------------------------------- their filesystem: a place for the inodes */
static int sockfs_mount(struct super *sb, const char *data)
{
	(void)data;
	return mount_bare(sb, SOCKFS_MAGIC);
}

static struct fs_type sockfs = { .name = "sockfs", .mount = sockfs_mount };

void unix_init(void)
{
	cache = slab_cache_create("unix_sock", sizeof(struct unix_sock), 8);
	fs_register(&sockfs);
	socket_mount = mount_kernel_internal("sockfs");
	if (!socket_mount)
		panic("no memory for sockets");
}
