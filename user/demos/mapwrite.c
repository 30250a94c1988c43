// SPDX-License-Identifier: MIT
/*
 * mapwrite.c: write a file by storing to memory, and read it back by read(2).
 *
 *	mapwrite [FILE]
 *
 * What to look at: the file is made long enough by ftruncate, for a mapping cannot make it longer
 * (storing behind its end is SIGBUS). The stores go to the pages of the page cache; read(2) copies
 * from the same pages, so it sees them at once, without msync. msync only says: to the disk, now.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static const char text[] = "These words were stored into memory, and nobody called write(2).\n";

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/tmp/mapwrite.txt";
	char back[sizeof(text)] = "";
	size_t len = sizeof(text) - 1;
	char *p;
	int fd;

	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return fail(name);
	if (ftruncate(fd, len) < 0)
		return fail("ftruncate");
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return fail("mmap");

	memcpy(p, text, len);
	if (read(fd, back, len) != (ssize_t)len)
		return fail("read");
	printf("%s now holds: %s", name, back);

	/* The other way round: write(2), and look at the memory. */
	if (pwrite(fd, "Those", 5, 0) != 5)
		return fail("pwrite");
	printf("and after pwrite the memory reads: %.*s", (int)len, p);

	if (msync(p, len, MS_SYNC) < 0)
		return fail("msync");
	munmap(p, len);
	close(fd);
	return memcmp(back, text, len) == 0 ? 0 : 1;
}
