// SPDX-License-Identifier: MIT
/*
 * efault_socket_messages.c: sendmsg, recvmsg, readv and writev on sockets with bad memory in any
 * place: all pieces count as one message, which is sent whole or not; a stream keeps what cannot be
 * stored, others lose it; control data that cannot be stored is dropped (descriptors with
 * MSG_CTRUNC, and closed), and does no harm to the bytes.
 */
#include "test.h"

#include <sys/socket.h>

static char *edge; /* memory ends here */
static char data[200];
static int s[2];

/* The C library looks into the header itself. */
static long do_sendmsg(int fd, const struct msghdr *m, int flags)
{
	return syscall(SYS_sendmsg, fd, m, flags);
}

static long do_recvmsg(int fd, struct msghdr *m, int flags)
{
	return syscall(SYS_recvmsg, fd, m, flags);
}

static long waiting(void)
{
	int n = -1;

	CHECK_OK(ioctl(s[0], FIONREAD, &n));
	return n;
}

static void drain(void)
{
	char all[4096];

	while (read(s[0], all, sizeof(all)) > 0)
		;
	CHECK_EQ(errno, EAGAIN);
}

static struct msghdr of_pieces(struct iovec *pieces, int nr)
{
	return (struct msghdr){ .msg_iov = pieces, .msg_iovlen = nr };
}

static void sends_pieces(void)
{
	struct iovec bad_end[3] = { { edge - 300, 50 }, { edge - 100, 200 }, { edge - 200, 10 } };
	struct iovec bad_middle[3] = { { data, 50 }, { edge, 20 }, { data, 10 } };
	struct iovec bad_empty[3] = { { edge, 0 }, { data, 20 }, { edge + PAGE, 0 } };
	struct msghdr m = of_pieces(bad_end, 3);

	EXPECT_ERR(do_sendmsg(s[1], &m, 0), EFAULT);
	EXPECT_ERR(writev(s[1], bad_end, 3), EFAULT);
	m = of_pieces(bad_middle, 3);
	EXPECT_ERR(do_sendmsg(s[1], &m, 0), EFAULT);
	EXPECT_EQ(waiting(), 0);
	m = of_pieces(bad_empty, 3);
	EXPECT_EQ(do_sendmsg(s[1], &m, 0), 20);
	EXPECT_EQ(writev(s[1], bad_empty, 3), 20);
	drain();
}

static void receives_pieces(int type)
{
	struct iovec pieces[3] = { { data, 50 }, { edge - 10, 20 }, { data + 50, 100 } };
	struct msghdr m = of_pieces(pieces, 3);
	bool kept = type == SOCK_STREAM;

	CHECK_EQ(send(s[1], data, 100, 0), 100);
	EXPECT_ERR(do_recvmsg(s[0], &m, MSG_PEEK), EFAULT);
	EXPECT_EQ(waiting(), 100);
	EXPECT_ERR(do_recvmsg(s[0], &m, 0), EFAULT);
	EXPECT_EQ(waiting(), kept ? 100 : 0);
	drain();
	CHECK_EQ(send(s[1], data, 100, 0), 100);
	EXPECT_ERR(readv(s[0], pieces, 3), EFAULT);
	EXPECT_EQ(waiting(), kept ? 100 : 0);
	drain();
	/* The first message can be stored, the second not. */
	CHECK_EQ(send(s[1], data, 50, 0), 50);
	CHECK_EQ(send(s[1], data, 50, 0), 50);
	EXPECT_EQ(do_recvmsg(s[0], &m, kept ? MSG_WAITALL : 0), 50);
	EXPECT_EQ(waiting(), 50);
	EXPECT_EQ(do_recvmsg(s[0], &m, 0), 50);
	drain();
}

static void bad_headers(void)
{
	struct iovec one = { data, 30 };
	struct msghdr bad_vector = { .msg_iov = (struct iovec *)edge, .msg_iovlen = 1 };
	struct msghdr half_vector = { .msg_iov = (struct iovec *)(edge - 16), .msg_iovlen = 2 };
	struct msghdr bad_name = of_pieces(&one, 1);

	bad_name.msg_name = edge;
	bad_name.msg_namelen = 50;
	CHECK_EQ(send(s[1], data, 50, 0), 50);
	EXPECT_ERR(do_sendmsg(s[1], (struct msghdr *)edge, 0), EFAULT);
	EXPECT_ERR(do_recvmsg(s[0], (struct msghdr *)edge, 0), EFAULT);
	EXPECT_ERR(do_recvmsg(s[0], (struct msghdr *)(edge - 20), 0), EFAULT);
	EXPECT_ERR(do_recvmsg(s[0], &bad_vector, 0), EFAULT);
	EXPECT_ERR(do_sendmsg(s[1], &bad_vector, 0), EFAULT);
	EXPECT_ERR(do_recvmsg(s[0], &half_vector, 0), EFAULT);
	EXPECT_EQ(waiting(), 50);
	EXPECT_ERR(do_sendmsg(s[1], &bad_name, 0), EFAULT);
	/* The sender has no name, so none is stored. */
	EXPECT_EQ(do_recvmsg(s[0], &bad_name, 0), 30);
	EXPECT_EQ(bad_name.msg_namelen, 0);
	drain();
	CHECK_EQ(send(s[1], data, 50, 0), 50);
	EXPECT_ERR(recvfrom(s[0], data, 20, 0, (void *)(data + 100), (void *)edge), EFAULT);
	drain();
}

