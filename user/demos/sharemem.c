// SPDX-License-Identifier: MIT
/*
 * sharemem.c: a parent and its child talk through memory.
 *
 * What to look at: two pages are mapped before the fork, one MAP_SHARED and one MAP_PRIVATE. The
 * child stores to both. The shared page is one frame in two page tables, so the parent sees the
 * store; the private page is copied at the child's first store (copy-on-write), so the parent does
 * not.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static char *map_page(int how)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		_exit(1);
	}
	return p;
}

int main(void)
{
	char *shared = map_page(MAP_SHARED);
	char *private = map_page(MAP_PRIVATE);
	pid_t child;

	strcpy(shared, "from the parent");
	strcpy(private, "from the parent");
	printf("shared page at %p, private page at %p\n\n", (void *)shared, (void *)private);
	fflush(stdout); /* or the child has the text in its own buffer, and prints it again */

	child = fork();
	if (child < 0) {
		perror("fork");
		return 1;
	}
	if (child == 0) {
		printf("child:  shared \"%s\", private \"%s\"\n", shared, private);
		strcpy(shared, "from the child");
		strcpy(private, "from the child");
		printf("child:  stores, and has shared \"%s\", private \"%s\"\n", shared, private);
		return 0;
	}
	waitpid(child, NULL, 0);
	printf("parent: shared \"%s\", private \"%s\"\n", shared, private);

	return strcmp(shared, "from the child") == 0 && strcmp(private, "from the parent") == 0 ? 0
												: 1;
}
