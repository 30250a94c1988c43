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

#define IOV_MAX_HERE    1024  /* UIO_MAXIOV */
#define CONTROL_MAX     20480 /* net.core.optmem_max */
#define MAX_ADDRESS_LEN 128   /* struct sockaddr_storage */
#define FAST_IOVECS     8

/* ---------------------------------------------------------------- descriptors */
/* The file of a socket, with a reference; ERR_PTR: -EBADF, -ENOTSOCK. */
static struct file *socket_get(int fd, struct unix_sock **s)
{
	struct file *f = fd_get(fd);

	if (!f)
		return ERR_PTR(-EBADF);
	*s = unix_of_file(f);
	if (*s)
		return f;
	file_put(f);
	return ERR_PTR(-ENOTSOCK);
}

static bool is_nonblocking(const struct file *f)
{
	return f->flags & O_NONBLOCK;
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = read_name(uname, len, &name);
	if (!err)
		err = fn(s, &name, (u32)len, is_nonblocking(f));
	file_put(f);
	return err;
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = unix_listen(s, backlog);
	file_put(f);
	return err;
}

static int write_socket_name(struct unix_sock *s, bool of_peer, vaddr_t uname, vaddr_t ulen)
{
	struct sockaddr_un name;
	int len = unix_name(s, of_peer, &name);

	return len < 0 ? len : write_name(&name, len, uname, ulen);
}

