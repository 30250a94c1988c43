// SPDX-License-Identifier: MIT
/*
 * difftest.c: asks two machines to run the same streams of operations, compares, and shrinks what
 * differs.
 *
 * Each machine is a command (QEMU), whose standard input and output lead to
 * user/difftest/difftest.c as its process 1: a line "SEED DETAIL KEEP" goes in, "done SEED HASH"
 * comes out, behind as much as DETAIL asks for. Because the machines stay up, a shorter candidate
 * costs no boot; only one that does not answer is booted anew.
 *
 * Shrinking (delta debugging): what stands behind the first line that differs goes away, then ever
 * smaller pieces do, as long as the answers still differ. If they do as well when one process does
 * everything, it does. What is left cannot lose a single operation more.
 *
 * tools/difftest starts it with the two commands and says what the options mean.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "difftest-program.h"
#include "ops.h"

#define BOOT_SECONDS   120
#define ANSWER_SECONDS 90

struct answer {
	char *text; /* all lines before the last one */
	size_t length, size;
	char done[80]; /* the last line; empty: the machine went down or hung */
};

struct machine {
	const char *name;
	const char *command;
	pid_t pid;
	int in, out;
	struct answer answer;
	char line[4096]; /* being received */
	size_t line_length;
};

static struct machine machines[2] = { { .name = "Linux" }, { .name = "Vellum" } };
static const char *helpers; /* the path of difftest-helpers.c */
static int plant = -1;      /* the kind of operation whose answers by Vellum are doctored */

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "difftest: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(2);
}

/* ---- A machine ------------------------------------------------------------------------------- */

static void stop(struct machine *m)
{
	if (!m->pid)
		return;
	kill(m->pid, SIGTERM);
	waitpid(m->pid, NULL, 0);
	close(m->in);
	close(m->out);
	m->pid = 0;
}

static void stop_all(void)
{
	stop(&machines[0]);
	stop(&machines[1]);
}

static void on_signal(int signo)
{
	(void)signo;
	exit(130); /* by way of stop_all */
}

static void append(struct answer *a, const char *text, size_t length)
{
	if (a->length + length + 1 > a->size) {
		a->size = (a->length + length + 1) * 2;
		a->text = realloc(a->text, a->size);
		if (!a->text)
			die("out of memory");
	}
	memcpy(a->text + a->length, text, length);
	a->length += length;
	a->text[a->length] = '\0';
}

/* One whole line of the answer; true: it is the last one. */
static bool take_line(struct machine *m)
{
	m->line[m->line_length] = '\0';
	m->line_length = 0;
	if (strncmp(m->line, "done ", 5) == 0 || strcmp(m->line, "ready") == 0) {
		snprintf(m->answer.done, sizeof(m->answer.done), "%.79s", m->line);
		return true;
	}
	append(&m->answer, m->line, strlen(m->line));
	append(&m->answer, "\n", 1);
	return false;
}

/* Reads until the answer's last line, or for so many seconds. */
static bool receive(struct machine *m, int seconds)
{
	time_t end = time(NULL) + seconds;
	char byte[1024];

	m->answer.length = 0;
	m->answer.done[0] = '\0';
	append(&m->answer, "", 0);
	while (time(NULL) < end) {
		struct pollfd ready = { .fd = m->out, .events = POLLIN };
		ssize_t got;

		if (poll(&ready, 1, 1000) <= 0)
			continue;
		got = read(m->out, byte, sizeof(byte));
		if (got <= 0)
			return false;
		for (ssize_t i = 0; i < got; i++) {
			if (byte[i] == '\r')
				continue;
			if (byte[i] == '\n') {
				if (take_line(m))
					return true;
			} else if (m->line_length < sizeof(m->line) - 1) {
				m->line[m->line_length++] = byte[i];
			}
		}
	}
	return false;
}

static void boot(struct machine *m)
{
	int in[2], out[2];
	char *command;

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
		asprintf(&command, "exec %s", m->command) < 0)
		die("pipe: %s", strerror(errno));
	for (char *c = command; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	m->pid = fork();
	if (m->pid < 0)
		die("fork: %s", strerror(errno));
	if (m->pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	free(command);
	close(in[0]);
	close(out[1]);
	m->in = in[1];
	m->out = out[0];
	m->line_length = 0;
}

/* ---- Asking both ----------------------------------------------------------------------------- */

struct candidate {
	uint64_t seed;
	bool is_flat; /* slot 0 does everything */
	bool keep[STREAM_OPS];
	struct op ops[STREAM_OPS];
};

static unsigned count(const struct candidate *c)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < STREAM_OPS; i++)
		nr += c->keep[i];
	return nr;
}

