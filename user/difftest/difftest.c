// SPDX-License-Identifier: MIT
/*
 * difftest.c: the program that runs streams of operations in a guest, be it Vellum or Linux.
 *
 *	difftest SEED [DETAIL [KEEP]]   one stream, on any machine
 *	(as process 1)                  a server: commands of the same form come in on SERVER_LINE
 *
 * DETAIL is 0, 1 or 2 (run.h); KEEP the operations that are run: * (all) or numbers and ranges, as
 * in 0-5,17; with = before it, slot 0 carries out all of them. Each answer ends with a line "done
 * SEED HASH". The server knows one more command, "run PROGRAM": the answer is what that writes.
 *
 * As process 1 it first makes the two kernels' machines alike: on the ext2 disk /dev/vda as its
 * root, with tmpfs at /dev/shm. Debian's Linux starts from an initial RAM disk and has its driver
 * of the disk in modules, which are in MODULES by the names 0, 1, ...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

#define MODULES     "/modules"
#define DISK        "/dev/vda"
#define NEW_ROOT    "/disk"
#define SERVER_LINE "/dev/ttyS1"

static int answers = STDOUT_FILENO;

static void print(const char *text, unsigned length)
{
	while (length > 0) {
		ssize_t part = write(answers, text, length);

		if (part <= 0)
			return;
		text += part;
		length -= part;
	}
}

static void fail(const char *what)
{
	fprintf(stderr, "difftest: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- One command ----------------------------------------------------------------------------- */

static void choose(const char *text, uint8_t *keep)
{
	if (*text == '*') {
		memset(keep, 1, STREAM_OPS);
		return;
	}
	memset(keep, 0, STREAM_OPS);
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < STREAM_OPS; first++)
			keep[first] = 1;
		text = *end == ',' ? end + 1 : end;
	}
}

static void run_command(const char *seed, const char *detail, const char *keep)
{
	static struct op ops[STREAM_OPS];
	static uint8_t kept[STREAM_OPS];
	struct stream stream = { strtoull(seed, NULL, 0), ops, kept };
	char done[80];

	make_stream(stream.seed, ops);
	for (unsigned i = 0; *keep == '=' && i < STREAM_OPS; i++)
		ops[i].slot = 0;
	choose(*keep == '=' ? keep + 1 : keep, kept);
	print(done,
		sprintf(done, "done %s %016lx\n", seed, run_stream(&stream, atoi(detail), print)));
}

static void run_program(char *path)
{
	pid_t child = fork();
	char done[80];
	int status;

	if (child == 0) {
		dup2(answers, STDOUT_FILENO);
		execl(path, path, NULL);
		fail(path);
	}
	waitpid(child, &status, 0);
	print(done, sprintf(done, "\ndone with status %x\n", status));
}

/* ---- Process 1 ------------------------------------------------------------------------------- */

static void load_modules(void)
{
	char path[sizeof(MODULES) + 16];
	int fd;

	for (int i = 0;; i++) {
		sprintf(path, "%s/%d", MODULES, i);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		if (syscall(SYS_finit_module, fd, "", 0) < 0)
			fail(path);
		close(fd);
	}
}

static void wait_for_file(const char *path)
{
	struct timespec moment = { .tv_nsec = 10000000 };
	struct stat st;

	for (int i = 0; i < 3000 && stat(path, &st) < 0; i++)
		nanosleep(&moment, NULL);
}

static void mount_at(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) < 0 && errno != EBUSY)
		fail(where);
}

static void move_to_disk(void)
{
	mount_at("devtmpfs", "/dev");
	load_modules();
	wait_for_file(DISK);
	mkdir(NEW_ROOT, 0755);
	if (mount(DISK, NEW_ROOT, "ext2", 0, NULL) < 0 || chroot(NEW_ROOT) < 0 || chdir("/") < 0)
		fail(DISK);
	mount_at("devtmpfs", "/dev");
}

static void make_machine(void)
{
	struct stat st;

	if (stat(MODULES, &st) == 0)
		move_to_disk();
	mount_at("proc", "/proc");
	if (stat("/dev/null", &st) < 0)
		mount_at("devfs", "/dev");
	mount_at("tmpfs", "/dev/shm");
	chmod("/dev/shm", 01777);
	if (mkdir("/var/tmp", 01777) < 0 && errno != EEXIST)
		fail("/var/tmp");
}

static void open_server_line(void)
{
	struct termios settings;

	answers = open(SERVER_LINE, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (answers < 0 || tcgetattr(answers, &settings) < 0)
		fail(SERVER_LINE);
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL;
	tcsetattr(answers, TCSANOW, &settings);
}

/* A line without its end; false: there is none any more. No stdio: it would use the heap. */
static bool read_command(char *line, unsigned size)
{
	unsigned length = 0;

	while (length < size - 1 && read(answers, line + length, 1) == 1) {
		if (line[length] == '\n') {
			line[length] = '\0';
			return true;
		}
		length++;
	}
	return false;
}

static void serve_commands(void)
{
	static char line[4096];

	open_server_line();
	print("ready\n", 6);
	while (read_command(line, sizeof(line))) {
		char *seed = strtok(line, " "), *detail = strtok(NULL, " ");
		char *keep = strtok(NULL, " ");

		if (seed && detail && strcmp(seed, "run") == 0)
			run_program(detail);
		else if (seed && detail && keep)
			run_command(seed, detail, keep);
	}
	reboot(RB_POWER_OFF);
}

int main(int argc, char **argv)
{
	bool first = getpid() == 1;

	if (first)
		make_machine();
	else if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
		fail("execv");
	}
	if (!run_prepare())
		fail("the address space cannot be made ready");
	if (first) {
		serve_commands();
	} else if (argc < 2) {
		fprintf(stderr, "usage: difftest SEED [DETAIL [KEEP]]\n");
		return 2;
	}
	run_command(argv[1], argc > 2 ? argv[2] : "1", argc > 3 ? argv[3] : "*");
	return 0;
}
