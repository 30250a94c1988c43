// SPDX-License-Identifier: MIT
/*
 * socket_rights.c: SCM_RIGHTS and SCM_CREDENTIALS: an open file arrives as the same open file;
 * what there is no room for is closed; a ring of sockets in each other's queues, and a long chain
 * of them, are freed in the end (the leak check sees to it).
 */
#include "test.h"
#include <sys/socket.h>

union control {
	char bytes[CMSG_SPACE(8 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
};

static ssize_t send_fds(int s, const int *fds, int nr)
{
	union control c = { .bytes = { 0 } };
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &c,
		.msg_controllen = CMSG_SPACE(nr * sizeof(int)) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(nr * sizeof(int));
	memcpy(CMSG_DATA(h), fds, nr * sizeof(int));
	return sendmsg(s, &m, 0);
}

/* How many arrived in fds; room: for how many. */
static int receive_fds(int s, int *fds, int room, int flags, int *told)
{
	union control c = { .bytes = { 0 } };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room ? &c : NULL,
		.msg_controllen = room ? CMSG_LEN(room * sizeof(int)) : 0 };
	struct cmsghdr *h;
	int nr;

	CHECK_EQ(recvmsg(s, &m, flags), 1);
	*told = m.msg_flags;
	h = CMSG_FIRSTHDR(&m);
	if (!h)
		return 0;
	CHECK_EQ(h->cmsg_type, SCM_RIGHTS);
	nr = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(h), nr * sizeof(int));
	return nr;
}

static void passing(void)
{
	int s[2], p[2], fds[8], told;
	char buf[4];

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	CHECK_OK(pipe(p));
	CHECK_EQ(send_fds(s[0], p, 2), 1);
	CHECK_OK(close(p[0]));
	CHECK_OK(close(p[1])); /* they live on in the message */
	CHECK_EQ(receive_fds(s[1], fds, 8, MSG_CMSG_CLOEXEC, &told), 2);
	CHECK_EQ(told & MSG_CTRUNC, 0);
	CHECK_EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	CHECK_EQ(write(fds[1], "abc", 3), 3);
	CHECK_EQ(read(fds[0], buf, 4), 3);

	/* no room for the second; none at all */
	CHECK_EQ(send_fds(s[0], fds, 2), 1);
	CHECK_EQ(receive_fds(s[1], fds + 2, 1, 0, &told), 1);
	CHECK_EQ(told & MSG_CTRUNC, MSG_CTRUNC);
	CHECK_EQ(fcntl(fds[2], F_GETFD), 0);
	CHECK_EQ(send_fds(s[0], fds, 2), 1);
	CHECK_EQ(receive_fds(s[1], fds + 2, 0, 0, &told), 0);
	CHECK_EQ(told & MSG_CTRUNC, MSG_CTRUNC);
	CHECK_OK(close(fds[1]));
	CHECK_EQ(read(fds[0], buf, 4), 0); /* no writer is left anywhere */

	/* bytes with files do not run together with those behind them */
	CHECK_EQ(write(s[0], "12", 2), 2);
	CHECK_EQ(send_fds(s[0], fds, 1), 1);
	CHECK_EQ(write(s[0], "3", 1), 1);
	CHECK_EQ(read(s[1], buf, 4), 3);
	CHECK_EQ(read(s[1], buf, 4), 1);

	fds[1] = 999;
	CHECK_ERR(send_fds(s[0], fds, 2), EBADF);
	CHECK_OK(close(s[0]));
	CHECK_OK(close(s[1]));
}

static void credentials(void)
{
	union control c = { .bytes = { 0 } };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c)
	};
	struct ucred got;
	int s[2], on = 1;
	pid_t pid;

	CHECK_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	CHECK_OK(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(write(s[0], "x", 1), 1);
		child_done();
	}
	CHECK_EQ(recvmsg(s[1], &m, 0), 1);
	CHECK_EXITS(pid, 0);
	CHECK(CMSG_FIRSTHDR(&m));
	CHECK_EQ(CMSG_FIRSTHDR(&m)->cmsg_type, SCM_CREDENTIALS);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(got));
	CHECK_EQ(got.pid, pid);
	CHECK_EQ(got.uid, getuid());
	CHECK_OK(close(s[0]));
	CHECK_OK(close(s[1]));
}

/* Each end lies in a message to the other, many times over: only a collector sees that nobody can
 * take them out. */
static void rings(void)
{
	int s[2], t[2];

	for (int i = 0; i < 300; i++) {
		char filler[4000] = { 0 };

		CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
		CHECK_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, t));
		CHECK_EQ(write(s[0], filler, sizeof(filler)), (ssize_t)sizeof(filler));
		CHECK_EQ(send_fds(s[0], s, 2), 1);
		CHECK_EQ(send_fds(t[1], s, 2), 1);
		CHECK_EQ(send_fds(s[1], t, 2), 1);
		CHECK_OK(close(s[0]));
		CHECK_OK(close(s[1]));
		CHECK_OK(close(t[0]));
		CHECK_OK(close(t[1]));
	}
}

/* A socket in the queue of a socket in the queue ...: to close the last one frees them all. */
static void chain(void)
{
	int first[2], s[2], next[2];

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, first));
	memcpy(s, first, sizeof(s));
	for (int i = 0; i < 2000; i++) {
		CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, next));
		CHECK_EQ(send_fds(next[0], s, 2), 1);
		CHECK_OK(close(s[0]));
		CHECK_OK(close(s[1]));
		memcpy(s, next, sizeof(s));
	}
	CHECK_OK(close(s[0]));
	CHECK_OK(close(s[1]));
}

TEST()
{
	passing();
	credentials();
	rings();
	chain();
}
