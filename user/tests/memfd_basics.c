// SPDX-License-Identifier: MIT
/*
 * memfd_basics.c: memfd_create: an empty file in memory, open for both, that is read, written,
 * truncated and mapped as any other; its name is in /proc/self/fd; MFD_CLOEXEC.
 */
#include "test.h"

TEST()
{
	int fd = CHECK_OK(memfd_create("some name", 0)), again;
	char text[100], link[40];
	struct map_line line;
	struct stat st;
	char *p;

	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, 0);
	CHECK(S_ISREG(st.st_mode));
	CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	sprintf(link, "/proc/self/fd/%d", fd);
	text[CHECK_OK(readlink(link, text, sizeof(text) - 1))] = '\0';
	CHECK_STR(text, "/memfd:some name (deleted)");

	CHECK_OK(ftruncate(fd, 2 * PAGE));
	p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_ALL(p, 0, 2 * PAGE);
	strcpy(p + PAGE, "stored");
	CHECK_EQ(pread(fd, text, 7, PAGE), 7);
	CHECK_STR(text, "stored");
	CHECK_EQ(pwrite(fd, "W", 1, PAGE), 1);
	CHECK_STR(p + PAGE, "Wtored");
	CHECK(map_of(p, &line));
	CHECK_STR(line.path, "/memfd:some name (deleted)");

	/* It has no name but that one: it can be opened again by it. */
	again = CHECK_OK(open(link, O_RDONLY));
	CHECK_EQ(pread(again, text, 7, PAGE), 7);
	CHECK_STR(text, "Wtored");
	CHECK_OK(close(fd));
	CHECK_STR(p + PAGE, "Wtored");

	CHECK_EQ(fcntl(CHECK_OK(memfd_create("", MFD_CLOEXEC)), F_GETFD), FD_CLOEXEC);
}
