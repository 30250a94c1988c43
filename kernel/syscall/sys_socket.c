/* SPDX-License-Identifier: MIT */
/* Sockets: socket(2) and its family. There is one domain, AF_UNIX (unix(7), net/unix.h). */
#include <asm/signal.h>
#include <linux/time_types.h>

#include "fs/context.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/rw.h"
#include "fs/signal_hook.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "net/unix.h"
#include "proc/signal.h"
#include "syscall/syscall.h"
#include "syscall/vector.h"

#define CONTROL_MAX     20480 /* net.core.optmem_max */
#define MAX_ADDRESS_LEN 128   /* struct sockaddr_storage */

/* ---------------------------------------------------------------- descriptors */
/* What a descriptor stands for during a call. */
struct socket {
	struct file *file; /* with a reference */
	struct unix_sock *sock;
	bool nonblock;
};

/* 0, -EBADF, -ENOTSOCK. */
static int socket_get(int fd, struct socket *s)
{
	s->file = fd_get(fd);
	if (!s->file)
		return -EBADF;
	s->sock = unix_of_file(s->file);
	s->nonblock = s->file->flags & O_NONBLOCK;
	if (s->sock)
		return 0;
	file_put(s->file);
	return -ENOTSOCK;
}

/* The end of a call: hands its result on. */
static s64 socket_put(const struct socket *s, s64 result)
{
	file_put(s->file);
	return result;
}

/* domain, type (with flags), protocol. */
static int check_kind(int domain, int type, int protocol)
{
	if (type & ~(SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	if (domain != AF_UNIX)
		return -EAFNOSUPPORT;
	return protocol && protocol != AF_UNIX ? -EPROTONOSUPPORT : 0;
}

/* A descriptor for f, whose reference it takes over. */
static s64 install(struct file *f, bool cloexec)
{
	int fd;

	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_reserve(0, cloexec);
	if (fd < 0)
		file_put(f);
	else
		fd_install(fd, f);
	return fd;
}

s64 sys_socket(int domain, int type, int protocol)
{
	int err = check_kind(domain, type, protocol);

	if (err)
		return err;
	return install(
		unix_create(type & SOCK_TYPE_MASK, (u32)type & SOCK_NONBLOCK), type & SOCK_CLOEXEC);
}

s64 sys_socketpair(int domain, int type, int protocol, vaddr_t ufds)
{
	int err = check_kind(domain, type, protocol), fds[2];
	struct file *files[2];

	if (!err)
		err = unix_create_pair(files, type & SOCK_TYPE_MASK, (u32)type & SOCK_NONBLOCK);
	if (err)
		return err;
	fds[0] = fd_reserve(0, type & SOCK_CLOEXEC);
	fds[1] = fds[0] < 0 ? fds[0] : fd_reserve(0, type & SOCK_CLOEXEC);
	err = fds[1] < 0 ? fds[1] : copy_to_user(ufds, fds, sizeof(fds));
	if (!err) {
		fd_install(fds[0], files[0]);
		fd_install(fds[1], files[1]);
		return 0;
	}
	for (u32 i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			fd_release(fds[i]);
		file_put(files[i]);
	}
	return err;
}

/* ---------------------------------------------------------------- addresses */
/* The name as far as it can be one of unix(7); its length stays what the user said. */
static int read_name(vaddr_t from, int len, struct sockaddr_un *name)
{
	memset(name, 0, sizeof(*name));
	if (len < 0 || len > MAX_ADDRESS_LEN)
		return -EINVAL;
	return copy_from_user(name, from, min((size_t)len, sizeof(*name)));
}

/* What fits goes to the user, the real length to *ulen (accept(2)). */
static int write_name(const struct sockaddr_un *name, int len, vaddr_t to, vaddr_t ulen)
{
	int room;

	if (copy_from_user(&room, ulen, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(to, name, (size_t)min(room, len)))
		return -EFAULT;
	return copy_to_user(ulen, &len, sizeof(len));
}

typedef int (*named_fn)(
	struct unix_sock *s, const struct sockaddr_un *name, u32 len, bool nonblock);

static s64 with_name(int fd, vaddr_t uname, int len, named_fn fn)
{
	struct sockaddr_un name;
	struct socket s;
	int err = socket_get(fd, &s);

	if (err)
		return err;
	err = read_name(uname, len, &name);
	return socket_put(&s, err ? err : fn(s.sock, &name, (u32)len, s.nonblock));
}

static int bind_to(struct unix_sock *s, const struct sockaddr_un *name, u32 len, bool nonblock)
{
	(void)nonblock;
	return unix_bind(s, name, len);
}

s64 sys_bind(int fd, vaddr_t uname, int len)
{
	return with_name(fd, uname, len, bind_to);
}

s64 sys_connect(int fd, vaddr_t uname, int len)
{
	return with_name(fd, uname, len, unix_connect);
}

s64 sys_listen(int fd, int backlog)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, unix_listen(s.sock, backlog));
}

static int write_socket_name(struct unix_sock *s, bool of_peer, vaddr_t uname, vaddr_t ulen)
{
	struct sockaddr_un name;
	int len = unix_name(s, of_peer, &name);

	return len < 0 ? len : write_name(&name, len, uname, ulen);
}

s64 sys_accept4(int fd, vaddr_t uname, vaddr_t ulen, int flags)
{
	struct socket s;
	struct file *new;
	s64 result;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	result = socket_get(fd, &s);
	if (result)
		return result;
	new = unix_accept(s.sock, (u32)flags & SOCK_NONBLOCK, s.nonblock);
	socket_put(&s, 0);
	if (IS_ERR(new))
		return PTR_ERR(new);
	if (uname)
		result = write_socket_name(unix_of_file(new), true, uname, ulen);
	if (!result)
		return install(new, flags & SOCK_CLOEXEC);
	file_put(new);
	return result == -ENOTCONN ? -ECONNABORTED : result;
}

s64 sys_accept(int fd, vaddr_t uname, vaddr_t ulen)
{
	return sys_accept4(fd, uname, ulen, 0);
}

static s64 get_name(int fd, bool of_peer, vaddr_t uname, vaddr_t ulen)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, write_socket_name(s.sock, of_peer, uname, ulen));
}

