// SPDX-License-Identifier: MIT
/*
 * socket_names.c: bind, listen, connect and accept: names in the filesystem and abstract ones, who
 * the peer is, and what is refused.
 */
#include "test.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#define HEAD offsetof(struct sockaddr_un, sun_path)

static socklen_t name_of(struct sockaddr_un *name, const char *text, size_t len)
{
	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	memcpy(name->sun_path, text, len);
	return HEAD + len;
}

/* A connection by name; talks over it, and checks both ends' names and credentials. */
static void connection(const char *text, size_t text_len, size_t told_len)
{
	struct ucred creds;
	struct sockaddr_un name, back;
	socklen_t len = name_of(&name, text, text_len), back_len = sizeof(back);
	int listener = CHECK_OK(socket(AF_UNIX, SOCK_STREAM, 0)), server, client;
	char buf[10];
	pid_t pid;

	CHECK_OK(bind(listener, (void *)&name, len));
	CHECK_ERR(bind(listener, (void *)&name, len), text[0] ? EADDRINUSE : EINVAL);
	client = CHECK_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	CHECK_ERR(bind(client, (void *)&name, len), EADDRINUSE);
	CHECK_ERR(connect(client, (void *)&name, len), ECONNREFUSED);
	CHECK_ERR(accept(listener, NULL, NULL), EINVAL);
	CHECK_OK(listen(listener, 5));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(connect(client, (void *)&name, len));
		CHECK_ERR(connect(client, (void *)&name, len), EISCONN);
		CHECK_EQ(write(client, "ping", 4), 4);
		CHECK_EQ(read(client, buf, 10), 4);
		CHECK_OK(getpeername(client, (void *)&back, &back_len));
		CHECK_EQ(back_len, HEAD + told_len);
		CHECK_MEM(back.sun_path, text, text_len);
		child_done();
	}
	server = CHECK_OK(accept4(listener, (void *)&back, &back_len, SOCK_CLOEXEC));
	CHECK_EQ(back_len, sizeof(sa_family_t)); /* the client has no name */
	CHECK_EQ(fcntl(server, F_GETFD), FD_CLOEXEC);
	back_len = sizeof(creds);
	CHECK_OK(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &creds, &back_len));
	CHECK_EQ(creds.pid, pid);
	CHECK_EQ(creds.uid, geteuid());
	CHECK_EQ(read(server, buf, 10), 4);
	CHECK_EQ(write(server, "pong", 4), 4);
	CHECK_EXITS(pid, 0);
	back_len = sizeof(back);
	CHECK_OK(getsockname(server, (void *)&back, &back_len));
	CHECK_EQ(back_len, HEAD + told_len);
	CHECK_OK(close(server));
	CHECK_OK(close(listener));
	CHECK_ERR(connect(client, (void *)&name, len), ECONNREFUSED);
	CHECK_OK(close(client));
}

static void datagrams(void)
{
	struct sockaddr_un a, b, from;
	socklen_t a_len = name_of(&a, "a", 2), b_len = name_of(&b, "b", 2), len = sizeof(from);
	int one = CHECK_OK(socket(AF_UNIX, SOCK_DGRAM, 0)), two = CHECK_OK(dup(one));
	char buf[10];

	two = CHECK_OK(socket(AF_UNIX, SOCK_DGRAM, 0));
	CHECK_OK(bind(one, (void *)&a, a_len));
	CHECK_OK(bind(two, (void *)&b, b_len));
	CHECK_ERR(send(one, "x", 1, 0), ENOTCONN);
	CHECK_EQ(sendto(one, "hello", 5, 0, (void *)&b, b_len), 5);
	CHECK_EQ(recvfrom(two, buf, 10, 0, (void *)&from, &len), 5);
	CHECK_EQ(len, a_len);
	CHECK_MEM(from.sun_path, "a", 2);
	CHECK_OK(connect(two, (void *)&a, a_len));
	CHECK_EQ(send(two, "back", 4, 0), 4);
	CHECK_EQ(recv(one, buf, 10, 0), 4);
	CHECK_ERR(listen(one, 1), EOPNOTSUPP);
	CHECK_OK(unlink("a"));
	CHECK_ERR(sendto(two, "x", 1, 0, (void *)&a, a_len), ENOENT);
	CHECK_OK(close(one));
	CHECK_OK(close(two));
}

TEST_IN_DIR()
{
	struct sockaddr_un name;
	socklen_t len = name_of(&name, "missing", 8);
	int s = CHECK_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	struct stat st;

	CHECK_ERR(connect(s, (void *)&name, len), ENOENT);
	CHECK_ERR(listen(s, 1), EINVAL);
	CHECK_ERR(bind(s, (void *)&name, 1), EINVAL);
	CHECK_ERR(bind(s, (void *)&name, sizeof(name) + 1), EINVAL);
	CHECK_ERR(write(s, "x", 1), ENOTCONN);
	CHECK_ERR(getpeername(s, (void *)&name, &len), ENOTCONN);
	/* autobind: five digits */
	len = name_of(&name, "", 0);
	CHECK_OK(bind(s, (void *)&name, len));
	len = sizeof(name);
	CHECK_OK(getsockname(s, (void *)&name, &len));
	CHECK_EQ(len, HEAD + 6);
	len = name_of(&name, "another", 8);
	CHECK_ERR(bind(s, (void *)&name, len), EINVAL); /* it has one */
	CHECK_ERR(stat("another", &st), ENOENT);
	CHECK_OK(close(s));

	connection("place", 5, 6); /* the zero byte behind it is counted */
	CHECK_EQ(S_ISSOCK(stat_of("place").st_mode), 1);
	CHECK_ERR(open("place", O_RDWR), ENXIO);
	CHECK_OK(unlink("place"));
	connection("\0vellum test", 12, 12);
	datagrams();

	/* not a socket; the wrong kind */
	CHECK_OK(close(CHECK_OK(open("file", O_CREAT | O_RDWR, 0600))));
	len = name_of(&name, "file", 5);
	s = CHECK_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	CHECK_ERR(connect(s, (void *)&name, len), ECONNREFUSED);
	CHECK_OK(close(s));
}