s64 sys_accept4(int fd, vaddr_t uname, vaddr_t ulen, int flags)
{
	struct file *f, *new;
	struct unix_sock *s;
	s64 result = 0;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	f = socket_get(fd, &s);
	if (IS_ERR(f))
		return PTR_ERR(f);
	new = unix_accept(s, (u32)flags & SOCK_NONBLOCK, is_nonblocking(f));
	file_put(f);
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = write_socket_name(s, of_peer, uname, ulen);
	file_put(f);
	return err;
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = unix_shutdown(s, how);
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- sending and receiving */
/* Sends what io says, and tells a stream that nobody reads. */
static s64 send_io(struct file *f, struct unix_sock *s, struct unix_io *io)
{
	u64 type = 0;
	s64 n;

	io->nonblock = is_nonblocking(f) || io->flags & MSG_DONTWAIT;
	n = unix_send(s, io);
	unix_get_option(s, SO_TYPE, &type);
	if (n == -EPIPE && type == SOCK_STREAM && !(io->flags & MSG_NOSIGNAL))
		fs_send_signal(SIGPIPE);
	return n;
}

static s64 receive_io(struct file *f, struct unix_sock *s, struct unix_io *io)
{
	io->nonblock = is_nonblocking(f) || io->flags & MSG_DONTWAIT;
	return unix_receive(s, io);
}

/* One piece of memory. */
static int one_piece(struct unix_io *io, struct iobuf *buf, vaddr_t addr, size_t len)
{
	if (!user_range_ok(addr, len))
		return -EFAULT;
	*buf = iobuf_user(addr, min(len, (size_t)MAX_RW_COUNT));
	io->pieces = buf;
	io->nr_pieces = 1;
	io->len = buf->len;
	return 0;
}

s64 sys_sendto(int fd, vaddr_t addr, size_t len, u32 flags, vaddr_t uname, int name_len)
{
	struct unix_io io = { .flags = flags, .creds = unix_own_creds() };
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	struct iobuf buf;
	s64 n;

	if (IS_ERR(f))
		return PTR_ERR(f);
	n = one_piece(&io, &buf, addr, len);
	if (!n && uname) {
		n = read_name(uname, name_len, &io.name);
		io.name_len = (u32)name_len;
	}
	if (!n)
		n = send_io(f, s, &io);
	file_put(f);
	return n;
}

s64 sys_recvfrom(int fd, vaddr_t addr, size_t len, u32 flags, vaddr_t uname, vaddr_t ulen)
{
	struct unix_io io = { .flags = flags };
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	struct iobuf buf;
	s64 n, err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	n = one_piece(&io, &buf, addr, len);
	if (!n)
		n = receive_io(f, s, &io);
	if (n >= 0 && uname) {
		err = write_name(&io.name, (int)io.name_len, uname, ulen);
		n = err ? err : n;
	}
	file_put(f);
	return n;
}

/* ---------------------------------------------------------------- sendmsg, recvmsg */
/* A user's message, with all that hangs on it in the kernel. */
struct message {
	struct user_msghdr h;
	struct unix_io io;
	struct iobuf fast[FAST_IOVECS], *pieces;
	struct file **files; /* room for SCM_MAX_FD */
};

static void message_free(struct message *m)
{
	if (m->pieces != m->fast)
		kfree(m->pieces);
	kfree(m->files);
}

/* The pieces of memory; what is behind MAX_RW_COUNT is cut off. */
static int read_pieces(struct message *m)
{
	struct iovec iov;

	for (u32 i = 0; i < m->h.msg_iovlen; i++) {
		if (copy_from_user(&iov, m->h.msg_iov + i * sizeof(iov), sizeof(iov)))
			return -EFAULT;
		if ((s64)iov.iov_len < 0)
			return -EINVAL;
		if (!user_range_ok((u64)iov.iov_base, iov.iov_len))
			return -EFAULT;
		m->pieces[i] = iobuf_user((u64)iov.iov_base,
			min((size_t)iov.iov_len, (size_t)MAX_RW_COUNT - m->io.len));
		m->io.len += m->pieces[i].len;
	}
	m->io.pieces = m->pieces;
	m->io.nr_pieces = (u32)m->h.msg_iovlen;
	return 0;
}

/* On error message_free() is still to be called. */
static int message_read(struct message *m, vaddr_t umsg, u32 flags)
{
	m->io = (struct unix_io){ .flags = flags };
	m->pieces = m->fast;
	m->files = NULL;
	if (copy_from_user(&m->h, umsg, sizeof(m->h)))
		return -EFAULT;
	if (m->h.msg_namelen < 0)
		return -EINVAL;
	if (m->h.msg_iovlen > IOV_MAX_HERE)
		return -EMSGSIZE;
	if (m->h.msg_iovlen > FAST_IOVECS)
		m->pieces = kmalloc(m->h.msg_iovlen * sizeof(struct iobuf));
	if (m->h.msg_control && m->h.msg_controllen)
		m->files = kmalloc(SCM_MAX_FD * sizeof(*m->files));
	if (!m->pieces || (m->h.msg_control && m->h.msg_controllen && !m->files)) {
		m->pieces = m->pieces ? m->pieces : m->fast;
		return -ENOMEM;
	}
	return read_pieces(m);
}

/* Descriptors of one SCM_RIGHTS. */
static int read_rights(struct message *m, vaddr_t data, u64 len)
{
	for (u64 i = 0; i < len / sizeof(int); i++) {
		int fd;

		if (m->io.nr_files == SCM_MAX_FD)
			return -EINVAL;
		if (copy_from_user(&fd, data + i * sizeof(int), sizeof(int)))
			return -EFAULT;
		m->files[m->io.nr_files] = fd_get_any(fd);
		if (!m->files[m->io.nr_files])
			return -EBADF;
		m->io.nr_files++;
	}
	return 0;
}

/* One may give oneself out for any of one's own identities; root for anybody. */
static int read_creds(struct message *m, vaddr_t data, u64 len)
{
	const struct cred *c = current_cred();
	struct ucred own = m->io.creds, *u = &m->io.creds;

	if (len != sizeof(*u))
		return -EINVAL;
	if (copy_from_user(u, data, sizeof(*u)))
		return -EFAULT;
	if (cred_is_root(c))
		return 0;
	if (u->pid != own.pid || (u->uid != c->uid && u->uid != c->euid && u->uid != c->suid) ||
		(u->gid != c->gid && u->gid != c->egid && u->gid != c->sgid))
		return -EPERM;
	return 0;
}

static int read_one_control(struct message *m, const struct cmsghdr *c, vaddr_t data)
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

/* cmsg(3) */
static int read_control(struct message *m)
{
	vaddr_t at = m->h.msg_control, end = at + m->h.msg_controllen;
	struct cmsghdr c;
	int err = 0;

	if (!m->files)
		return 0;
	if (m->h.msg_controllen > CONTROL_MAX)
		return -ENOBUFS;
	while (!err && at + sizeof(c) <= end) {
		if (copy_from_user(&c, at, sizeof(c)))
			return -EFAULT;
		if (c.cmsg_len < sizeof(c) || c.cmsg_len > end - at)
			return -EINVAL;
		err = read_one_control(m, &c, at + sizeof(c));
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

static s64 send_message(struct file *f, struct unix_sock *s, vaddr_t umsg, u32 flags)
{
	struct message m;
	u32 nr_files = 0;
	s64 n = message_read(&m, umsg, flags);

	m.io.creds = unix_own_creds();
	if (!n)
		n = read_destination(&m);
	if (!n) {
		n = read_control(&m);
		nr_files = m.io.nr_files;
	}
	if (!n)
		n = send_io(f, s, &m.io);
	for (u32 i = 0; i < nr_files; i++)
		file_put(m.files[i]);
	message_free(&m);
	return n;
}

s64 sys_sendmsg(int fd, vaddr_t umsg, u32 flags)
{
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 n;

	if (IS_ERR(f))
		return PTR_ERR(f);
	n = send_message(f, s, umsg, flags);
	file_put(f);
	return n;
}

/* One piece of control data behind what is there; MSG_CTRUNC: there is no room for all of it. */
static int write_control(struct message *m, vaddr_t *at, int type, const void *data, u64 len)
{
	u64 room = m->h.msg_control + m->h.msg_controllen - *at;
	struct cmsghdr c = { sizeof(c) + len, SOL_SOCKET, type };

	if (!m->files || room < sizeof(c)) {
		m->io.flags |= MSG_CTRUNC;
		return 0;
	}
	if (room < c.cmsg_len) {
		m->io.flags |= MSG_CTRUNC;
		c.cmsg_len = room;
	}
	if (copy_to_user(*at, &c, sizeof(c)) ||
		copy_to_user(*at + sizeof(c), data, c.cmsg_len - sizeof(c)))
		return -EFAULT;
	*at += min(ALIGN_UP(c.cmsg_len, sizeof(u64)), room);
	return 0;
}

/* As many files as there is room for become descriptors; the others are closed. */
static int write_rights(struct message *m, vaddr_t *at)
{
	u64 room = m->h.msg_control + m->h.msg_controllen - *at;
	u32 fit =
		room <= sizeof(struct cmsghdr) ? 0 : (room - sizeof(struct cmsghdr)) / sizeof(int);
	int fds[SCM_MAX_FD], err = 0;
	u32 nr = 0;

	for (u32 i = 0; i < m->io.nr_files; i++) {
		int fd = i < fit && nr == i ? fd_reserve(0, m->io.flags & MSG_CMSG_CLOEXEC) : -1;

		if (fd >= 0) {
			fd_install(fd, m->files[i]);
			fds[nr++] = fd;
		} else {
			file_put(m->files[i]);
		}
	}
	if (nr)
		err = write_control(m, at, SCM_RIGHTS, fds, nr * sizeof(int));
	if (nr < m->io.nr_files)
		m->io.flags |= MSG_CTRUNC;
	return err;
}

/* Name, control data and flags of what was received. */
static int message_write_back(struct message *m, vaddr_t umsg, u32 flags)
{
	vaddr_t at = m->h.msg_control;
	int err = 0;

	m->io.flags |= (flags & MSG_CMSG_CLOEXEC) | (m->io.lost_files ? MSG_CTRUNC : 0);
	if (m->io.has_creds)
		err = write_control(m, &at, SCM_CREDENTIALS, &m->io.creds, sizeof(m->io.creds));
	if (m->io.nr_files) {
		int e = write_rights(m, &at);

		err = err ? err : e;
	}
	if (!err && m->h.msg_name)
		err = copy_to_user(m->h.msg_name, &m->io.name,
			(size_t)min((u32)m->h.msg_namelen, m->io.name_len));
	m->h.msg_namelen = m->h.msg_name ? (int)m->io.name_len : m->h.msg_namelen;
	m->h.msg_controllen = at - m->h.msg_control;
	m->h.msg_flags = m->io.flags;
	if (!err)
		err = copy_to_user(umsg, &m->h, sizeof(m->h));
	return err;
}

static s64 receive_message(struct file *f, struct unix_sock *s, vaddr_t umsg, u32 flags)
{
	struct message m;
	s64 n = message_read(&m, umsg, flags & ~MSG_CMSG_CLOEXEC), err;

	m.io.files = m.files;
	if (!n)
		n = receive_io(f, s, &m.io);
	if (n >= 0) {
		err = message_write_back(&m, umsg, flags);
		n = err ? err : n;
	}
	message_free(&m);
	return n;
}

s64 sys_recvmsg(int fd, vaddr_t umsg, u32 flags)
{
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 n;

	if (IS_ERR(f))
		return PTR_ERR(f);
	n = receive_message(f, s, umsg, flags);
	file_put(f);
	return n;
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = get_option(s, level, option, to, ulen);
	file_put(f);
	return err;
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
	struct unix_sock *s;
	struct file *f = socket_get(fd, &s);
	s64 err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = set_option(s, level, option, from, len);
	file_put(f);
	return err;
}
