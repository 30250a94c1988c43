/* SPDX-License-Identifier: MIT */
/*
 * unix(7): names of sockets, and connections made by name.
 *
 * A name is a place in the filesystem (the inode there knows its socket while one is bound to it)
 * or, if it begins with a zero byte, an entry of a table of its own ("abstract"). Both last as long
 * as the socket's file; the node in the filesystem stays behind.
 */
#include <linux/fs.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/namei.h"
#include "lib/format.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "net/unix_sock.h"

#define FAMILY_LEN offsetof(struct sockaddr_un, sun_path)
#define NR_BUCKETS 64
#define AUTO_NAMES (1u << 20)

static struct list abstract[NR_BUCKETS]; /* [l] an empty bucket may be all zero */

/* ---------------------------------------------------------------- addresses */
void unix_addr_put(struct unix_addr *a)
{
	if (a && atomic_dec_and_test(&a->refs))
		kfree(a);
}

/* ERR_PTR: -EINVAL, -ENOMEM. The path of a name in the filesystem ends in a zero byte then. */
static struct unix_addr *addr_create(const struct sockaddr_un *name, u32 len)
{
	struct unix_addr *a;

	if (len <= FAMILY_LEN || len > sizeof(*name) || name->sun_family != AF_UNIX)
		return ERR_PTR(-EINVAL);
	a = kzalloc(sizeof(*a) + 1);
	if (!a)
		return ERR_PTR(-ENOMEM);
	atomic_set(&a->refs, 1);
	memcpy(&a->name, name, len);
	a->len = len;
	if (name->sun_path[0]) /* 108 bytes need not end in one */
		a->len = (u32)(FAMILY_LEN + strlen(a->name.sun_path) + 1);
	return a;
}

static bool is_abstract(const struct unix_addr *a)
{
	return !a->name.sun_path[0];
}

static struct list *bucket_of(const struct unix_addr *a)
{
	struct list *l = &abstract[hash_bytes(&a->name, a->len) % NR_BUCKETS];

	if (!l->next)
		list_init(l);
	return l;
}

/* => unix_lock held */
static struct unix_sock *find_abstract_locked(const struct unix_addr *a)
{
	struct unix_sock *s;

	list_for_each (s, bucket_of(a), name_link)
		if (s->addr->len == a->len && !memcmp(&s->addr->name, &a->name, a->len))
			return s;
	return NULL;
}

static struct unix_sock *find_by_path(const struct unix_addr *a)
{
	struct unix_sock *s;
	struct path p;
	int err = namei_lookup(AT_FDCWD, a->name.sun_path, LOOKUP_FOLLOW, &p);

	if (err)
		return ERR_PTR(err);
	err = inode_permission(p.dentry->inode, p.mount, MAY_WRITE);
	if (!err && !S_ISSOCK(p.dentry->inode->mode))
		err = -ECONNREFUSED;
	s = ERR_PTR(err);
	if (!err) {
		spin_lock(&unix_lock);
		s = p.dentry->inode->socket;
		if (s)
			unix_get(s);
		else
			s = ERR_PTR(-ECONNREFUSED);
		spin_unlock(&unix_lock);
	}
	path_put(&p);
	return s;
}

static struct unix_sock *find_abstract(const struct unix_addr *a)
{
	struct unix_sock *s;

	spin_lock(&unix_lock);
	s = find_abstract_locked(a);
	if (s)
		unix_get(s);
	spin_unlock(&unix_lock);
	return s ? s : ERR_PTR(-ECONNREFUSED);
}

struct unix_sock *unix_find(const struct sockaddr_un *name, u32 len, int type)
{
	struct unix_addr *a = addr_create(name, len);
	struct unix_sock *s;

	if (IS_ERR(a))
		return ERR_PTR(PTR_ERR(a));
	s = is_abstract(a) ? find_abstract(a) : find_by_path(a);
	unix_addr_put(a);
	if (IS_ERR(s) || s->type == type)
		return s;
	unix_put(s);
	return ERR_PTR(-EPROTOTYPE);
}

/* ---------------------------------------------------------------- bind */
/* Takes over the address. */
static int bind_abstract(struct unix_sock *s, struct unix_addr *a)
{
	int err = 0;

	spin_lock(&unix_lock);
	if (s->addr)
		err = -EINVAL;
	else if (find_abstract_locked(a))
		err = -EADDRINUSE;
	if (!err) {
		s->addr = a;
		list_append(bucket_of(a), &s->name_link);
	}
	spin_unlock(&unix_lock);
	if (err)
		unix_addr_put(a);
	return err;
}