/* The operations kept, as the guest reads them: 0-5,17; =0-5,17 if slot 0 does everything. */
static const char *kept_text(const struct candidate *c)
{
	static char text[STREAM_OPS * 5 + 1];
	char *begin = text, *at;

	if (c->is_flat)
		*begin++ = '=';
	if (count(c) == STREAM_OPS) {
		strcpy(begin, "*");
		return text;
	}
	at = begin;
	*at = '\0';
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		unsigned last = i;

		if (!c->keep[i])
			continue;
		while (last + 1 < STREAM_OPS && c->keep[last + 1])
			last++;
		at += sprintf(at, last > i ? "%s%u-%u" : "%s%u", at > begin ? "," : "", i, last);
		i = last;
	}
	if (at == begin)
		strcpy(begin, "-");
	return text;
}

static void make_ready(void)
{
	bool fresh[2] = { !machines[0].pid, !machines[1].pid };

	for (int i = 0; i < 2; i++)
		if (fresh[i])
			boot(&machines[i]);
	for (int i = 0; i < 2; i++)
		if (fresh[i] && !receive(&machines[i], BOOT_SECONDS))
			die("%s does not come up: %s", machines[i].name, machines[i].answer.text);
}

/* Doctors the answer: what others than the first process say of the planted kind. */
static void plant_fault(struct answer *a)
{
	const char *name = op_infos[plant].name;
	char *at = a->text, *result;
	unsigned op, slot;
	char kind[32];

	for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		if (sscanf(at, "%u slot %u %31s", &op, &slot, kind) != 3 || slot == 0 ||
			strcmp(kind, name) != 0)
			continue;
		result = strstr(at, " = ");
		if (result)
			result[3] = '!';
		strcat(a->done, "!");
		return;
	}
}

/* Takes out what Linux passed over (user/difftest/run_op.c says why). False: nothing. */
static bool leave_out_passed_over(struct candidate *c)
{
	bool any = false;
	unsigned op;

	for (const char *at = machines[0].answer.text; (at = strstr(at, "passed over ")) != NULL;
		at++) {
		if (sscanf(at, "passed over %u", &op) != 1 || op >= STREAM_OPS)
			continue;
		c->keep[op] = false;
		any = true;
	}
	return any;
}

/* Gives both a command, and waits for their answers. */
static void ask_both(const char *command)
{
	ssize_t length = strlen(command);

	make_ready();
	for (int i = 0; i < 2; i++)
		if (write(machines[i].in, command, length) != length)
			machines[i].answer.done[0] = '\0';
	for (int i = 0; i < 2; i++)
		if (!receive(&machines[i], ANSWER_SECONDS))
			stop(&machines[i]);
}

/* Both run it; false if their answers differ (or one gives none). */
static bool agree(const struct candidate *c, int detail)
{
	char command[STREAM_OPS * 5 + 64];
	struct candidate reduced;

	if (plant >= 0 && detail < 1)
		detail = 1;
	sprintf(command, "%lu %d %s\n", c->seed, detail, kept_text(c));
	ask_both(command);
	if (!machines[0].answer.done[0])
		die("Linux gives no answer: stream %lu, operations %s", c->seed, kept_text(c));
	reduced = *c;
	if (leave_out_passed_over(&reduced))
		return agree(&reduced, detail);
	if (plant >= 0 && machines[1].answer.done[0])
		plant_fault(&machines[1].answer);
	return strcmp(machines[0].answer.done, machines[1].answer.done) == 0;
}

/* ---- Shrinking ------------------------------------------------------------------------------- */

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The first lines that differ; they are the ends of the answers if one is the other's beginning. */
static void find_difference(const char **a, const char **b)
{
	*a = machines[0].answer.text;
	*b = machines[1].answer.text;
	while (**a && **b && next_line(*a) - *a == next_line(*b) - *b &&
		memcmp(*a, *b, next_line(*a) - *a) == 0) {
		*a = next_line(*a);
		*b = next_line(*b);
	}
}

/* The operation whose line is the first that differs; STREAM_OPS: a line of another kind. */
static unsigned first_difference(void)
{
	const char *a, *b;
	char *end;
	unsigned long op;

	find_difference(&a, &b);
	op = strtoul(a, &end, 10);
	return end > a && strncmp(end, " slot ", 6) == 0 && op < STREAM_OPS ? op : STREAM_OPS;
}

