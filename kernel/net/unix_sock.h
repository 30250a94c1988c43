/* SPDX-License-Identifier: MIT */
/*
 * The inside of a socket of unix(7), for kernel/net/unix_*.c.
 *
 * One spinlock, unix_lock (RANK_SOCKETS), protects all sockets: who is whose peer, the queues, the
 * names. It is held for a few instructions only, never while bytes are copied. Legend:
 * [l] unix_lock; [l,a] changed under it, looked at without it by who looks again;
 * [c] never changes; [r] read_lock.
 *
 * References: its open file, its peer (or the sockets connected to it), a bound name's inode has
 * none (the name goes with the file), the listener for a connection that nobody has accepted.
 */
#pragma once

#include "lib/list.h"
#include "net/unix.h"
#include "sync/mutex.h"
#include "sync/spinlock.h"
#include "sync/waitq.h"

#define SHUT_RECEIVE 1u
#define SHUT_SEND    2u

enum unix_state {
	UNIX_UNCONNECTED,
	UNIX_LISTENING,
	UNIX_CONNECTED
};

/* A name, shared by the socket, what it has sent, and connections made to it. */
struct unix_addr {
	atomic_t refs;
	u32 len;
	struct sockaddr_un name;
};

struct unix_msg {
	struct list link;       /* [l] in a queue */
	struct unix_addr *addr; /* the sender's, or NULL */
	struct ucred creds;
	struct file **files; /* SCM_RIGHTS, until somebody takes them */
	u32 nr_files;
	u32 len, done; /* bytes; of those, how many are read [r] */
	u8 data[];
};

struct unix_sock {
	atomic_t refs;
	int type;              /* [c] */
	enum unix_state state; /* [l,a] */
	u32 shutdown;          /* [l,a] SHUT_* */
	int error;             /* [l,a] SO_ERROR: positive */
	bool dead;             /* [l,a] its file is closed */

	struct unix_sock *peer;     /* [l] */
	struct list connected;      /* [l] datagrams: sockets whose peer this is ... */
	struct list connected_link; /* [l] ... by this link */
	struct list queue;          /* [l] messages to read */
	u64 queued;                 /* [l,a] bytes in it */
	struct list pending;        /* [l] a listener's connections not yet accepted ... */
	struct list pending_link;   /* [l] ... by this link */
	u32 nr_pending, backlog;    /* [l,a] */

	struct unix_addr *addr; /* [l] NULL: it has no name */
	struct path path;       /* [l] the name's place; dentry NULL: not in the filesystem */
	struct list name_link;  /* [l] abstract names */

	struct ucred creds, peer_creds; /* [l] */
	bool pass_creds, reuse_addr;
	u32 send_size, receive_size;          /* SO_SNDBUF, SO_RCVBUF */
	nsec_t send_timeout, receive_timeout; /* 0: none */

	struct waitq wait;       /* everything that changes */
	struct mutex read_lock;  /* who reads; while it copies, messages do not leave the queue */
	struct file *file;       /* [l] NULL: none yet, or no more */
	u32 in_flight;           /* [l] how many messages carry its file ... */
	struct list flight_link; /* [l] ... and then it is in this list of unix_rights.c */
	u32 unaccounted;         /* [l] the collector's */
	bool reachable;
};

extern struct spinlock unix_lock;

/* unix.c */
struct unix_sock *unix_alloc(int type);
void unix_get(struct unix_sock *s);
void unix_put(struct unix_sock *s);
/* A file on s, whose reference it takes over (also on error). ERR_PTR(-ENOMEM) */
struct file *unix_open_file(struct unix_sock *s, u32 flags);
void unix_wake(struct unix_sock *s);
/* What a socket leaves behind when nobody has it any more. */
void unix_close(struct unix_sock *s);
static inline bool unix_is_stream(const struct unix_sock *s)
{
	return s->type == SOCK_STREAM;
}
/* Datagrams need no connection. */
static inline bool unix_is_datagram(const struct unix_sock *s)
{
	return s->type == SOCK_DGRAM;
}

/* unix_name.c */
void unix_addr_put(struct unix_addr *a);
static inline struct unix_addr *unix_addr_get(struct unix_addr *a)
{
	if (a)
		atomic_inc(&a->refs);
	return a;
}
/* The socket of that name, with a reference; ERR_PTR: -ECONNREFUSED, -EPROTOTYPE, and what a walk
 * along a path may say. */
struct unix_sock *unix_find(const struct sockaddr_un *name, u32 len, int type);
/* Gives the name up. => the socket is dead */
void unix_unbind(struct unix_sock *s);
/* The peer goes; the caller drops what is returned. => unix_lock held */
struct unix_sock *unix_leave_peer_locked(struct unix_sock *s);

/* unix_msg.c */
bool unix_has_room(const struct unix_sock *receiver);
/* Frees messages, and closes the files in them. May sleep */
void unix_msgs_free(struct list *msgs);

/* unix_rights.c: files that are in messages */
int unix_rights_attach(struct unix_msg *m, struct file **files, u32 nr);
/* The message's files are the caller's from now on. */
void unix_rights_detach(struct unix_msg *m);
/* After a socket was closed: finds, if it is time to, sockets that only lie in each other's messages,
 * and throws these messages away. */
void unix_rights_collect(void);
