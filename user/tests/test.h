// SPDX-License-Identifier: MIT
/*
 * test.h: all that a guest test needs, in one header.
 *
 * A test is one file about one behaviour:
 *
 *	#include "test.h"
 *
 *	TEST()                     or TEST_IN_DIR(), when it needs files
 *	{
 *		CHECK_EQ(getppid() > 0, 1);
 *	}
 *
 * How it runs. main() forks; the child runs the body as the leader of a process group of its own,
 * the parent waits, kills what is left of that group, tidies up and judges. Exit status: 0 passed,
 * 1 failed, 77 skipped (the reason is printed). Nothing is printed by a test that passes.
 *
 * TEST_IN_DIR() runs the body once on every filesystem: for each directory of $TESTDIR (default
 * /tmp:/var/tmp:/dev/shm; directories that are missing or on a filesystem already seen are passed
 * over) with the current directory set to a fresh, empty one, which is removed afterwards. $TMPDIR,
 * if set, stands before the default list. So a body names its files simply "a" or "b".
 *
 * The same binary must pass on Linux: it is the referee. There it may be run as root or not; a test
 * that needs root calls need_root("why").
 *
 * Leaks. On Vellum only, what memory is used for is the same before and after, to the page and the
 * object: private pages, shared memory, page tables, kernel stacks, objects of each slab cache, and
 * what is none of these; of the page cache, whose pages are given up before each look, the kernel
 * itself says (with mmcheck) whether one is held by nobody. A first run may fill what is made once,
 * so a loss makes it run the body a second time: a leak leaks again.
 *
 * CHECK... stops the test at the first failure; EXPECT... notes the failure and goes on (for
 * tables).
 */
#ifndef TEST_H
#define TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <grp.h>

#define PAGE         4096UL
#define EXIT_SKIP    77
#define TEST_SECONDS 100 /* for one run of the body, also on a slow emulator */

/* The uid and gid of "somebody else" in the tests about permissions. */
#define OTHER_UID 1234
#define OTHER_GID 4321

#define TEST_HELPER_FN  static __attribute__((unused))
#define NR_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Reporting ------------------------------------------------------------------------------- */

static int test_failures;
static const char *test_place = ""; /* the directory under test, for messages */

TEST_HELPER_FN __attribute__((format(printf, 3, 4))) void test_note(
	const char *file, int line, const char *format, ...)
{
	char text[1024];
	const char *slash = strrchr(file, '/');
	int length = snprintf(text, sizeof(text), "%s:%d: ", slash ? slash + 1 : file, line);
	va_list args;

	va_start(args, format);
	length += vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
	if (length > (int)sizeof(text) - 64)
		length = sizeof(text) - 64;
	if (test_place[0])
		length += snprintf(text + length, sizeof(text) - length, " (in %.40s)", test_place);
	text[length++] = '\n';
	if (write(STDERR_FILENO, text, length) < 0)
		_exit(1);
	test_failures++;
}

#define EXPECT_FAILED(...) test_note(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK_FAILED(...)                                                                          \
	do {                                                                                       \
		EXPECT_FAILED(__VA_ARGS__);                                                        \
		_exit(1);                                                                          \
	} while (0)

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			CHECK_FAILED("expected: %s (errno now: %s)", #condition, strerror(errno)); \
	} while (0)

