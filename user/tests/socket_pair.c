// SPDX-License-Identifier: MIT
/*
 * socket_pair.c: socketpair(2) of each type: streams join what was sent, datagrams and packets keep
 * their bounds; the end of one side is seen by the other; readv and writev go as one.
 */
#include "test.h"
#include <sys/socket.h>

static void streams(void)
{
	struct iovec iov[2] = { { (void *)"one", 3 }, { (void *)"two", 3 } };
	struct stat st;
	char buf[100];
	int s[2], n;

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	CHECK_OK(fstat(s[0], &st));
	CHECK_EQ(S_ISSOCK(st.st_mode), 1);
	CHECK_ERR(lseek(s[0], 0, SEEK_CUR), ESPIPE);
	CHECK_EQ(write(s[0], "hello ", 6), 6);
	CHECK_EQ(write(s[0], "world", 5), 5);
	CHECK_OK(ioctl(s[1], FIONREAD, &n));
	CHECK_EQ(n, 11);
	CHECK_EQ(recv(s[1], buf, 8, MSG_PEEK), 8);
	CHECK_MEM(buf, "hello wo", 8);
	CHECK_EQ(read(s[1], buf, 3), 3);
	CHECK_EQ(read(s[1], buf, sizeof(buf)), 8);
	CHECK_MEM(buf, "lo world", 8);
	CHECK_EQ(writev(s[1], iov, 2), 6);
	CHECK_EQ(read(s[0], buf, sizeof(buf)), 6);
	CHECK_MEM(buf, "onetwo", 6);
	CHECK_ERR(recv(s[0], buf, 1, MSG_DONTWAIT), EAGAIN);

	/* half closed */
	CHECK_EQ(write(s[0], "last", 4), 4);
	CHECK_OK(shutdown(s[0], SHUT_WR));
	CHECK_EQ(recv(s[1], buf, sizeof(buf), MSG_WAITALL), 4);
	CHECK_EQ(read(s[1], buf, sizeof(buf)), 0);
	CHECK_EQ(write(s[1], "back", 4), 4);
	CHECK_EQ(read(s[0], buf, sizeof(buf)), 4);
	CHECK_ERR(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);

	/* closed, with something unread: the other side is reset */
	CHECK_EQ(write(s[1], "unread", 6), 6);
	CHECK_OK(close(s[0]));
	CHECK_ERR(read(s[1], buf, 1), ECONNRESET);
	CHECK_EQ(read(s[1], buf, 1), 0);
	CHECK_ERR(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	CHECK_OK(close(s[1]));
}

static void packets(int type)
{
	char buf[100];
	int s[2];

	CHECK_OK(socketpair(AF_UNIX, type, 0, s));
	CHECK_EQ(send(s[0], "first", 5, 0), 5);
	CHECK_EQ(send(s[0], "", 0, 0), 0);
	CHECK_EQ(send(s[0], "third", 5, 0), 5);
	CHECK_EQ(recv(s[1], buf, 3, MSG_PEEK | MSG_TRUNC), 5);
	CHECK_EQ(recv(s[1], buf, 3, 0), 3); /* the rest of it is lost */
	CHECK_EQ(recv(s[1], buf, sizeof(buf), 0), 0);
	CHECK_EQ(recv(s[1], buf, sizeof(buf), 0), 5);
	CHECK_MEM(buf, "third", 5);
	CHECK_ERR(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
	CHECK_OK(close(s[0]));
	if (type == SOCK_SEQPACKET) {
		CHECK_EQ(recv(s[1], buf, 1, 0), 0);
		CHECK_ERR(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	} else {
		CHECK_ERR(send(s[1], "x", 1, 0), ECONNREFUSED);
	}
	CHECK_OK(close(s[1]));
}

TEST()
{
	int s[2];

	streams();
	packets(SOCK_DGRAM);
	packets(SOCK_SEQPACKET);

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
	CHECK_EQ(fcntl(s[0], F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(s[1], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	CHECK_ERR(socketpair(AF_UNIX, SOCK_STREAM, 99, s), EPROTONOSUPPORT);
	CHECK_ERR(socketpair(AF_UNIX, 7, 0, s), ESOCKTNOSUPPORT);
	CHECK_ERR(socketpair(12345, SOCK_STREAM, 0, s), EAFNOSUPPORT);
	CHECK_ERR(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 8L), EFAULT);
	CHECK_ERR(send(0, "x", 1, 0), ENOTSOCK);
	CHECK_ERR(send(999, "x", 1, 0), EBADF);
}
