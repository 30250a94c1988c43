/* SPDX-License-Identifier: MIT */
/*
 * pty: plays a person at a terminal. Runs a command on a pseudo-terminal of its own and works
 * through a script:
 *
 *	pty SCRIPT COMMAND [ARG...]
 *
 *	# comment
 *	limit SECONDS      time limit of every following expect (default 30)
 *	send TEXT          types it; \r \n \t \e \\ and \xNN are understood, "send" adds nothing of its own
 *	expect TEXT        reads on until TEXT has been seen, or fails; what follows it stays for the next expect
 *	reject TEXT        TEXT must not stand in what the last expect passed over
 *	pause MILLISECONDS
 *	shell COMMAND      runs it on this machine; it must return 0
 *	exit STATUS        waits for the command's end; it must have returned STATUS
 *
 * What the command writes is copied to standard output. Exit status: 0 when the script came to its
 * end, else 1, with the line that failed on standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const char *script_name;
static int script_line;
static pid_t child;
static int terminal;
static long limit_ms = 30000;

/* What was read and not yet passed over by an expect; and what the last expect passed over. */
static char *unread, *passed;
static size_t unread_len, unread_size;

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fflush(stdout);
	fprintf(stderr, "\n%s:%d: ", script_name, script_line);
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	if (child > 0) {
		kill(child, SIGTERM); /* the program tidies up behind itself */
		for (int tenths = 0; tenths < 30 && waitpid(child, NULL, WNOHANG) == 0; tenths++)
			usleep(100000);
		kill(child, SIGKILL);
	}
	exit(1);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Carriage returns do not count: QEMU leaves the terminal's own translation of line ends on, which
 * adds some. */
static size_t drop_returns(char *text, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	return kept;
}

/* Reads what there is, waiting until the deadline at most. False: nothing came, or the other side
 * is gone. */
static bool read_more(long deadline)
{
	struct pollfd p = { .fd = terminal, .events = POLLIN };
	long wait = deadline - now_ms();
	ssize_t n;

	if (wait <= 0 || poll(&p, 1, wait) <= 0)
		return false;
	if (unread_size - unread_len < 4096) {
		unread_size += 65536;
		unread = realloc(unread, unread_size);
		if (!unread)
			fail("out of memory");
	}
	n = read(terminal, unread + unread_len, unread_size - unread_len);
	if (n <= 0) /* EIO: the last one who had the terminal open has closed it */
		return false;
	fwrite(unread + unread_len, 1, n, stdout);
	fflush(stdout);
	unread_len += drop_returns(unread + unread_len, n);
	return true;
}

/* Turns the escapes of TEXT into bytes, in place; returns the length. */
static size_t unescape(char *text)
{
	static const char names[] = "rntbe\\", bytes[] = "\r\n\t\b\033\\";
	char *out = text;

	for (char *in = text; *in; in++) {
		const char *name;
		unsigned byte;
		int used;

		if (*in != '\\') {
			*out++ = *in;
		} else if (in[1] == 'x' && sscanf(in + 2, "%2x%n", &byte, &used) == 1) {
			*out++ = byte;
			in += 1 + used;
		} else if (in[1] && (name = strchr(names, in[1]))) {
			*out++ = bytes[name - names];
			in++;
		} else {
			fail("unknown escape in %s", in);
		}
	}
	*out = '\0';
	return out - text;
}

static void do_send(char *text)
{
	size_t len = unescape(text);

	for (size_t done = 0; done < len;) {
		ssize_t n = write(terminal, text + done, len - done);

		if (n < 0)
			fail("the terminal takes no input: %s", strerror(errno));
		done += n;
	}
}

static void do_expect(char *text)
{
	size_t len = drop_returns(text, unescape(text));
	long deadline = now_ms() + limit_ms;
	char *found;

	while (!(found = unread_len ? memmem(unread, unread_len, text, len) : NULL))
		if (!read_more(deadline))
			fail("\"%s\" did not come (%s)", text,
				now_ms() >= deadline ? "time limit" : "the program has ended");
	free(passed);
	passed = strndup(unread, found - unread);
	unread_len -= found + len - unread;
	memmove(unread, found + len, unread_len);
}

static void do_exit(int wanted)
{
	long deadline = now_ms() + limit_ms;
	int status;

	while (read_more(deadline))
		;
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now_ms() >= deadline)
			fail("the program does not end");
		usleep(10000);
	}
	child = 0;
	if (!WIFEXITED(status))
		fail("the program was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != wanted)
		fail("the program returned %d, not %d", WEXITSTATUS(status), wanted);
}

static void do_line(char *line)
{
	char *word = line + strspn(line, " \t");
	char *rest = word + strcspn(word, " \t");

	if (*rest)
		*rest++ = '\0';
	if (!*word || *word == '#')
		return;
	if (!strcmp(word, "limit"))
		limit_ms = atol(rest) * 1000;
	else if (!strcmp(word, "send"))
		do_send(rest);
	else if (!strcmp(word, "expect"))
		do_expect(rest);
	else if (!strcmp(word, "reject")) {
		unescape(rest);
		if (passed && strstr(passed, rest))
			fail("\"%s\" came and was not to", rest);
	} else if (!strcmp(word, "pause"))
		usleep(atol(rest) * 1000);
	else if (!strcmp(word, "shell")) {
		if (system(rest) != 0)
			fail("failed: %s", rest);
	} else if (!strcmp(word, "exit"))
		do_exit(atoi(rest));
	else
		fail("unknown word %s", word);
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 25, .ws_col = 80 };
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	FILE *script;

	if (argc < 3) {
		fprintf(stderr, "usage: pty SCRIPT COMMAND [ARG...]\n");
		return 2;
	}
	script_name = argv[1];
	script = fopen(script_name, "re");
	if (!script) {
		perror(script_name);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0) {
		perror("forkpty");
		return 2;
	}
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while ((len = getline(&line, &capacity, script)) > 0) {
		script_line++;
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		do_line(line);
	}
	if (child > 0)
		fail("the script ends, and the program runs on (no exit line)");
	return 0;
}
