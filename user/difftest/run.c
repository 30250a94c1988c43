// SPDX-License-Identifier: MIT
/*
 * run.c: runs a stream of operations in several processes and threads (turns.h), and hashes the
 * lines of all that came of them (log.h).
 *
 * No C library is asked for anything while a stream runs: its errno would be shared by our threads,
 * and its memory would lie in the heap that the operations change. What we use ourselves is in the
 * program's own pages, on its stack, and above TOP, where no operation comes.
 *
 * Pieces of it go into printed programs (tools/difftest-helpers.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include "log.h"
#include "maps.h"
#include "run.h"
#include "state.h"
#include "syscalls.h"
#include "touch.h"
#include "turns.h"

#define HANG_SECONDS 40

#define TMPFS_NAME "/dev/shm/difftest"
#define EXT2_NAME  "/var/tmp/difftest"

/* ---- A stream -------------------------------------------------------------------------------- */

/*@ make_file @*/
static int make_file(const char *name, unsigned seed)
{
	static unsigned char block[5 * PAGE + 123];
	int file = SYS(open, name, O_RDWR | O_CREAT | O_TRUNC, 0666);

	for (unsigned i = 0; i < sizeof(block); i++)
		block[i] = i * 7 + (i >> 8) * 13 + seed;
	SYS(write, file, block, sizeof(block));
	return file;
}

/*@ make_pipe @*/
/* Its reading end; nobody can write to it. */
static int make_pipe(void)
{
	int ends[2];

	SYS(pipe2, ends, 0);
	SYS(close, ends[1]);
	return ends[0];
}

/*@ @*/
static void open_files(void)
{
	files[FILE_NONE] = -1;
	files[FILE_TMPFS] = make_file(TMPFS_NAME, 1);
	files[FILE_EXT2] = make_file(EXT2_NAME, 2);
	files[FILE_MEMFD] = SYS(memfd_create, "sealed", MFD_ALLOW_SEALING);
	SYS(ftruncate, files[FILE_MEMFD], 4 * PAGE);
	files[FILE_TMPFS_READ] = SYS(open, TMPFS_NAME, O_RDONLY);
	files[FILE_EXT2_READ] = SYS(open, EXT2_NAME, O_RDONLY);
	files[FILE_TMPFS_WRITE] = SYS(open, TMPFS_NAME, O_WRONLY);
	files[FILE_ZERO] = SYS(open, "/dev/zero", O_RDWR);
	files[FILE_PIPE] = make_pipe();
	files[FILE_FOLDER] = SYS(open, "/dev/shm", O_RDONLY | O_DIRECTORY);
	/* Unlinked while it is mapped. */
	SYS(unlink, EXT2_NAME);
	open_maps();
}

/*@ drop_privilege limit_room @*/
static void set_limit(int resource, uint64_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	SYS(prlimit64, 0, resource, &limit, NULL);
}

/*@ drop_privilege @*/
static void drop_privilege(void)
{
	set_limit(RLIMIT_MEMLOCK, OP_MEMLOCK_BYTES);
	SYS(setresuid, OP_USER_ID, OP_USER_ID, OP_USER_ID);
}

/*@ limit_room @*/
/* A line of /proc/self/status with a number of kB, in bytes. */
static uint64_t status_bytes(const char *name)
{
	static char text[4096];
	uint64_t kb = 0;
	long length, fd = SYS(open, "/proc/self/status", O_RDONLY);
	const char *at;

	length = SYS(read, fd, text, sizeof(text) - 1);
	SYS(close, fd);
	text[length > 0 ? length : 0] = '\0';
	at = strstr(text, name);
	if (!at)
		return 0;
	for (at += strlen(name); *at == ' ' || *at == '\t'; at++)
		;
	for (; *at >= '0' && *at <= '9'; at++)
		kb = kb * 10 + *at - '0';
	return kb << 10;
}