s64 sys_getsockname(int fd, vaddr_t uname, vaddr_t ulen)
{
	return get_name(fd, false, uname, ulen);
}

s64 sys_getpeername(int fd, vaddr_t uname, vaddr_t ulen)
{
	return get_name(fd, true, uname, ulen);
}

s64 sys_shutdown(int fd, int how)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, unix_shutdown(s.sock, how));
}

/* ---------------------------------------------------------------- sending and receiving */
/* Sends what io says, and tells a stream that nobody reads. */
static s64 send_io(const struct socket *s, struct unix_io *io)
{
	u64 type = 0;
	s64 n;

	io->nonblock = s->nonblock || io->flags & MSG_DONTWAIT;
	n = unix_send(s->sock, io);
	unix_get_option(s->sock, SO_TYPE, &type);
	if (n == -EPIPE && type == SOCK_STREAM && !(io->flags & MSG_NOSIGNAL))
		fs_send_signal(SIGPIPE);
	return n;
}

static s64 receive_io(const struct socket *s, struct unix_io *io)
{
	io->nonblock = s->nonblock || io->flags & MSG_DONTWAIT;
	return unix_receive(s->sock, io);
}

/* One piece of memory. */
static int one_piece(struct unix_io *io, struct iobuf *buf, vaddr_t addr, size_t len)
{
	if (!user_range_ok(addr, len))
		return -EFAULT;
	*buf = iobuf_user(addr, min(len, (size_t)MAX_RW_COUNT));
	io->buf = buf;
	return 0;
}

static s64 send_to(const struct socket *s, struct unix_io *io, vaddr_t uname, int name_len)
{
	int err = uname ? read_name(uname, name_len, &io->name) : 0;

	if (err)
		return err;
	io->name_len = uname ? (u32)name_len : 0;
	return send_io(s, io);
}

s64 sys_sendto(int fd, vaddr_t addr, size_t len, u32 flags, vaddr_t uname, int name_len)
{
	struct unix_io io = { .flags = flags, .creds = unix_own_creds() };
	struct socket s;
	struct iobuf buf;
	int err = socket_get(fd, &s);

	if (err)
		return err;
	err = one_piece(&io, &buf, addr, len);
	return socket_put(&s, err ? err : send_to(&s, &io, uname, name_len));
}

static s64 receive_from(const struct socket *s, struct unix_io *io, vaddr_t uname, vaddr_t ulen)
{
	s64 n = receive_io(s, io), err = 0;

	if (n >= 0 && uname)
		err = write_name(&io->name, (int)io->name_len, uname, ulen);
	return err ? err : n;
}

