// SPDX-License-Identifier: MIT
/*
 * vmmap.c: this program's own address space, line by line, with a word on each.
 *
 * What to look at: every line of /proc/self/maps is one VMA of the kernel: [start, end), the
 * protection (r, w, x, and p for private or s for shared), the offset into the file and the file.
 * Compare the lines with the ELF segments (readelf -l) and see where mmap put the three mappings
 * made here: two that differ in protection only, and a shared one. Between the lines there is
 * nothing: SIGSEGV.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static char *two_pages, *shared_page;

static const char *comment(
	unsigned long start, unsigned long end, const char *perms, const char *path)
{
	unsigned long two = (unsigned long)two_pages;

	if (start <= two && two < end)
		return "mmap: the first of two anonymous pages, readable and writable";
	if (start <= two + PAGE && two + PAGE < end)
		return "its second page, after mprotect(PROT_READ): a VMA of its own";
	if (start <= (unsigned long)shared_page && (unsigned long)shared_page < end)
		return "mmap: a page shared with children, a nameless file in memory";
	if (strncmp(perms, "---", 3) == 0)
		return "no access at all: a guard";
	if (strcmp(path, "[stack]") == 0)
		return "the stack: grows downwards when touched, to its rlimit";
	if (strcmp(path, "[heap]") == 0)
		return "the heap: moved by brk, used by malloc";
	if (path[0] == '[')
		return "made by the kernel";
	if (path[0] != '/')
		return perms[1] == 'w' ? "anonymous: zeros until written (bss, malloc)"
				       : "anonymous";
	if (perms[2] == 'x')
		return "code: read from the program's file when first run";
	return perms[1] == 'w' ? "data: the file's bytes, copied when written"
			       : "constants and headers, read-only";
}

int main(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	if (!maps) {
		perror("/proc/self/maps");
		return 1;
	}
	two_pages =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	shared_page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (two_pages == MAP_FAILED || shared_page == MAP_FAILED ||
		mprotect(two_pages + PAGE, PAGE, PROT_READ) < 0) {
		perror("mmap");
		return 1;
	}
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start, end;
		char perms[5] = "", path[300] = "";

		if (sscanf(line, "%lx-%lx %4s %*x %*s %*u %299[^\n]", &start, &end, perms, path) <
			3)
			continue;
		printf("%s    %lu KiB: %s\n", line, (end - start) / 1024,
			comment(start, end, perms, path));
	}
	fclose(maps);
	return 0;
}
