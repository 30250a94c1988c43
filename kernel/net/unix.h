/* SPDX-License-Identifier: MIT */
/*
 * unix(7): sockets between the processes of one machine; streams, datagrams, and packets in
 * sequence. Open files with operations of their own: read, write and poll work as on pipes.
 *
 * What is common to all functions: f is a socket (unix_of_file() says so); may sleep.
 */
#pragma once

#include "fs/vfs.h"
#include "net/socket_abi.h"

struct unix_sock;

void unix_init(void);
/* A file on a new socket, or ERR_PTR: -ESOCKTNOSUPPORT, -ENOMEM. flags: O_NONBLOCK */
struct file *unix_create(int type, u32 flags);
/* socketpair(2): two that are connected. 0, -ESOCKTNOSUPPORT, -ENOMEM */
int unix_create_pair(struct file *files[2], int type, u32 flags);
/* NULL: it is no socket. */
struct unix_sock *unix_of_file(const struct file *f);

/* Names. len: of the address, as bind(2) has it; errors as in bind(2), listen(2), connect(2). */
int unix_bind(struct unix_sock *s, const struct sockaddr_un *name, u32 len);
int unix_listen(struct unix_sock *s, int backlog);
int unix_connect(struct unix_sock *s, const struct sockaddr_un *name, u32 len, bool nonblock);
/* A file on a connection, or ERR_PTR. flags: O_NONBLOCK for the new one. */
struct file *unix_accept(struct unix_sock *s, u32 flags, bool nonblock);
/* The socket's own name, or its peer's (-ENOTCONN). Returns the length. */
int unix_name(struct unix_sock *s, bool of_peer, struct sockaddr_un *name);
int unix_shutdown(struct unix_sock *s, int how);

/* One message on its way: its bytes, and what goes along. */
struct unix_io {
	struct iobuf *buf; /* the memory of its bytes */
	u32 flags;         /* MSG_*; after receiving also MSG_TRUNC */
	bool nonblock;
	struct sockaddr_un name; /* where to; received: where from */
	u32 name_len;            /* 0: none */
	struct file **files; /* room for SCM_MAX_FD; NULL: none are wanted, and they are closed */
	u32 nr_files;
	bool lost_files;    /* received: there were some, and none were wanted */
	struct ucred creds; /* the sender's; received: only if has_creds */
	bool has_creds;
};

/* send(2): bytes, or -errno. It takes its own references to files. Raises no signal: -EPIPE of a
 * stream is the caller's to tell (MSG_NOSIGNAL). */
ssize_t unix_send(struct unix_sock *s, struct unix_io *io);
/* recv(2): bytes, or -errno. The caller gets the references to files. */
ssize_t unix_receive(struct unix_sock *s, struct unix_io *io);

/* The options of SOL_SOCKET (socket(7)) that mean something here, as a number; -ENOPROTOOPT. */
int unix_get_option(struct unix_sock *s, int option, u64 *value);
int unix_set_option(struct unix_sock *s, int option, u64 value);
/* SO_PEERCRED */
void unix_peer_creds(struct unix_sock *s, struct ucred *creds);
/* The current process's. */
struct ucred unix_own_creds(void);