s64 sys_recvfrom(int fd, vaddr_t addr, size_t len, u32 flags, vaddr_t uname, vaddr_t ulen)
{
	struct unix_io io = { .flags = flags };
	struct socket s;
	struct iobuf buf;
	int err = socket_get(fd, &s);

	if (err)
		return err;
	err = one_piece(&io, &buf, addr, len);
	return socket_put(&s, err ? err : receive_from(&s, &io, uname, ulen));
}

/* ---------------------------------------------------------------- sendmsg, recvmsg */
/* A user's message, with all that hangs on it in the kernel. */
struct message {
	struct user_msghdr h;
	struct unix_io io;
	struct vector vector;
	struct iobuf buf;    /* of the vector */
	u8 *control;         /* sendmsg: the control data, h.msg_controllen bytes; NULL: none */
	struct file **files; /* room for SCM_MAX_FD */
};

static void message_free(struct message *m)
{
	vector_free(&m->vector);
	kfree(m->control);
	kfree(m->files);
}

static bool has_control(const struct message *m)
{
	return m->h.msg_control && m->h.msg_controllen;
}

/* All but the control data. On error there is nothing to free. */
static int message_read(struct message *m, vaddr_t umsg, u32 flags)
{
	int err;

	m->io = (struct unix_io){ .flags = flags, .buf = &m->buf };
	m->control = NULL;
	m->files = NULL;
	if (copy_from_user(&m->h, umsg, sizeof(m->h)))
		return -EFAULT;
	if (m->h.msg_namelen < 0)
		return -EINVAL;
	if (m->h.msg_iovlen > UIO_MAXIOV)
		return -EMSGSIZE;
	err = vector_get(&m->vector, m->h.msg_iov, m->h.msg_iovlen);
	if (err)
		return err;
	m->buf = iobuf_pieces(m->vector.iov, m->vector.total);
	if (has_control(m))
		m->files = kmalloc(SCM_MAX_FD * sizeof(*m->files));
	if (!has_control(m) || m->files)
		return 0;
	message_free(m);
	return -ENOMEM;
}

/* Descriptors of one SCM_RIGHTS. */
static int read_rights(struct message *m, const u8 *data, u64 len)
{
	for (u64 i = 0; i < len / sizeof(int); i++) {
		int fd;

		if (m->io.nr_files == SCM_MAX_FD)
			return -EINVAL;
		memcpy(&fd, data + i * sizeof(int), sizeof(int));
		m->files[m->io.nr_files] = fd_get_any(fd);
		if (!m->files[m->io.nr_files])
			return -EBADF;
		m->io.nr_files++;
	}
	return 0;
}

/* One may give oneself out for any of one's own identities; the privileged for anybody. */
static int read_creds(struct message *m, const u8 *data, u64 len)
{
	const struct cred *c = current_cred();
	struct ucred own = m->io.creds, *u = &m->io.creds;

	if (len != sizeof(*u))
		return -EINVAL;
	memcpy(u, data, sizeof(*u));
	if (u->pid != own.pid && !cred_can(c, CAP_SYS_ADMIN))
		return -EPERM;
	if (u->uid != c->uid && u->uid != c->euid && u->uid != c->suid && !cred_can(c, CAP_SETUID))
		return -EPERM;
	if (u->gid != c->gid && u->gid != c->egid && u->gid != c->sgid && !cred_can(c, CAP_SETGID))
		return -EPERM;
	return 0;
}

static int read_one_control(struct message *m, const struct cmsghdr *c, const u8 *data)
{
	u64 len = c->cmsg_len - sizeof(*c);

	if (c->cmsg_level != SOL_SOCKET)
		return 0;
	switch (c->cmsg_type) {
	case SCM_RIGHTS:
		return read_rights(m, data, len);
	case SCM_CREDENTIALS:
		return read_creds(m, data, len);
	default:
		return -EINVAL;
	}
}

/* A copy, which does not change while it is read. */
static int copy_control(struct message *m)
{
	if (m->h.msg_controllen > CONTROL_MAX)
		return -ENOBUFS;
	m->control = kmalloc(m->h.msg_controllen);
	if (!m->control)
		return -ENOMEM;
	return copy_from_user(m->control, m->h.msg_control, m->h.msg_controllen);
}