/* A name of five hexadecimal digits that nobody has: unix(7), "autobind". */
static int bind_anything(struct unix_sock *s)
{
	static u32 next;
	int err = -EADDRINUSE;

	if (atomic_load(&s->addr))
		return 0;
	for (u32 tries = 0; tries < AUTO_NAMES && err == -EADDRINUSE; tries++) {
		u32 number = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED) % AUTO_NAMES;
		struct sockaddr_un name = { .sun_family = AF_UNIX };
		struct unix_addr *a;

		snprintf(name.sun_path + 1, 6, "%05x", number);
		a = addr_create(&name, FAMILY_LEN + 6);
		err = IS_ERR(a) ? (int)PTR_ERR(a) : bind_abstract(s, a);
	}
	return err;
}

static int bind_node(struct unix_sock *s, struct unix_addr *a, struct path *p)
{
	struct inode *inode = p->dentry->inode;
	int err = 0;

	spin_lock(&unix_lock);
	if (s->addr)
		err = -EINVAL;
	else if (!S_ISSOCK(inode->mode) || inode->socket)
		err = -EADDRINUSE; /* somebody was quicker */
	if (!err) {
		s->addr = a;
		s->path = *p;
		inode->socket = s;
	}
	spin_unlock(&unix_lock);
	return err;
}

static int bind_path(struct unix_sock *s, struct unix_addr *a)
{
	struct path p = { .dentry = NULL };
	int err = namei_mknod(AT_FDCWD, a->name.sun_path, S_IFSOCK | 0777, 0);

	if (err == -EEXIST)
		err = -EADDRINUSE;
	if (!err)
		err = namei_lookup(AT_FDCWD, a->name.sun_path, 0, &p);
	if (!err)
		err = bind_node(s, a, &p);
	if (err == -EINVAL && p.dentry) /* it has a name already: the node was made in vain */
		namei_unlink(AT_FDCWD, a->name.sun_path);
	if (err && p.dentry)
		path_put(&p);
	if (err)
		unix_addr_put(a);
	return err;
}

int unix_bind(struct unix_sock *s, const struct sockaddr_un *name, u32 len)
{
	struct unix_addr *a;

	if (len == FAMILY_LEN && name->sun_family == AF_UNIX)
		return bind_anything(s);
	a = addr_create(name, len);
	if (IS_ERR(a))
		return (int)PTR_ERR(a);
	return is_abstract(a) ? bind_abstract(s, a) : bind_path(s, a);
}

void unix_unbind(struct unix_sock *s)
{
	struct path p = { .dentry = NULL };

	spin_lock(&unix_lock);
	list_remove(&s->name_link);
	if (s->path.dentry) {
		p = s->path;
		p.dentry->inode->socket = NULL;
		s->path.dentry = NULL;
	}
	spin_unlock(&unix_lock);
	if (p.dentry)
		path_put(&p);
}

int unix_name(struct unix_sock *s, bool of_peer, struct sockaddr_un *name)
{
	u32 len = FAMILY_LEN;

	spin_lock(&unix_lock);
	if (of_peer)
		s = s->peer;
	if (s) {
		*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
		if (s->addr) {
			len = s->addr->len;
			memcpy(name, &s->addr->name, min(len, (u32)sizeof(*name)));
		}
	}
	spin_unlock(&unix_lock);
	return s ? (int)len : -ENOTCONN;
}

/* ---------------------------------------------------------------- connections */
int unix_listen(struct unix_sock *s, int backlog)
{
	int err = 0;

	if (unix_is_datagram(s))
		return -EOPNOTSUPP;
	spin_lock(&unix_lock);
	if (!s->addr || s->state == UNIX_CONNECTED)
		err = -EINVAL;
	if (!err) {
		atomic_store(&s->backlog, min((u32)backlog, (u32)SOMAXCONN));
		atomic_store(&s->state, UNIX_LISTENING);
		s->creds = unix_own_creds();
	}
	spin_unlock(&unix_lock);
	if (!err)
		unix_wake(s); /* more may fit now */
	return err;
}

struct unix_sock *unix_leave_peer_locked(struct unix_sock *s)
{
	struct unix_sock *peer = s->peer;

	s->peer = NULL;
	list_remove(&s->connected_link);
	return peer;
}

/* Datagrams: where they go from now on; NULL: nowhere. Takes over the reference. */
static void set_destination(struct unix_sock *s, struct unix_sock *to)
{
	struct unix_sock *old;

	spin_lock(&unix_lock);
	old = unix_leave_peer_locked(s);
	s->peer = to;
	if (to)
		list_append(&to->connected, &s->connected_link);
	atomic_store(&s->state, to ? UNIX_CONNECTED : UNIX_UNCONNECTED);
	if (to)
		s->peer_creds = to->creds;
	spin_unlock(&unix_lock);
	unix_put(old);
	unix_wake(s);
}

