#!/bin/bash
# SPDX-License-Identifier: MIT
# Names come and go in a large directory while another process takes nearly all memory again and again: no call fails,
# nothing is lost, and the disk is clean.
. "$(dirname "$0")/common.inc"

cat >"$T/names.c" <<'END'
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES 20000

static char there[NAMES];

static void take_memory(void)
{
	for (size_t mib = 4;; mib = mib == 22 ? 4 : mib + 6) {
		char *p = mmap(0, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED) {
			memset(p, 1, mib << 20);
			usleep(20000);
			munmap(p, mib << 20);
		}
	}
}

static int change(const char *name, char *is_there, int how)
{
	struct stat st;
	int fd;

	if (how == 0)
		return (stat(name, &st) == 0) == *is_there;
	if (how == 1) {
		fd = unlink(name);
		how = *is_there;
		*is_there = 0;
		return (fd == 0) == how;
	}
	fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
	how = *is_there;
	*is_there = 1;
	return (fd < 0 ? -1 : close(fd)) == -how;
}

int main(void)
{
	pid_t hog = fork();
	char name[100];

	if (hog == 0)
		take_memory();
	for (int i = 0; i < 100000; i++) {
		int k = (unsigned)i * 2654435761u % NAMES;

		snprintf(name, sizeof(name), "name-%d-%0*d", k, k % 60 + 1, 1);
		if (!change(name, &there[k], (unsigned)i * 40503u / 64 % 4)) {
			perror(name);
			kill(hog, SIGKILL);
			return 1;
		}
	}
	kill(hog, SIGKILL);
	return 0;
}
END
musl-gcc -static -O1 -o "$T/names" "$T/names.c" || fail "musl-gcc"
make_image fs 64M -b 1024 -N 30000
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && mkdir /mnt/d && cd /mnt/d && names && cd / && umount /mnt && echo finished' \
	--add "$T/names:/bin/names" --mem 33M
check_clean fs