/* cmsg(3) */
static int read_control(struct message *m)
{
	u64 at = 0, end = m->h.msg_controllen;
	struct cmsghdr c;
	int err;

	if (!has_control(m))
		return 0;
	err = copy_control(m);
	while (!err && at + sizeof(c) <= end) {
		memcpy(&c, m->control + at, sizeof(c));
		if (c.cmsg_len < sizeof(c) || c.cmsg_len > end - at)
			return -EINVAL;
		err = read_one_control(m, &c, m->control + at + sizeof(c));
		at += ALIGN_UP(c.cmsg_len, sizeof(u64));
	}
	m->io.files = m->files;
	return err;
}

static int read_destination(struct message *m)
{
	int len = min(m->h.msg_namelen, MAX_ADDRESS_LEN);

	if (!m->h.msg_name)
		return 0;
	m->io.name_len = (u32)len;
	return read_name(m->h.msg_name, len, &m->io.name);
}

static s64 send_message(const struct socket *s, vaddr_t umsg, u32 flags)
{
	struct message m;
	u32 nr_files;
	s64 n = message_read(&m, umsg, flags);

	if (n)
		return n;
	m.io.creds = unix_own_creds();
	n = read_destination(&m);
	if (!n)
		n = read_control(&m);
	nr_files = m.io.nr_files;
	if (!n)
		n = send_io(s, &m.io);
	for (u32 i = 0; i < nr_files; i++)
		file_put(m.files[i]);
	message_free(&m);
	return n;
}

s64 sys_sendmsg(int fd, vaddr_t umsg, u32 flags)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, send_message(&s, umsg, flags));
}

/* Where control data goes: what is left of the user's room. */
struct control {
	vaddr_t at;
	u64 room;
};

static void control_advance(struct control *c, u64 len)
{
	len = min(ALIGN_UP(len, sizeof(u64)), c->room);
	c->at += len;
	c->room -= len;
}

/* A header for len bytes of data, which stand behind it: false, it cannot be stored. */
static bool write_header(const struct control *c, int type, u64 len)
{
	struct cmsghdr header = { sizeof(header) + len, SOL_SOCKET, type };

	return copy_to_user(c->at, &header, sizeof(header)) == 0;
}

/* Where it cannot be stored, it is lost without a word; without room for all of it, with
 * MSG_CTRUNC. */
static void write_creds(struct message *m, struct control *c)
{
	u64 len = sizeof(m->io.creds);

	if (c->room < sizeof(struct cmsghdr) + len)
		m->io.flags |= MSG_CTRUNC;
	if (c->room < sizeof(struct cmsghdr))
		return;
	len = min(len, c->room - sizeof(struct cmsghdr));
	if (write_header(c, SCM_CREDENTIALS, len) &&
		copy_to_user(c->at + sizeof(struct cmsghdr), &m->io.creds, len) == 0)
		control_advance(c, sizeof(struct cmsghdr) + len);
}

/* One file becomes a descriptor, whose number is stored: true, it took over the reference. */
static bool give_file(struct file *f, vaddr_t to, bool cloexec)
{
	int fd = fd_reserve(0, cloexec);

	if (fd >= 0 && copy_to_user(to, &fd, sizeof(fd)) == 0) {
		fd_install(fd, f);
		return true;
	}
	if (fd >= 0)
		fd_release(fd);
	return false;
}

/* As many files become descriptors as there is room for, up to the first that cannot; the others
 * are closed. */
static void write_rights(struct message *m, struct control *c)
{
	u64 fit = c->room <= sizeof(struct cmsghdr)
			  ? 0
			  : (c->room - sizeof(struct cmsghdr)) / sizeof(int);
	vaddr_t data = c->at + sizeof(struct cmsghdr);
	bool cloexec = m->io.flags & MSG_CMSG_CLOEXEC;
	u32 nr = 0;

	while (nr < m->io.nr_files && nr < fit &&
		give_file(m->files[nr], data + nr * sizeof(int), cloexec))
		nr++;
	for (u32 i = nr; i < m->io.nr_files; i++)
		file_put(m->files[i]);
	if (nr && write_header(c, SCM_RIGHTS, nr * sizeof(int)))
		control_advance(c, sizeof(struct cmsghdr) + nr * sizeof(int));
	if (nr < m->io.nr_files)
		m->io.flags |= MSG_CTRUNC;
}