/* May s send to `to`: not if that one is connected to somebody else. */
static int connect_datagram(struct unix_sock *s, const struct sockaddr_un *name, u32 len)
{
	struct unix_sock *to, *others_peer;

	if (name->sun_family == AF_UNSPEC) {
		set_destination(s, NULL);
		return 0;
	}
	to = unix_find(name, len, s->type);
	if (IS_ERR(to))
		return (int)PTR_ERR(to);
	others_peer = atomic_load(&to->peer);
	if (others_peer && others_peer != s) {
		unix_put(to);
		return -EPERM;
	}
	set_destination(s, to);
	return 0;
}

static bool backlog_has_room(const struct unix_sock *listener)
{
	return atomic_load(&listener->nr_pending) <= atomic_load(&listener->backlog);
}

static bool may_queue(const struct unix_sock *listener)
{
	return backlog_has_room(listener) || atomic_load(&listener->dead) ||
	       atomic_load(&listener->shutdown) & SHUT_RECEIVE;
}

/* The listener's new connection `one` and s become peers. -EAGAIN: its queue is full. */
static int queue_connection(struct unix_sock *s, struct unix_sock *listener, struct unix_sock *one)
{
	int err = 0;

	spin_lock(&unix_lock);
	if (s->state != UNIX_UNCONNECTED)
		err = s->state == UNIX_CONNECTED ? -EISCONN : -EINVAL;
	else if (listener->dead || listener->state != UNIX_LISTENING ||
		 listener->shutdown & SHUT_RECEIVE)
		err = -ECONNREFUSED;
	else if (!backlog_has_room(listener))
		err = -EAGAIN;
	if (!err) {
		unix_get(s);
		unix_get(one);
		s->peer = one;
		one->peer = s;
		atomic_store(&s->state, UNIX_CONNECTED);
		atomic_store(&one->state, UNIX_CONNECTED);
		s->peer_creds = listener->creds;
		one->peer_creds = unix_own_creds();
		one->addr = unix_addr_get(listener->addr);
		list_append(&listener->pending, &one->pending_link);
		atomic_store(&listener->nr_pending, listener->nr_pending + 1);
	}
	spin_unlock(&unix_lock);
	return err;
}

static int connect_to(struct unix_sock *s, struct unix_sock *listener, bool nonblock)
{
	struct unix_sock *one = unix_alloc(s->type);
	int err;

	if (!one)
		return -ENOMEM;
	for (;;) {
		err = queue_connection(s, listener, one);
		if (err != -EAGAIN || nonblock)
			break;
		err = wait_event_interruptible(&listener->wait, may_queue(listener));
		if (err)
			break;
	}
	if (!err)
		unix_wake(listener);
	else
		unix_put(one);
	return err;
}

int unix_connect(struct unix_sock *s, const struct sockaddr_un *name, u32 len, bool nonblock)
{
	struct unix_sock *listener;
	int err;

	if (unix_is_datagram(s))
		return connect_datagram(s, name, len);
	listener = unix_find(name, len, s->type);
	if (IS_ERR(listener))
		return (int)PTR_ERR(listener);
	err = connect_to(s, listener, nonblock);
	unix_put(listener);
	return err;
}

static struct unix_sock *take_pending(struct unix_sock *s)
{
	struct unix_sock *one = NULL;

	spin_lock(&unix_lock);
	if (!list_empty(&s->pending)) {
		one = list_first(&s->pending, struct unix_sock, pending_link);
		list_remove(&one->pending_link);
		atomic_store(&s->nr_pending, s->nr_pending - 1);
	}
	spin_unlock(&unix_lock);
	return one;
}

struct file *unix_accept(struct unix_sock *s, u32 flags, bool nonblock)
{
	struct unix_sock *one;
	struct file *f;
	int err;

	if (unix_is_datagram(s))
		return ERR_PTR(-EOPNOTSUPP);
	if (atomic_load(&s->state) != UNIX_LISTENING)
		return ERR_PTR(-EINVAL);
	while (!(one = take_pending(s))) {
		if (atomic_load(&s->shutdown) & SHUT_RECEIVE)
			return ERR_PTR(-EINVAL);
		if (nonblock)
			return ERR_PTR(-EAGAIN);
		err = wait_event_interruptible(&s->wait,
			atomic_load(&s->nr_pending) || atomic_load(&s->shutdown) & SHUT_RECEIVE);
		if (err)
			return ERR_PTR(err);
	}
	unix_wake(s); /* who waits to connect */
	unix_get(one);
	f = unix_open_file(one, flags);
	if (IS_ERR(f))
		unix_close(one);
	unix_put(one);
	return f;
}