static struct msghdr with_control(struct iovec *one, void *control, size_t len)
{
	struct msghdr m = of_pieces(one, 1);

	m.msg_control = control;
	m.msg_controllen = len;
	return m;
}

static void credentials(void)
{
	static const struct {
		int before_edge;
		size_t given, back;
	} rows[] = { { 0, 100, 0 }, { 20, 100, 0 }, { 16, 28, 0 }, { 32, 100, 32 } };
	struct iovec one = { data, 50 };
	struct msghdr m;
	int on = 1;

	CHECK_OK(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	for (size_t i = 0; i < NR_ITEMS(rows); i++) {
		CHECK_EQ(send(s[1], data, 50, 0), 50);
		m = with_control(&one, edge - rows[i].before_edge, rows[i].given);
		EXPECT_EQ(do_recvmsg(s[0], &m, 0), 50);
		EXPECT_EQ(m.msg_controllen, rows[i].back);
		EXPECT_EQ(m.msg_flags, 0);
	}
	on = 0;
	CHECK_OK(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
}

union rights {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static union rights two_files(void)
{
	static const int files[2] = { 0, 1 };
	union rights r = { .header = { .cmsg_len = CMSG_LEN(sizeof(files)),
				   .cmsg_level = SOL_SOCKET,
				   .cmsg_type = SCM_RIGHTS } };

	memcpy(CMSG_DATA(&r.header), files, sizeof(files));
	return r;
}

/* Descriptors whose numbers cannot be stored are not opened. */
static void descriptors(void)
{
	static const struct {
		int before_edge, opened;
		size_t back;
	} rows[] = { { 0, 0, 0 }, { 8, 0, 0 }, { 16, 0, 0 }, { 20, 1, 24 }, { 22, 1, 24 },
		{ 24, 2, 24 } };
	struct iovec one = { data, 50 };
	union rights r = two_files();
	struct msghdr m;

	for (size_t i = 0; i < NR_ITEMS(rows); i++) {
		int first = dup(0), next;

		close(first);
		m = with_control(&one, r.bytes, sizeof(r.bytes));
		CHECK_EQ(do_sendmsg(s[1], &m, 0), 50);
		m = with_control(&one, edge - rows[i].before_edge, 100);
		EXPECT_EQ(do_recvmsg(s[0], &m, 0), 50);
		EXPECT_EQ(m.msg_controllen, rows[i].back);
		EXPECT_EQ(m.msg_flags, rows[i].opened < 2 ? MSG_CTRUNC : 0);
		next = dup(0);
		EXPECT_EQ(next - first, rows[i].opened);
		for (int fd = first; fd <= next; fd++)
			close(fd);
	}
}

static void sends_control(void)
{
	struct iovec one = { data, 50 };
	union rights r = two_files();
	struct msghdr m;

	m = with_control(&one, edge, 20);
	EXPECT_ERR(do_sendmsg(s[1], &m, 0), EFAULT);
	m = with_control(&one, edge - 16, 20);
	EXPECT_ERR(do_sendmsg(s[1], &m, 0), EFAULT);
	memcpy(edge - 20, &r, 20);
	m = with_control(&one, edge - 20, 24);
	EXPECT_ERR(do_sendmsg(s[1], &m, 0), EFAULT);
	EXPECT_EQ(waiting(), 0);
}

TEST()
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

	edge = map_anon(2, PROT_READ | PROT_WRITE) + PAGE;
	CHECK_OK(munmap(edge, PAGE));
	for (size_t i = 0; i < NR_ITEMS(types); i++) {
		CHECK_OK(socketpair(AF_UNIX, types[i] | SOCK_NONBLOCK, 0, s));
		sends_pieces();
		receives_pieces(types[i]);
		bad_headers();
		credentials();
		descriptors();
		sends_control();
		close(s[0]);
		close(s[1]);
	}
	CHECK_OK(munmap(edge - PAGE, PAGE));
}
