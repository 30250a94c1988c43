#!/bin/bash
# SPDX-License-Identifier: MIT
# A process takes all memory, again and again, while others write files: each time it is the one that is killed, soon,
# although its own text must be read from the disk; the others go on, and the disk is clean.
. "$(dirname "$0")/common.inc"

cat >"$T/greedy.c" <<'END'
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 4
#define ROUNDS  12

static void write_files(int n)
{
	char name[64], buf[8192];

	memset(buf, n, sizeof(buf));
	for (unsigned i = 0;; i++) {
		int fd;

		snprintf(name, sizeof(name), "f%d-%u", n, i % 400);
		fd = open(name, O_CREAT | O_RDWR | (i % 3 ? 0 : O_TRUNC), 0600);
		for (int k = 0; k < 8; k++)
			write(fd, buf, sizeof(buf));
		if (i % 7 == 0)
			fsync(fd);
		close(fd);
		if (i % 5 == 0)
			unlink(name);
	}
}

static void take_all(void)
{
	for (;;) {
		char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED)
			memset(p, 1, 1 << 20);
	}
}

int main(void)
{
	pid_t writers[WRITERS], greedy;
	int status, bad = 0;

	for (int i = 0; i < WRITERS; i++)
		if (!(writers[i] = fork()))
			write_files(i);
	sleep(1);
	for (int i = 0; i < ROUNDS; i++) {
		if (!(greedy = fork()))
			take_all();
		waitpid(greedy, &status, 0);
		bad += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
	}
	for (int i = 0; i < WRITERS; i++) {
		bad += waitpid(writers[i], &status, WNOHANG) != 0;
		kill(writers[i], SIGKILL);
	}
	while (wait(&status) > 0)
		;
	return bad;
}
END
musl-gcc -static -O1 -o "$T/greedy" "$T/greedy.c" || fail "musl-gcc"
make_image fs 64M -b 1024 -N 4000
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && cp /bin/greedy /mnt && cd /mnt && ./greedy && cd / && umount /mnt && echo finished' \
	--add "$T/greedy:/bin/greedy" --mem 33M --smp 4
check_clean fs
