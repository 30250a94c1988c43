// SPDX-License-Identifier: MIT
/*
 * efault_partial_counts.c: Calls that move bytes through a buffer of which only the first part is
 * there: what was moved is counted and the file stands behind it; a pipe and a socket give or take
 * what fits, or nothing with EFAULT, as Linux's do.
 */
#include "test.h"

#include <sys/socket.h>

#define PART 100

static char *edge; /* memory ends here */

/* Files: exactly what is there. */
static void files(void)
{
	int in = make_file("in", 3 * PAGE), out = make_file("out", 0);
	struct iovec vector[3] = { { edge - 300, 50 }, { edge - PART, 2 * PART },
		{ edge - 200, 10 } };
	unsigned char wanted[300];

	fill_pattern(wanted, 0, 300);
	EXPECT_EQ(read(in, edge - PART, 2 * PART), PART);
	EXPECT_EQ(lseek(in, 0, SEEK_CUR), PART);
	CHECK_MEM(edge - PART, wanted, PART);
	EXPECT_EQ(pread(in, edge - PART, PAGE, 50), PART);
	CHECK_MEM(edge - PART, wanted + 50, PART);
	EXPECT_ERR(read(in, edge, 10), EFAULT);
	EXPECT_EQ(lseek(in, 0, SEEK_CUR), PART);
	EXPECT_EQ(read(in, edge, 0), 0);
	/* At the end of the file nothing is stored, so nothing is wrong. */
	EXPECT_EQ(pread(in, edge, 10, 3 * PAGE), 0);
	EXPECT_EQ(pread(in, edge - 20, 100, 3 * PAGE - 20), 20);

	CHECK_OK(lseek(in, 0, SEEK_SET));
	EXPECT_EQ(readv(in, vector, 3), 50 + PART);
	EXPECT_EQ(lseek(in, 0, SEEK_CUR), 50 + PART);
	EXPECT_EQ(preadv(in, vector + 1, 2, 7), PART);
	CHECK_MEM(edge - PART, wanted + 7, PART);

	fill_pattern(edge - PAGE, 0, PAGE);
	EXPECT_EQ(write(out, edge - PART, 2 * PART), PART);
	EXPECT_EQ(lseek(out, 0, SEEK_CUR), PART);
	EXPECT_EQ(writev(out, vector, 3), 50 + PART);
	EXPECT_EQ(lseek(out, 0, SEEK_END), 50 + 2 * PART);
	EXPECT_ERR(write(out, edge, 10), EFAULT);
	EXPECT_EQ(lseek(out, 0, SEEK_END), 50 + 2 * PART);
	EXPECT_EQ(write(out, edge, 0), 0);
	close(in);
	close(out);
}

/* A pipe moves a buffer of its own at a time, and one that fails is not moved. */
static void pipes(void)
{
	char text[3 * PART];
	int fd[2], left;

	CHECK_OK(pipe(fd));
	EXPECT_EQ(write(fd[1], "0123456789", 10), 10);
	EXPECT_ERR(read(fd[0], edge - 4, 10), EFAULT);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	EXPECT_EQ(left, 10);
	EXPECT_EQ(read(fd[0], text, sizeof(text)), 10);
	CHECK_MEM(text, "0123456789", 10);

	EXPECT_ERR(write(fd[1], edge - 10, 20), EFAULT);
	EXPECT_EQ(write(fd[1], edge - PAGE, PAGE + 20), PAGE);
	EXPECT_EQ(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	EXPECT_EQ(left, PAGE);
	close(fd[0]);
	close(fd[1]);
}

static void sockets(void)
{
	char text[3 * PART];
	int fd[2];

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd));
	EXPECT_ERR(write(fd[1], edge - 10, 20), EFAULT);
	EXPECT_ERR(read(fd[0], text, sizeof(text)), EAGAIN);
	EXPECT_EQ(write(fd[1], "0123456789", 10), 10);
	EXPECT_ERR(recv(fd[0], edge - 4, 10, MSG_PEEK), EFAULT);
	EXPECT_ERR(read(fd[0], edge - 4, 10), EFAULT);
	EXPECT_EQ(read(fd[0], text, sizeof(text)), 10);
	close(fd[0]);
	close(fd[1]);

	CHECK_OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fd));
	EXPECT_ERR(write(fd[1], edge - 10, 20), EFAULT);
	EXPECT_EQ(write(fd[1], "0123456789", 10), 10);
	EXPECT_ERR(read(fd[0], edge - 4, 10), EFAULT);
	/* That message is lost. */
	EXPECT_ERR(read(fd[0], text, sizeof(text)), EAGAIN);
	close(fd[0]);
	close(fd[1]);
}

static void devices(void)
{
	int zero = CHECK_OK(open("/dev/zero", O_RDWR)),
	    null = CHECK_OK(open("/dev/null", O_WRONLY));
	int random = CHECK_OK(open("/dev/urandom", O_RDONLY));

	memset(edge - PART, 1, PART);
	EXPECT_EQ(read(zero, edge - PART, 2 * PART), PART);
	CHECK_ALL(edge - PART, 0, PART);
	EXPECT_ERR(read(zero, edge, 1), EFAULT);
	EXPECT_EQ(read(random, edge - PART, 2 * PART), PART);
	EXPECT_ERR(read(random, edge, 1), EFAULT);
	/* Nobody looks. */
	EXPECT_EQ(write(null, edge, 100), 100);
	EXPECT_EQ(write(zero, edge, 100), 100);
	close(zero);
	close(null);
	close(random);
}

static void paths(void)
{
	char cwd[PATH_MAX];
	size_t length;

	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	length = strlen(cwd) + 1;
	EXPECT_EQ(syscall(SYS_getcwd, edge - length, PATH_MAX), (long)length);
	EXPECT_ERR(syscall(SYS_getcwd, edge - length + 1, PATH_MAX), EFAULT);
	EXPECT_ERR(syscall(SYS_getcwd, edge - length + 1, length - 1), ERANGE);
	CHECK_OK(symlink("0123456789", "link"));
	EXPECT_EQ(syscall(SYS_readlink, "link", edge - 10, 100), 10);
	EXPECT_ERR(syscall(SYS_readlink, "link", edge - 9, 100), EFAULT);
}

/* An entry that does not fit stays for the next call. */
static void directory(void)
{
	char text[PAGE], name[20];
	long all, part, rest;
	int fd;

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "entry%d", i);
		close(make_file(name, 0));
	}
	fd = CHECK_OK(open(".", O_RDONLY | O_DIRECTORY));
	all = CHECK_OK(syscall(SYS_getdents64, fd, text, sizeof(text)));
	CHECK_OK(lseek(fd, 0, SEEK_SET));
	part = syscall(SYS_getdents64, fd, edge - 200, PAGE);
	CHECK(part > 0 && part <= 200);
	rest = CHECK_OK(syscall(SYS_getdents64, fd, text, sizeof(text)));
	EXPECT_EQ(part + rest, all);
	CHECK_OK(lseek(fd, 0, SEEK_SET));
	EXPECT_ERR(syscall(SYS_getdents64, fd, edge - 10, PAGE), EFAULT);
	close(fd);
}

TEST_IN_DIR()
{
	edge = map_anon(2, PROT_READ | PROT_WRITE) + PAGE;
	CHECK_OK(munmap(edge, PAGE));
	memset(edge - PAGE, 0, PAGE);
	files();
	pipes();
	sockets();
	devices();
	paths();
	directory();
	CHECK_OK(munmap(edge - PAGE, PAGE));
}
