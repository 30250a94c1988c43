// SPDX-License-Identifier: MIT
/*
 * file_coherence.c: read(2), write(2), a shared and a private mapping, and a second descriptor all
 * show one file: a table of who writes and who reads.
 */
#include "test.h"

static int fd, fd2;
static char *shared, *private;

static void put(int how, size_t at, char value)
{
	if (how == 0)
		CHECK_EQ(pwrite(fd, &value, 1, at), 1);
	else if (how == 1)
		CHECK_EQ(pwrite(fd2, &value, 1, at), 1);
	else
		shared[at] = value;
}

static char get(int how, size_t at)
{
	char value = 0;

	if (how == 0)
		CHECK_EQ(pread(fd, &value, 1, at), 1);
	else if (how == 1)
		CHECK_EQ(pread(fd2, &value, 1, at), 1);
	else
		value = how == 2 ? shared[at] : private[at];
	return value;
}

TEST_IN_DIR()
{
	int rw = PROT_READ | PROT_WRITE;
	size_t at = 100;

	fd = make_file("a", 4 * PAGE);
	fd2 = CHECK_OK(open("a", O_RDWR));
	shared = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_SHARED, fd, 0));
	private = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_PRIVATE, fd, 0));
	for (int writer = 0; writer < 3; writer++)
		for (int reader = 0; reader < 4; reader++, at += 1000) {
			char value = 'A' + writer * 4 + reader;

			put(writer, at, value);
			if (get(reader, at) != value)
				EXPECT_FAILED("writer %d, reader %d, byte %zu", writer, reader, at);
		}
}
