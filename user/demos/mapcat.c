// SPDX-License-Identifier: MIT
/*
 * mapcat.c: print files as cat does, but by mmap: the file becomes memory, and one write(2) of that
 * memory prints it.
 *
 *	mapcat FILE...
 *
 * What to look at: there is no read(2) and no buffer. The file's bytes are in the kernel's page
 * cache; mmap makes those very pages a part of this program's address space, and each page is only
 * fetched when write(2) touches it. An empty file cannot be mapped (EINVAL), and a pipe has no
 * pages (ENODEV).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t written = write(STDOUT_FILENO, p, len);

		if (written < 0)
			return -1;
		p += written;
		len -= written;
	}
	return 0;
}

static int map_and_print(int fd)
{
	struct stat st;
	char *p;
	int result;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size == 0 && S_ISREG(st.st_mode))
		return 0;
	p = mmap(NULL, st.st_size ? st.st_size : 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	result = write_all(p, st.st_size);
	munmap(p, st.st_size);
	return result;
}

int main(int argc, char **argv)
{
	int failures = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: mapcat FILE...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0 || map_and_print(fd) < 0) {
			fprintf(stderr, "mapcat: %s: %s\n", argv[i], strerror(errno));
			failures++;
		}
		if (fd >= 0)
			close(fd);
	}
	return failures ? 1 : 0;
}
