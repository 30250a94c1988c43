// SPDX-License-Identifier: MIT
/*
 * socket_waits.c: full queues make senders wait, poll tells when they may go on, time limits and
 * signals end a wait, SIGPIPE comes once nobody reads; megabytes arrive in order.
 */
#include "test.h"
#include <sys/socket.h>
#include <sys/un.h>

static short events_of(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	CHECK_OK(poll(&p, 1, ms));
	return p.revents;
}

static volatile sig_atomic_t got_pipe, got_alarm;

static void note(int sig)
{
	if (sig == SIGPIPE)
		got_pipe++;
	else
		got_alarm++;
}

static void fills_up(int type)
{
	char block[1024];
	int s[2], sent = 0;

	memset(block, 'b', sizeof(block));
	CHECK_OK(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, s));
	CHECK_EQ(events_of(s[0], POLLIN | POLLOUT, 0), POLLOUT);
	while (send(s[0], block, sizeof(block), 0) == (ssize_t)sizeof(block) && sent < 10000)
		sent++;
	CHECK_EQ(errno, EAGAIN);
	CHECK(sent > 1 && sent < 10000);
	CHECK_EQ(events_of(s[0], POLLOUT, 0), 0);
	CHECK_EQ(events_of(s[1], POLLIN, 0), POLLIN);
	for (; sent; sent--)
		CHECK_EQ(recv(s[1], block, sizeof(block), MSG_WAITALL), (ssize_t)sizeof(block));
	CHECK_EQ(events_of(s[0], POLLOUT, 0), POLLOUT);
	CHECK_EQ(events_of(s[1], POLLIN, 0), 0);
	CHECK_OK(close(s[1]));
	if (type != SOCK_DGRAM)
		CHECK_EQ(events_of(s[0], POLLIN | POLLOUT | POLLRDHUP, 0) &
				 (POLLIN | POLLHUP | POLLRDHUP),
			POLLIN | POLLHUP | POLLRDHUP);
	CHECK_OK(close(s[0]));
}

static void megabytes(void)
{
	enum {
		TOTAL = 8 << 20
	};
	static unsigned char buf[100000];
	unsigned at = 0;
	int s[2];
	pid_t pid;

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pid = fork_child();
	if (pid == 0) {
		while (at < TOTAL) {
			size_t n = 1 + (at * 2654435761u >> 16) % sizeof(buf);

			if (n > TOTAL - at)
				n = TOTAL - at;
			for (size_t i = 0; i < n; i++)
				buf[i] = (at + i) * 31 >> 3;
			CHECK_EQ(write(s[0], buf, n), (ssize_t)n);
			at += n;
		}
		child_done();
	}
	CHECK_OK(close(s[0]));
	for (;;) {
		ssize_t n = CHECK_OK(read(s[1], buf, 1 + at % sizeof(buf)));

		if (!n)
			break;
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != (unsigned char)((at + i) * 31 >> 3))
				CHECK_FAILED("byte %u is wrong", at + (unsigned)i);
		at += n;
	}
	CHECK_EQ(at, TOTAL);
	CHECK_EXITS(pid, 0);
	CHECK_OK(close(s[1]));
}

static void interruptions(void)
{
	struct sigaction action = { .sa_handler = note };
	struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
	struct timeval limit = { .tv_usec = 30000 };
	char c;
	int s[2];

	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_ERR(read(s[0], &c, 1), EINTR);
	CHECK_EQ(got_alarm, 1);
	CHECK_OK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	CHECK_ERR(read(s[0], &c, 1), EAGAIN);
	CHECK_OK(close(s[1]));
	CHECK_ERR(write(s[0], "x", 1), EPIPE);
	CHECK_EQ(got_pipe, 1);
	CHECK_ERR(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	CHECK_EQ(got_pipe, 1);
	CHECK_OK(close(s[0]));
}

/* A second connection finds the queue full until the first is accepted. */
static void backlog(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0vellum backlog" };
	int l = CHECK_OK(socket(AF_UNIX, SOCK_STREAM, 0)), c[2], a;

	CHECK_OK(bind(l, (void *)&name, sizeof(name)));
	CHECK_OK(listen(l, 0));
	CHECK_EQ(events_of(l, POLLIN, 0), 0);
	for (int i = 0; i < 2; i++)
		c[i] = CHECK_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
	CHECK_OK(connect(c[0], (void *)&name, sizeof(name)));
	CHECK_ERR(connect(c[1], (void *)&name, sizeof(name)), EAGAIN);
	CHECK_EQ(events_of(l, POLLIN, 0), POLLIN);
	a = CHECK_OK(accept(l, NULL, NULL));
	CHECK_OK(connect(c[1], (void *)&name, sizeof(name)));
	CHECK_OK(close(l)); /* the one that was not accepted ends */
	CHECK_EQ(events_of(c[1], POLLIN, 0) & POLLHUP, POLLHUP);
	CHECK_EQ(events_of(c[0], POLLIN, 0), 0);
	CHECK_OK(close(a));
	CHECK_OK(close(c[0]));
	CHECK_OK(close(c[1]));
}

TEST()
{
	fills_up(SOCK_STREAM);
	fills_up(SOCK_DGRAM);
	fills_up(SOCK_SEQPACKET);
	megabytes();
	interruptions();
	backlog();
}