#define TEST_COMPARE_(failed, got, wanted)                                                         \
	do {                                                                                       \
		long long got_ = (long long)(got), wanted_ = (long long)(wanted);                  \
		if (got_ != wanted_)                                                               \
			failed("%s: got %lld (%#llx), expected %lld (%#llx) = %s", #got, got_,     \
				got_, wanted_, wanted_, #wanted);                                  \
	} while (0)
#define CHECK_EQ(got, wanted)  TEST_COMPARE_(CHECK_FAILED, got, wanted)
#define EXPECT_EQ(got, wanted) TEST_COMPARE_(EXPECT_FAILED, got, wanted)

/* The call succeeds (anything but -1); the value is its result, pointers included. */
#define CHECK_OK(call)                                                                             \
	({                                                                                         \
		__typeof__(call) result_ = (call);                                                 \
		if ((long)result_ == -1)                                                           \
			CHECK_FAILED(                                                              \
				"%s: failed with %s, expected success", #call, strerror(errno));   \
		result_;                                                                           \
	})

/* The call fails with this errno. */
#define TEST_FAILS_(failed, call, error)                                                           \
	do {                                                                                       \
		errno = 0;                                                                         \
		long result_ = (long)(call);                                                       \
		int errno_ = errno;                                                                \
		if (result_ != -1)                                                                 \
			failed("%s: got %ld, expected the error %s", #call, result_, #error);      \
		else if (errno_ != (error))                                                        \
			failed("%s: got the error \"%s\", expected %s \"%s\"", #call,              \
				strerror(errno_), #error, strerror(error));                        \
	} while (0)
#define CHECK_ERR(call, error)  TEST_FAILS_(CHECK_FAILED, call, error)
#define EXPECT_ERR(call, error) TEST_FAILS_(EXPECT_FAILED, call, error)

#define CHECK_STR(got, wanted)                                                                     \
	do {                                                                                       \
		const char *got_ = (got), *wanted_ = (wanted);                                     \
		if (strcmp(got_, wanted_) != 0)                                                    \
			CHECK_FAILED(                                                              \
				"%s: got \"%.200s\", expected \"%.200s\"", #got, got_, wanted_);   \
	} while (0)

/* The len bytes at got are the same as those at wanted. */
#define CHECK_MEM(got, wanted, len)                                                                \
	do {                                                                                       \
		size_t at_ = test_first_difference(got, wanted, len);                              \
		if (at_ != (size_t)(len))                                                          \
			CHECK_FAILED("%s differs from %s at byte %zu: got %#x, expected %#x",      \
				#got, #wanted, at_, ((const unsigned char *)(got))[at_],           \
				((const unsigned char *)(wanted))[at_]);                           \
	} while (0)

/* Every one of the len bytes at got is value. */
#define CHECK_ALL(got, value, len)                                                                 \
	do {                                                                                       \
		const unsigned char *at_ = test_first_other(got, value, len);                      \
		if (at_)                                                                           \
			CHECK_FAILED("%s: byte %zu is %#x, expected %#x", #got,                    \
				(size_t)(at_ - (const unsigned char *)(got)), *at_,                \
				(unsigned char)(value));                                           \
	} while (0)

TEST_HELPER_FN size_t test_first_difference(const void *a, const void *b, size_t len)
{
	const unsigned char *left = a, *right = b;
	size_t i = 0;

	if (memcmp(a, b, len) == 0)
		return len;
	while (left[i] == right[i])
		i++;
	return i;
}

TEST_HELPER_FN const unsigned char *test_first_other(const void *p, int value, size_t len)
{
	const unsigned char *byte = p;

	for (size_t i = 0; i < len; i++)
		if (byte[i] != (unsigned char)value)
			return byte + i;
	return NULL;
}

TEST_HELPER_FN __attribute__((noreturn, format(printf, 1, 2))) void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("skip: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
	_exit(EXIT_SKIP);
}

/* Ends the test as skipped when it is not run by root; why: what root is needed for. */
TEST_HELPER_FN void need_root(const char *why)
{
	if (geteuid() != 0)
		skip("needs root: %s", why);
}

TEST_HELPER_FN bool on_vellum(void)
{
	struct utsname name;

	if (uname(&name) < 0)
		return false;
	return strcasestr(name.sysname, "vellum") || strcasestr(name.release, "vellum") ||
	       strcasestr(name.version, "vellum");
}

/* ---- Children -------------------------------------------------------------------------------- */

/* fork() that cannot fail. The child ends with child_done(). */
TEST_HELPER_FN pid_t fork_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		CHECK_FAILED("fork: %s", strerror(errno));
	if (pid == 0)
		test_failures = 0;
	return pid;
}

TEST_HELPER_FN __attribute__((noreturn)) void child_done(void)
{
	_exit(test_failures ? 1 : 0);
}

TEST_HELPER_FN const char *test_status_text(int status, char *text, size_t size)
{
	if (WIFEXITED(status))
		snprintf(text, size, "exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(text, size, "killed by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		snprintf(text, size, "wait status %#x", status);
	return text;
}

TEST_HELPER_FN int wait_child(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			CHECK_FAILED("waitpid(%d): %s", pid, strerror(errno));
	return status;
}

#define TEST_STATUS_(pid, wanted_status, wanted_text)                                              \
	do {                                                                                       \
		char text_[80];                                                                    \
		int status_ = wait_child(pid);                                                     \
		if (status_ != (wanted_status))                                                    \
			CHECK_FAILED("child: %s, expected " wanted_text,                           \
				test_status_text(status_, text_, sizeof(text_)),                   \
				(wanted_status) > 255 ? (wanted_status) >> 8 : (wanted_status));   \
	} while (0)

/* The child exits with this code; is killed by this signal. */
#define CHECK_EXITS(pid, code)   TEST_STATUS_(pid, (code) << 8, "exit status %d")
#define CHECK_KILLED(pid, signo) TEST_STATUS_(pid, (signo), "death by signal %d")

/* The statement, run in a child, is killed by the signal (or exits 1 if it survives). */
#define CHECK_KILLS(signo, statement)                                                              \
	do {                                                                                       \
		pid_t pid_ = fork_child();                                                         \
		if (pid_ == 0) {                                                                   \
			statement;                                                                 \
			_exit(1);                                                                  \
		}                                                                                  \
		CHECK_KILLED(pid_, signo);                                                         \
	} while (0)

/* The checks run in a child, which has to pass them. */
TEST_HELPER_FN void in_child(void (*checks)(void))
{
	pid_t pid = fork_child();

	if (pid == 0) {
		checks();
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

/* Becomes an ordinary user; call in a child, after need_root(). */
TEST_HELPER_FN void become_other(void)
{
	CHECK_OK(setgroups(0, NULL));
	CHECK_OK(setgid(OTHER_GID));
	CHECK_OK(setuid(OTHER_UID));
}

/* The program under test, for tests that execute themselves; see TEST_HELPER(). */
TEST_HELPER_FN const char *test_self(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length < 0)
		CHECK_FAILED("readlink /proc/self/exe: %s", strerror(errno));
	path[length] = '\0';
	return path;
}

/*
 * A step that one process waits for and another one gives: a pipe with one byte for each give. It
 * is made before the fork.
 */
struct gate {
	int fd[2];
};

TEST_HELPER_FN struct gate gate_make(void)
{
	struct gate gate;

	CHECK_OK(pipe(gate.fd));
	return gate;
}

TEST_HELPER_FN void gate_give(struct gate gate)
{
	CHECK_EQ(write(gate.fd[1], "x", 1), 1);
}

TEST_HELPER_FN void gate_wait(struct gate gate)
{
	char byte;
	ssize_t got;

	do
		got = read(gate.fd[0], &byte, 1);
	while (got < 0 && errno == EINTR);
	CHECK_EQ(got, 1);
}

TEST_HELPER_FN void sleep_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

TEST_HELPER_FN long long now_ns(clockid_t clock)
{
	struct timespec time;

	CHECK_OK(clock_gettime(clock, &time));
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Waits until the condition holds; fails after ten seconds. For what has no event to wait for. */
#define WAIT_UNTIL(condition)                                                                      \
	do {                                                                                       \
		long long end_ = now_ns(CLOCK_MONOTONIC) + 10000000000LL;                          \
		while (!(condition)) {                                                             \
			if (now_ns(CLOCK_MONOTONIC) > end_)                                        \
				CHECK_FAILED("did not come true: %s", #condition);                 \
			sleep_ms(1);                                                               \
		}                                                                                  \
	} while (0)

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Private anonymous pages; shared anonymous pages (with children forked later). */
TEST_HELPER_FN char *map_anon(size_t nr_pages, int prot)
{
	char *p = mmap(NULL, nr_pages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		CHECK_FAILED("mmap of %zu anonymous pages: %s", nr_pages, strerror(errno));
	return p;
}

TEST_HELPER_FN void *map_shared(size_t nr_pages)
{
	void *p = mmap(
		NULL, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		CHECK_FAILED("mmap of %zu shared pages: %s", nr_pages, strerror(errno));
	return p;
}

/* Touching memory that may not be there. */
enum touch_how {
	TOUCH_READ,
	TOUCH_WRITE,
	TOUCH_EXEC
};

struct fault {
	int signo; /* 0: nothing happened */
	int code;
	uintptr_t addr;
};

static sigjmp_buf test_fault_return;
static volatile struct fault test_fault;

TEST_HELPER_FN void test_fault_handler(int signo, siginfo_t *info, void *context)
{
	(void)context;
	test_fault.signo = signo;
	test_fault.code = info->si_code;
	test_fault.addr = (uintptr_t)info->si_addr;
	siglongjmp(test_fault_return, 1);
}

/*
 * Reads a byte, writes a byte (the value stays as it was, if it can be read), or calls the function
 * at addr; gives the signal that came of it.
 */
TEST_HELPER_FN __attribute__((noinline)) struct fault touch(enum touch_how how, const void *addr)
{
	struct sigaction action = { .sa_sigaction = test_fault_handler, .sa_flags = SA_SIGINFO };
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL };
	struct sigaction old[NR_ITEMS(signals)];

	for (size_t i = 0; i < NR_ITEMS(signals); i++)
		CHECK_OK(sigaction(signals[i], &action, &old[i]));
	test_fault.signo = 0;
	test_fault.code = 0;
	test_fault.addr = 0;
	if (sigsetjmp(test_fault_return, 1) == 0) {
		if (how == TOUCH_READ)
			__asm__ volatile("movb (%0), %%al" : : "r"(addr) : "rax", "memory");
		else if (how == TOUCH_WRITE)
			__asm__ volatile("lock; orb $0, (%0)" : : "r"(addr) : "memory");
		else
			((void (*)(void))addr)();
	}
	for (size_t i = 0; i < NR_ITEMS(signals); i++)
		CHECK_OK(sigaction(signals[i], &old[i], NULL));
	return (struct fault){ test_fault.signo, test_fault.code, test_fault.addr };
}

#define TEST_TOUCH_(failed, how, address, wanted_signo, wanted_code, wanted_addr)                  \
	do {                                                                                       \
		struct fault f_ = touch(how, (const void *)(address));                             \
		if (f_.signo != (wanted_signo) || f_.code != (wanted_code) ||                      \
			f_.addr != (uintptr_t)(wanted_addr))                                       \
			failed("%s at %s = %#lx: got signal %d code %d address %#lx, "             \
			       "expected signal %d code %d address %#lx",                          \
				#how, #address, (unsigned long)(address), f_.signo, f_.code,       \
				(unsigned long)f_.addr, wanted_signo, wanted_code,                 \
				(unsigned long)(wanted_addr));                                     \
	} while (0)

/* The access works; or brings the signal, with its code, and si_addr is the address. */
#define CHECK_CAN(how, address) TEST_TOUCH_(CHECK_FAILED, how, address, 0, 0, 0)
#define CHECK_FAULT(how, address, signo, code)                                                     \
	TEST_TOUCH_(CHECK_FAILED, how, address, signo, code, address)
#define EXPECT_CAN(how, address) TEST_TOUCH_(EXPECT_FAILED, how, address, 0, 0, 0)
#define EXPECT_FAULT(how, address, signo, code)                                                    \
	TEST_TOUCH_(EXPECT_FAILED, how, address, signo, code, address)

/* One line of /proc/self/maps. */
struct map_line {
	uintptr_t start, end;
	char perms[5];
	unsigned long offset, inode;
	char path[256];
};

/* Reads a whole small file into text (with a zero behind it); gives the length. */
TEST_HELPER_FN ssize_t read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t length = 0;
	ssize_t got = 1;

	if (fd < 0)
		CHECK_FAILED("open %s: %s", path, strerror(errno));
	while (length < size - 1 && got > 0) {
		got = read(fd, text + length, size - 1 - length);
		if (got < 0)
			CHECK_FAILED("read %s: %s", path, strerror(errno));
		length += got;
	}
	close(fd);
	text[length] = '\0';
	return length;
}

/* The mappings that overlap [start, end), at most max of them; gives how many there are. */
TEST_HELPER_FN int maps_in(const void *start, const void *end, struct map_line *lines, int max)
{
	static char text[1 << 17];
	int nr = 0;

	read_text("/proc/self/maps", text, sizeof(text));
	for (char *save, *line = strtok_r(text, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		struct map_line m = { 0 };
		int path_at = 0;

		if (sscanf(line, "%lx-%lx %4s %lx %*x:%*x %lu %n", &m.start, &m.end, m.perms,
			    &m.offset, &m.inode, &path_at) < 5)
			CHECK_FAILED("cannot parse the line of /proc/self/maps: %s", line);
		if (path_at > 0)
			snprintf(m.path, sizeof(m.path), "%s", line + path_at);
		if (m.end <= (uintptr_t)start || m.start >= (uintptr_t)end)
			continue;
		if (nr < max)
			lines[nr] = m;
		nr++;
	}
	return nr;
}

/* The mapping that holds the address; false: none. */
TEST_HELPER_FN bool map_of(const void *address, struct map_line *line)
{
	return maps_in(address, (const char *)address + 1, line, 1) == 1;
}

/*
 * [start, start + nr_pages) is mapped as the text says: a word for each mapping, with its pages and
 * its protections, as in "1r-- 2rw- 1r--". Mappings that the kernel merged count as one.
 */
#define CHECK_MAPS(start, nr_pages, wanted)                                                        \
	do {                                                                                       \
		char text_[400];                                                                   \
		CHECK_STR(test_maps_text(start, nr_pages, text_, sizeof(text_)), wanted);          \
	} while (0)

TEST_HELPER_FN const char *test_maps_text(const char *start, size_t nr_pages, char *text, int size)
{
	struct map_line lines[32];
	const char *end = start + nr_pages * PAGE;
	int nr = maps_in(start, end, lines, 32), length = 0;

	text[0] = '\0';
	for (int i = 0; i < nr && i < 32 && length < size - 30; i++) {
		uintptr_t from = lines[i].start, to = lines[i].end;

		if (from < (uintptr_t)start)
			from = (uintptr_t)start;
		if (to > (uintptr_t)end)
			to = (uintptr_t)end;
		length += sprintf(text + length, "%s%lu%.3s", i ? " " : "", (to - from) / PAGE,
			lines[i].perms);
	}
	return text;
}

/* Page faults of this process that needed no I/O. */
TEST_HELPER_FN long minor_faults(void)
{
	struct rusage usage;

	CHECK_OK(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* Makes (or empties) a file of len bytes; byte i is pattern_byte(i). Gives it open for both. */
TEST_HELPER_FN unsigned char pattern_byte(size_t i)
{
	return (i * 7 + (i >> 8) * 13 + 1) & 0xff;
}

TEST_HELPER_FN void fill_pattern(void *p, size_t from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((unsigned char *)p)[i] = pattern_byte(from + i);
}

TEST_HELPER_FN int make_file(const char *name, size_t len)
{
	unsigned char block[PAGE];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		CHECK_FAILED("make the file %s: %s", name, strerror(errno));
	for (size_t at = 0; at < len; at += sizeof(block)) {
		size_t part = len - at < sizeof(block) ? len - at : sizeof(block);

		fill_pattern(block, at, part);
		CHECK_EQ(write(fd, block, part), part);
	}
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Makes a file that holds the text. */
TEST_HELPER_FN void put_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		CHECK_FAILED("make the file %s: %s", name, strerror(errno));
	CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
	CHECK_OK(close(fd));
}

/* The file holds just this text. */
#define CHECK_FILE(name, wanted)                                                                   \
	do {                                                                                       \
		char text_[4096];                                                                  \
		read_text(name, text_, sizeof(text_));                                             \
		CHECK_STR(text_, wanted);                                                          \
	} while (0)

TEST_HELPER_FN bool exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

TEST_HELPER_FN struct stat stat_of(const char *name)
{
	struct stat st;

	if (lstat(name, &st) < 0)
		CHECK_FAILED("lstat %s: %s", name, strerror(errno));
	return st;
}

/* Removes a directory with all that is in it, below the current directory only. */
TEST_HELPER_FN void remove_tree(const char *name)
{
	DIR *dir;
	struct dirent *entry;

	if (unlink(name) == 0 || rmdir(name) == 0)
		return;
	chmod(name, 0700);
	if (chdir(name) < 0)
		return;
	dir = opendir(".");
	while (dir && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_tree(entry->d_name);
	if (dir)
		closedir(dir);
	if (chdir("..") == 0)
		rmdir(name);
}

/* ---- The frame ------------------------------------------------------------------------------- */

static void (*test_body_function)(void);
static pid_t test_child;

TEST_HELPER_FN void test_out_of_time(int signo)
{
	static const char text[] = "test.h: out of time, killed\n";

	(void)signo;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) > 0)
		test_failures++;
	kill(-test_child, SIGKILL);
	kill(test_child, SIGKILL);
}

/* What memory is used for, after the caches were dropped: pages of each kind in KiB, and objects of
 * each of the kernel's slab caches. See the head of this file. */
struct test_books {
	int nr;
	struct {
		char name[24];
		long value;
	} item[96];
};

TEST_HELPER_FN void test_book(struct test_books *books, const char *name, long value)
{
	if (books->nr == NR_ITEMS(books->item))
		return;
	snprintf(books->item[books->nr].name, sizeof(books->item[0].name), "%s", name);
	books->item[books->nr++].value = value;
}

TEST_HELPER_FN long test_meminfo(const char *text, const char *name)
{
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\n%s:", name);
	at = strstr(text, key);
	return at ? strtol(at + strlen(key), NULL, 10) : 0;
}

/* KiB that are free or could be freed at once. */
TEST_HELPER_FN long test_available_kb(void)
{
	char text[4096] = "\n";

	read_text("/proc/meminfo", text + 1, sizeof(text) - 1);
	return test_meminfo(text, "MemFree") + test_meminfo(text, "Buffers") +
	       test_meminfo(text, "Cached") + test_meminfo(text, "SReclaimable");
}

TEST_HELPER_FN void test_read_books(struct test_books *books)
{
	static const char *const kinds[] = { "AnonPages", "Shmem", "PageTables", "KernelStack",
		"Committed_AS" };
	static const char *const known[] = { "MemFree", "Buffers", "Cached", "AnonPages", "Slab",
		"PageTables", "KernelStack" };
	static char text[16384];
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
	long other;

	books->nr = 0;
	sync();
	if (fd < 0 || write(fd, "3", 1) != 1)
		CHECK_FAILED("drop_caches: %s", strerror(errno));
	close(fd);
	text[0] = '\n';
	read_text("/proc/meminfo", text + 1, sizeof(text) - 1);
	other = test_meminfo(text, "MemTotal");
	for (size_t i = 0; i < NR_ITEMS(known); i++)
		other -= test_meminfo(text, known[i]);
	for (size_t i = 0; i < NR_ITEMS(kinds); i++)
		test_book(books, kinds[i], test_meminfo(text, kinds[i]));
	test_book(books, "other memory", other);
	read_text("/proc/slabinfo", text, sizeof(text));
	for (char *save, *line = strtok_r(text, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		char name[24];
		long active;

		if (sscanf(line, "%23s %ld", name, &active) == 2)
			test_book(books, name, active);
	}
}

/* What is more than it was, as text. Looks so often, for what ends a little later. */
TEST_HELPER_FN bool test_has_leaked(
	const struct test_books *before, int looks, char *text, size_t size)
{
	static struct test_books now;
	size_t length = 1;

	for (int i = 0; i < looks && length; i++) {
		length = 0;
		if (i)
			sleep_ms(2 * i);
		test_read_books(&now);
		for (int k = 0; k < now.nr && length < size - 60; k++)
			if (now.item[k].value > before->item[k].value)
				length += sprintf(text + length, " %s %ld -> %ld", now.item[k].name,
					before->item[k].value, now.item[k].value);
	}
	return length;
}

/* One run of the body in a child; its exit status, with a message when it was killed. */
TEST_HELPER_FN int test_run_child(const char *dir)
{
	char text[80];
	int status;

	test_child = fork();
	if (test_child < 0)
		CHECK_FAILED("fork: %s", strerror(errno));
	if (test_child == 0) {
		setpgid(0, 0);
		if (dir && chdir(dir) < 0)
			CHECK_FAILED("chdir %s: %s", dir, strerror(errno));
		test_body_function();
		child_done();
	}
	setpgid(test_child, test_child);
	signal(SIGALRM, test_out_of_time);
	alarm(TEST_SECONDS);
	status = wait_child(test_child);
	alarm(0);
	signal(SIGALRM, SIG_DFL); /* the next child begins without a handler */
	kill(-test_child, SIGKILL);
	/* Before memory is counted, init has to reap what is left of the group. */
	for (int i = 0; i < 1000 && on_vellum() && kill(-test_child, 0) == 0; i++)
		sleep_ms(2);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	test_note("test.h", __LINE__, "the test: %s", test_status_text(status, text, sizeof(text)));
	return 1;
}

/* The body in a fresh directory below parent, which goes away again (parent NULL: no directory). */
TEST_HELPER_FN int test_run_once(const char *parent)
{
	char dir[PATH_MAX];
	int result;

	if (!parent)
		return test_run_child(NULL);
	snprintf(dir, sizeof(dir), "%s/test-%d", parent, getpid());
	if (mkdir(dir, 0755) < 0)
		CHECK_FAILED("mkdir %s: %s", dir, strerror(errno));
	result = test_run_child(dir);
	if (chdir(parent) == 0)
		remove_tree(strrchr(dir, '/') + 1);
	if (exists(dir)) {
		EXPECT_FAILED("%s cannot be removed: %s", dir, strerror(errno));
		return 1;
	}
	return result;
}

/* What any test does, so that the frame has its own memory before it is counted. */
TEST_HELPER_FN void test_no_body(void)
{
}

TEST_HELPER_FN void test_warm_up_body(void)
{
	close(open("a", O_WRONLY | O_CREAT, 0600));
}

static struct test_books test_before;
static char test_leak[1024];

TEST_HELPER_FN void test_warm_up(const char *parent)
{
	void (*body)(void) = test_body_function;

	test_body_function = parent ? test_warm_up_body : test_no_body;
	test_run_once(parent);
	test_body_function = body;
	test_read_books(&test_before);
	test_has_leaked(&test_before, 1, test_leak, sizeof(test_leak));
}

TEST_HELPER_FN int test_run(const char *parent)
{
	int result;

	if (!on_vellum() || access("/proc/sys/vm/drop_caches", W_OK) < 0)
		return test_run_once(parent);
	test_warm_up(parent);
	for (int round = 0; round < 2; round++) {
		test_read_books(&test_before);
		result = test_run_once(parent);
		if (result != 0 || !test_has_leaked(&test_before, 20, test_leak, sizeof(test_leak)))
			return result;
	}
	EXPECT_FAILED("every run leaves memory behind:%s", test_leak);
	return 1;
}

/* The body on each filesystem of the list of directories; the worst result, skips last. */
TEST_HELPER_FN int test_run_everywhere(void)
{
	const char *given = getenv("TESTDIR"), *first = getenv("TMPDIR");
	char list[PATH_MAX];
	dev_t seen[16];
	int nr_seen = 0, nr_skipped = 0;

	if (given)
		snprintf(list, sizeof(list), "%s", given);
	else
		snprintf(list, sizeof(list), "%s:/tmp:/var/tmp:/dev/shm", first ? first : "/tmp");
	for (char *save, *dir = strtok_r(list, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		struct stat st;
		bool old = false;
		int result;

		if (dir[0] != '/' || stat(dir, &st) < 0 || access(dir, W_OK) < 0 || nr_seen == 16)
			continue;
		for (int i = 0; i < nr_seen; i++)
			old |= seen[i] == st.st_dev;
		if (old)
			continue;
		seen[nr_seen++] = st.st_dev;
		test_place = dir;
		result = test_run(dir);
		if (result == EXIT_SKIP)
			nr_skipped++;
		else if (result != 0)
			return result;
	}
	if (nr_seen == 0)
		CHECK_FAILED("no directory to work in: set TESTDIR to absolute paths");
	return nr_seen == nr_skipped ? EXIT_SKIP : 0;
}

/* A test that executes itself (test_self()) with "--helper" first comes here: see TEST_HELPER(). */
static int (*test_helper)(int argc, char **argv);

TEST_HELPER_FN int test_main(int argc, char **argv, bool in_dir, void (*body)(void))
{
	if (argc > 1 && strcmp(argv[1], "--helper") == 0 && test_helper)
		return test_helper(argc - 2, argv + 2);
	test_body_function = body;
	umask(022);
	return in_dir ? test_run_everywhere() : test_run(NULL);
}

#define TEST_MAIN_(in_dir)                                                                         \
	static void test_body(void);                                                               \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return test_main(argc, argv, in_dir, test_body);                                   \
	}                                                                                          \
	static void test_body(void)

/* The body of the test follows. */
#define TEST()        TEST_MAIN_(false)
#define TEST_IN_DIR() TEST_MAIN_(true)

/*
 * A second program in the same file: int helper(int argc, char **argv), argv[0] is behind --helper.
 */
#define TEST_HELPER(function)                                                                      \
	__attribute__((constructor)) static void test_set_helper(void)                             \
	{                                                                                          \
		test_helper = function;                                                            \
	}

#endif