/* Name, control data and flags of what was received. */
static int message_write_back(struct message *m, vaddr_t umsg, u32 flags)
{
	struct control c = { m->h.msg_control, has_control(m) ? m->h.msg_controllen : 0 };
	int err = 0;

	m->io.flags |= (flags & MSG_CMSG_CLOEXEC) | (m->io.lost_files ? MSG_CTRUNC : 0);
	if (m->io.has_creds)
		write_creds(m, &c);
	if (m->io.nr_files)
		write_rights(m, &c);
	if (m->h.msg_name)
		err = copy_to_user(m->h.msg_name, &m->io.name,
			(size_t)min((u32)m->h.msg_namelen, m->io.name_len));
	m->h.msg_namelen = m->h.msg_name ? (int)m->io.name_len : m->h.msg_namelen;
	m->h.msg_controllen = c.at - m->h.msg_control;
	m->h.msg_flags = m->io.flags;
	return err ? err : copy_to_user(umsg, &m->h, sizeof(m->h));
}

static s64 receive_message(const struct socket *s, vaddr_t umsg, u32 flags)
{
	struct message m;
	s64 n = message_read(&m, umsg, flags & ~MSG_CMSG_CLOEXEC), err;

	if (n)
		return n;
	m.io.files = m.files;
	n = receive_io(s, &m.io);
	if (n >= 0) {
		err = message_write_back(&m, umsg, flags);
		n = err ? err : n;
	}
	message_free(&m);
	return n;
}

s64 sys_recvmsg(int fd, vaddr_t umsg, u32 flags)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, receive_message(&s, umsg, flags));
}

/* ---------------------------------------------------------------- options */
static bool is_timeout(int option)
{
	return option == SO_RCVTIMEO_OLD || option == SO_SNDTIMEO_OLD;
}

/* The option's value in the form that the user gets. Its size, or -errno. */
static int option_value(struct unix_sock *s, int option, void *out)
{
	u64 value;
	int err;

	if (option == SO_PEERCRED) {
		unix_peer_creds(s, out);
		return sizeof(struct ucred);
	}
	err = unix_get_option(s, option, &value);
	if (err)
		return err;
	if (is_timeout(option)) {
		struct __kernel_old_timeval tv = { (s64)(value / NSEC_PER_SEC),
			(s64)(value % NSEC_PER_SEC / NSEC_PER_USEC) };

		memcpy(out, &tv, sizeof(tv));
		return sizeof(tv);
	}
	memcpy(out, &value, sizeof(int));
	return sizeof(int);
}

static s64 get_option(struct unix_sock *s, int level, int option, vaddr_t to, vaddr_t ulen)
{
	u8 value[16];
	int len, size;

	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (copy_from_user(&len, ulen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	size = option_value(s, option, value);
	if (size < 0)
		return size;
	len = min(len, size);
	if (copy_to_user(to, value, (size_t)len))
		return -EFAULT;
	return copy_to_user(ulen, &len, sizeof(len));
}

s64 sys_getsockopt(int fd, int level, int option, vaddr_t to, vaddr_t ulen)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, get_option(s.sock, level, option, to, ulen));
}

/* socket(7): 0 is no limit at all. */
static int read_timeout(vaddr_t from, int len, u64 *value)
{
	struct __kernel_old_timeval tv;

	if (len < (int)sizeof(tv))
		return -EINVAL;
	if (copy_from_user(&tv, from, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	*value = 1; /* a negative time is over at once */
	if (tv.tv_sec >= 0)
		*value = (u64)min(tv.tv_sec, 1L << 32) * NSEC_PER_SEC +
			 (u64)tv.tv_usec * NSEC_PER_USEC;
	return 0;
}

static s64 set_option(struct unix_sock *s, int level, int option, vaddr_t from, int len)
{
	u64 value = 0;
	int err;

	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (is_timeout(option))
		err = read_timeout(from, len, &value);
	else if (len < (int)sizeof(int))
		err = -EINVAL;
	else
		err = copy_from_user(&value, from, sizeof(int));
	return err ? err : unix_set_option(s, option, value);
}

s64 sys_setsockopt(int fd, int level, int option, vaddr_t from, int len)
{
	struct socket s;
	int err = socket_get(fd, &s);

	return err ? err : socket_put(&s, set_option(s.sock, level, option, from, len));
}