/* What the kernel put there itself, and how much, is not the same everywhere. VmData counts the
 * pages of RLIMIT_DATA, without stacks. */
static void limit_room(void)
{
	set_limit(RLIMIT_AS, status_bytes("VmSize:") + 4 * OP_ROOM_BYTES);
	set_limit(RLIMIT_DATA, status_bytes("VmData:") + OP_ROOM_BYTES);
	set_limit(RLIMIT_STACK, OP_STACK_BYTES);
}

/*@ @*/
/* The first process of the stream. */
static void run_first(void)
{
	SYS(setpgid, 0, 0);
	catch_faults();
	open_files();
	if (!stream_is_privileged(stream->seed))
		drop_privilege();
	if (stream_is_limited(stream->seed))
		limit_room();
	for (unsigned i = 0; i < NR_RESULTS; i++)
		results[i] = FIRST_RESULT(i);
	control->process[0] = SYS(getpid);
	serve(0);
	SYS(exit_group, 0);
}

static void note_death(int process, int status)
{
	put("process of slot ");
	for (unsigned i = 0; i < NR_SLOTS; i++) {
		if (control->process[i] != process)
			continue;
		put_decimal(i);
		put(" ");
		control->process[i] = 0;
	}
	put("ended with status ");
	put_hex(status);
	end_line();
}

static volatile sig_atomic_t out_of_time;

static void on_alarm(int signo)
{
	(void)signo;
	out_of_time = 1;
}

/* Waits for all processes of the stream; first is the leader of their group. */
static void wait_for_all(int first)
{
	struct sigaction action = { .sa_handler = on_alarm };
	long process;
	int status;

	out_of_time = 0;
	sigaction(SIGALRM, &action, NULL);
	SYS(alarm, HANG_SECONDS);
	while ((process = SYS(wait4, -1, &status, 0, NULL)) != -ECHILD) {
		if (process < 0 && out_of_time) {
			put("hangs in operation ");
			put_decimal(control->turn);
			end_line();
			SYS(kill, -first, SIGKILL);
			out_of_time = 0;
		}
		if (process <= 0)
			continue;
		if (status != 0) {
			note_death(process, status);
			pass_turn(next_turn(control->turn));
		} else if (control->turn_after_exit) {
			uint32_t turn = control->turn_after_exit;

			control->turn_after_exit = 0;
			pass_turn(turn);
		}
	}
	SYS(alarm, 0);
}

uint64_t run_stream(
	const struct stream *s, enum run_detail detail, void (*print)(const char *, unsigned))
{
	long first;

	stream = s;
	memset(control, 0, offsetof(struct shared, log));
	control->detail = detail;
	control->hash = 0xcbf29ce484222325ull;
	control->turn = -1u;
	control->process[0] = 1;
	control->turn = next_turn(-1u);
	first = SYS(clone, SIGCHLD);
	if (first == 0)
		run_first();
	wait_for_all(first);
	if (control->log_length)
		print(control->log, control->log_length);
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		if (!control->passed_over[i])
			continue;
		put("passed over ");
		put_decimal(i);
		put("\n");
		print_line(print);
	}
	return control->hash;
}

/* ---- Before the first stream ----------------------------------------------------------------- */

/*@ fill_above_top @*/
/*
 * Kernels differ in what they put below the stack. We fill all that is free above TOP, so that both
 * place the first mapping of a stream right below it. Shared memory never becomes one with a
 * neighbour.
 */
static bool fill_above_top(void)
{
	uint64_t free_end = SYS(mmap, 0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long filled;

	if (free_end > -4096ul || free_end < TOP)
		return false;
	free_end += PAGE;
	filled = SYS(mmap, TOP, free_end - TOP, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	return filled == (long)TOP;
}

/*@ @*/
int run_prepare(void)
{
	return SYS(brk, HEAP) == HEAP && fill_above_top() &&
	       SYS(mmap, CONTROL, sizeof(struct shared), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (long)CONTROL;
}