/* Leaves out [from, from + length) of what is kept, if the answers still differ then. */
static bool try_without(struct candidate *c, unsigned from, unsigned length)
{
	struct candidate shorter = *c;
	unsigned at = 0;

	for (unsigned i = 0; i < STREAM_OPS; i++) {
		if (!c->keep[i])
			continue;
		if (at >= from && at < from + length)
			shorter.keep[i] = false;
		at++;
	}
	if (agree(&shorter, 0))
		return false;
	*c = shorter;
	return true;
}

/* What stands behind the first difference goes away, if that is still there then. */
static void cut_end(struct candidate *c)
{
	struct candidate shorter = *c;

	if (agree(c, 1))
		return;
	for (unsigned i = first_difference() + 1; i < STREAM_OPS; i++)
		shorter.keep[i] = false;
	if (!agree(&shorter, 0))
		*c = shorter;
}

/* Makes slot 0 do everything, if the answers still differ then. */
static bool try_flat(struct candidate *c)
{
	struct candidate flat = *c;

	flat.is_flat = true;
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		flat.ops[i].slot = 0;
		if (flat.ops[i].kind == OP_exit)
			flat.keep[i] = false;
	}
	if (agree(&flat, 0))
		return false;
	*c = flat;
	return true;
}

static void leave_out_pieces(struct candidate *c)
{
	bool found = true;

	for (unsigned length = count(c) / 2; length > 1; length /= 2)
		for (unsigned from = 0; from < count(c);)
			if (!try_without(c, from, length))
				from += length;
	while (found) {
		found = false;
		for (unsigned from = count(c); from-- > 0;)
			found |= try_without(c, from, 1);
	}
}

