// SPDX-License-Identifier: MIT
/*
 * efault_vector_places.c: readv and writev of files, pipes and sockets over many small pieces, the
 * bad one anywhere: the count is that of all bytes before it for a file; a pipe moves whole pages
 * of its own; data comes and goes in the order of the pieces.
 */
#include "test.h"

#include <sys/socket.h>

#define NR   40
#define SIZE 301 /* 14 pieces cross the end of the file's page */

static char *memory; /* NR pieces, then memory ends: the last may be made bad */
static char *bad;

static void pieces(struct iovec *v, int bad_one)
{
	for (int i = 0; i < NR; i++)
		v[i] = (struct iovec){ i == bad_one ? bad : memory + i * SIZE, SIZE };
}

/* So many bytes; or if there are none, EFAULT. */
#define CHECK_MOVED(call, bytes)                                                                   \
	do {                                                                                       \
		if (bytes)                                                                         \
			CHECK_EQ(call, bytes);                                                     \
		else                                                                               \
			CHECK_ERR(call, EFAULT);                                                   \
	} while (0)

static void files(int bad_one)
{
	static unsigned char wanted[NR * SIZE], got[NR * SIZE];
	size_t whole = bad_one * SIZE;
	struct iovec v[NR];
	int fd = make_file("a", 0);

	pieces(v, bad_one);
	fill_pattern(memory, 0, NR * SIZE);
	fill_pattern(wanted, 0, NR * SIZE);
	CHECK_MOVED(writev(fd, v, NR), whole);
	CHECK_EQ(lseek(fd, 0, SEEK_END), whole);
	CHECK_EQ(pread(fd, got, sizeof(got), 0), whole);
	CHECK_MEM(got, wanted, whole);
	close(fd);

	fd = make_file("a", NR * SIZE);
	memset(memory, 0, NR * SIZE);
	CHECK_MOVED(readv(fd, v, NR), whole);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), whole);
	CHECK_MEM(memory, wanted, whole);
	CHECK_ALL(memory + whole, 0, NR * SIZE - whole);
	close(fd);
}

static void pipes(int bad_one)
{
	unsigned char got[NR * SIZE], wanted[NR * SIZE];
	size_t whole = (bad_one * SIZE) & -PAGE;
	struct iovec v[NR];
	int fd[2], left;

	CHECK_OK(pipe2(fd, O_NONBLOCK));
	pieces(v, bad_one);
	fill_pattern(memory, 0, NR * SIZE);
	fill_pattern(wanted, 0, NR * SIZE);
	CHECK_MOVED(writev(fd[1], v, NR), whole);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	CHECK_EQ(left, whole);
	if (whole)
		CHECK_EQ(read(fd[0], got, sizeof(got)), whole);
	CHECK_MEM(got, wanted, whole);

	CHECK_EQ(write(fd[1], memory, NR * SIZE), NR * SIZE);
	CHECK_MOVED(readv(fd[0], v, NR), whole);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	CHECK_EQ(left, NR * SIZE - whole);
	close(fd[0]);
	close(fd[1]);
}

static void sockets(int bad_one)
{
	struct iovec v[NR];
	int fd[2], left;

	CHECK_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd));
	pieces(v, bad_one);
	CHECK_ERR(writev(fd[1], v, NR), EFAULT);
	CHECK_EQ(write(fd[1], memory, NR * SIZE), NR * SIZE);
	CHECK_ERR(readv(fd[0], v, NR), EFAULT);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	CHECK_EQ(left, NR * SIZE);
	close(fd[0]);
	close(fd[1]);
}

TEST_IN_DIR()
{
	static const int places[] = { 0, 1, 7, 13, 14, 27, 28, NR - 1 };

	memory = map_anon(4, PROT_READ | PROT_WRITE);
	bad = map_anon(1, PROT_NONE);
	for (size_t i = 0; i < NR_ITEMS(places); i++) {
		files(places[i]);
		pipes(places[i]);
		sockets(places[i]);
	}
	CHECK_OK(munmap(memory, 4 * PAGE));
	CHECK_OK(munmap(bad, PAGE));
}