static void shrink(struct candidate *c)
{
	cut_end(c);
	leave_out_pieces(c);
	if (try_flat(c))
		leave_out_pieces(c);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void show_both(void)
{
	for (int i = 0; i < 2; i++)
		printf("---- %s ----\n%s%s\n", machines[i].name, machines[i].answer.text,
			machines[i].answer.done[0] ? machines[i].answer.done
						   : "(no answer: it hung or went down)");
}

static void show_file(const char *path)
{
	char line[1024];
	FILE *in = fopen(path, "r");

	while (in && fgets(line, sizeof(line), in))
		fputs(line, stdout);
	if (in)
		fclose(in);
}

static FILE *create(const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		die("%s: %s", path, strerror(errno));
	return out;
}

/* Both have answered with all details. */
static void write_program(const char *path, const char *head, const struct candidate *c, bool all)
{
	struct program program = { c->seed, c->ops, c->keep, head,
		{ machines[0].answer.text, machines[1].answer.text }, all };
	FILE *out = create(path);

	if (!print_program(out, helpers, &program))
		die("%s: %s", helpers, strerror(errno));
	fclose(out);
}

static void print_quoted(FILE *out, const char *line)
{
	int length = strcspn(line, "\n");

	fprintf(out, " *\n *\t%.*s\n *\n", *line ? length : 100, *line ? line : "nothing more");
}

/* What the comment of a program says; is_seen: the last answers differ. */
static char *head_of_program(const struct candidate *c, bool is_seen)
{
	bool is_down = !machines[1].answer.done[0];
	const char *a, *b;
	size_t length;
	char *head;
	FILE *out = open_memstream(&head, &length);

	if (!out)
		die("out of memory");
	fprintf(out, " * %s in this (stream %lu, operations %s)",
		is_down   ? "Vellum hangs or goes down"
		: is_seen ? "Vellum and Linux differ"
			  : "Vellum and Linux differ now and then",
		c->seed, kept_text(c));
	if (is_seen && !is_down) {
		find_difference(&a, &b);
		fprintf(out, ". Linux says\n");
		print_quoted(out, a);
		fprintf(out, " * and Vellum\n");
		print_quoted(out, b);
	} else {
		fprintf(out, ":\n *\n");
	}
	fprintf(out, " *\tgcc -static -o repro repro.c && ./repro\n"
		     " *\ttools/run --add repro:/repro -- /repro\n"
		     " *\ttools/difftest --run repro\t(both, with the Linux that was asked)\n");
	fclose(out);
	return head;
}

static void report(struct candidate *c, const char *repro)
{
	bool is_seen = false;
	char *head;

	printf("Stream %lu differs; shrinking it\n", c->seed);
	fflush(stdout);
	shrink(c);
	/* What depends on timing does not differ each time. */
	for (int i = 0; i < 20 && !is_seen; i++)
		is_seen = !agree(c, 2);
	show_both();
	head = head_of_program(c, is_seen);
	write_program(repro, head, c, false);
	free(head);
	printf("---- %s: %u operations ----\n", repro, count(c));
	show_file(repro);
}

/* A stream that need not differ, as a program that shows everything, and what both say of it: to
 * test that programs do the same. Into DIR/SEED.c, .Linux and .Vellum. */
static void write_whole(const char *dir, const struct candidate *c)
{
	char path[4096], head[80];
	int planted = plant;

	plant = -1; /* programs are not doctored */
	agree(c, 2);
	plant = planted;
	snprintf(path, sizeof(path), "%s/%lu.c", dir, c->seed);
	sprintf(head, " * All of stream %lu.\n", c->seed);
	write_program(path, head, c, true);
	for (int i = 0; i < 2; i++) {
		FILE *out;

		snprintf(path, sizeof(path), "%s/%lu.%s", dir, c->seed, machines[i].name);
		out = create(path);
		fputs(machines[i].answer.text, out);
		fclose(out);
	}
}

/* Runs a program that is on the machines' disk; true if both say the same. */
static bool run_program(const char *name)
{
	char command[512];
	bool same;

	snprintf(command, sizeof(command), "run /programs/%s\n", name);
	ask_both(command);
	same = machines[0].answer.done[0] && machines[1].answer.done[0] &&
	       strcmp(machines[0].answer.text, machines[1].answer.text) == 0;
	printf("==== %s: %s ====\n", name, same ? "Linux and Vellum say" : "they differ");
	if (same)
		fputs(machines[0].answer.text, stdout);
	else
		show_both();
	return same;
}

static int kind_named(const char *name)
{
	for (int kind = 0; kind < NR_OP_KINDS; kind++)
		if (strcmp(op_infos[kind].name, name) == 0)
			return kind;
	die("there is no operation %s", name);
	return -1;
}

static struct {
	uint64_t seed, ops;
	const char *repro, *programs; /* paths */
	const char *run[64];          /* programs to run, instead of streams */
	unsigned nr_run;
	int max_differing;
	bool show;
} options = { .seed = 1, .ops = 100000, .repro = "repro.c", .max_differing = 1 };

static void take_option(const char *option, const char *value)
{
	if (strcmp(option, "--seed") == 0)
		options.seed = strtoull(value, NULL, 0);
	else if (strcmp(option, "--ops") == 0)
		options.ops = strtoull(value, NULL, 0);
	else if (strcmp(option, "--max") == 0)
		options.max_differing = atoi(value);
	else if (strcmp(option, "--plant") == 0)
		plant = kind_named(value);
	else if (strcmp(option, "--repro") == 0)
		options.repro = value;
	else if (strcmp(option, "--programs") == 0)
		options.programs = value;
	else if (strcmp(option, "--run") == 0 && options.nr_run < 64)
		options.run[options.nr_run++] = value;
	else if (strcmp(option, "--helpers") == 0)
		helpers = value;
	else if (strcmp(option, "--linux") == 0)
		machines[0].command = value;
	else if (strcmp(option, "--vellum") == 0)
		machines[1].command = value;
	else
		die("unknown option %s", option);
}

static int run_programs(void)
{
	bool same = true;

	for (unsigned i = 0; i < options.nr_run; i++)
		same &= run_program(options.run[i]);
	return !same;
}

static int run_streams(void)
{
	static struct candidate c;
	uint64_t done = 0;
	int differing = 0;

	for (; done < options.ops && differing < options.max_differing; done += STREAM_OPS) {
		c.seed = options.seed++;
		make_stream(c.seed, c.ops);
		memset(c.keep, true, sizeof(c.keep));
		c.is_flat = false;
		if (options.show) {
			agree(&c, 2);
			show_both();
			return 0;
		}
		if (options.programs)
			write_whole(options.programs, &c);
		if (agree(&c, 0))
			continue;
		differing++;
		report(&c, options.repro);
		fflush(stdout);
	}
	printf("%lu operations, %d streams differ\n", done, differing);
	return differing != 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--show") == 0) {
			options.show = true;
			continue;
		}
		take_option(argv[i], i + 1 < argc ? argv[i + 1] : "");
		i++;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	atexit(stop_all);
	return options.nr_run ? run_programs() : run_streams();
}
