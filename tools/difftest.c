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
 * smaller pieces do, as long as the answers still differ. What is left cannot lose a single
 * operation more.
 *
 * tools/difftest starts it with the two commands and says what the options mean.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/mman.h>
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
static int plant = -1; /* the kind of operation whose answers by Vellum are doctored */

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

/* The operations kept, as the guest reads them: 0-5,17 */
static const char *kept_text(const struct candidate *c)
{
	static char text[STREAM_OPS * 5];
	char *at = text;

	if (count(c) == STREAM_OPS)
		return "*";
	*at = '\0';
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		unsigned last = i;

		if (!c->keep[i])
			continue;
		while (last + 1 < STREAM_OPS && c->keep[last + 1])
			last++;
		at += sprintf(at, last > i ? "%s%u-%u" : "%s%u", at > text ? "," : "", i, last);
		i = last;
	}
	return text[0] ? text : "-";
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
	char *at = a->text;
	unsigned op, slot;
	char kind[32];

	for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		if (sscanf(at, "%u slot %u %31s", &op, &slot, kind) != 3 || slot == 0 ||
			strcmp(kind, name) != 0)
			continue;
		at[0] = '!';
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

/* Both run it; false if their answers differ (or one gives none). */
static bool agree(const struct candidate *c, int detail)
{
	char command[STREAM_OPS * 5 + 64];
	struct candidate reduced;
	int length;

	if (plant >= 0 && detail < 1)
		detail = 1;
	make_ready();
	length = sprintf(command, "%lu %d %s\n", c->seed, detail, kept_text(c));
	for (int i = 0; i < 2; i++)
		if (write(machines[i].in, command, length) != length)
			machines[i].answer.done[0] = '\0';
	for (int i = 0; i < 2; i++)
		if (!receive(&machines[i], ANSWER_SECONDS))
			stop(&machines[i]);
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

/* The operation whose line is the first that differs; STREAM_OPS: a line of another kind. */
static unsigned first_difference(void)
{
	const char *a = machines[0].answer.text, *b = machines[1].answer.text;
	char *end;
	unsigned long op;

	while (*a && *b && next_line(a) - a == next_line(b) - b &&
		memcmp(a, b, next_line(a) - a) == 0) {
		a = next_line(a);
		b = next_line(b);
	}
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

static void shrink(struct candidate *c)
{
	bool found = true;

	if (!agree(c, 1)) {
		struct candidate shorter = *c;

		for (unsigned i = first_difference() + 1; i < STREAM_OPS; i++)
			shorter.keep[i] = false;
		if (!agree(&shorter, 0))
			*c = shorter;
	}
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

/* ---- A program of it ------------------------------------------------------------------------- */

struct name {
	uint64_t value;
	const char *name;
};
#define NAME(value)                                                                                \
	{                                                                                          \
		value, #value                                                                      \
	}
static const struct name prots[] = { NAME(PROT_READ), NAME(PROT_WRITE), NAME(PROT_EXEC),
	NAME(PROT_GROWSDOWN), { 0, NULL } };
static const struct name map_flags[] = { NAME(MAP_SHARED_VALIDATE), NAME(MAP_SHARED),
	NAME(MAP_PRIVATE), NAME(MAP_FIXED_NOREPLACE), NAME(MAP_FIXED), NAME(MAP_ANONYMOUS),
	NAME(MAP_32BIT), NAME(MAP_GROWSDOWN), NAME(MAP_DENYWRITE), NAME(MAP_EXECUTABLE),
	NAME(MAP_LOCKED), NAME(MAP_NORESERVE), NAME(MAP_POPULATE), NAME(MAP_NONBLOCK),
	NAME(MAP_STACK), NAME(MAP_HUGETLB), NAME(MAP_SYNC), { 0, NULL } };
static const struct name remap_flags[] = { NAME(MREMAP_MAYMOVE), NAME(MREMAP_FIXED),
	NAME(MREMAP_DONTUNMAP), { 0, NULL } };
static const struct name sync_flags[] = { NAME(MS_SYNC), NAME(MS_ASYNC), NAME(MS_INVALIDATE),
	{ 0, NULL } };
static const struct name lock_flags[] = { NAME(MLOCK_ONFAULT), { 0, NULL } };
static const struct name lock_all_flags[] = { NAME(MCL_CURRENT), NAME(MCL_FUTURE),
	NAME(MCL_ONFAULT), { 0, NULL } };
static const struct name fallocate_flags[] = { NAME(FALLOC_FL_KEEP_SIZE),
	NAME(FALLOC_FL_PUNCH_HOLE), { 0, NULL } };
static const struct name seals[] = { NAME(F_SEAL_SEAL), NAME(F_SEAL_SHRINK), NAME(F_SEAL_GROW),
	NAME(F_SEAL_WRITE), NAME(F_SEAL_FUTURE_WRITE), { 0, NULL } };
static const struct name advices[] = { NAME(MADV_NORMAL), NAME(MADV_RANDOM), NAME(MADV_SEQUENTIAL),
	NAME(MADV_WILLNEED), NAME(MADV_DONTNEED), NAME(MADV_FREE), NAME(MADV_REMOVE),
	NAME(MADV_DONTFORK), NAME(MADV_DOFORK), NAME(MADV_WIPEONFORK), NAME(MADV_KEEPONFORK),
	NAME(MADV_COLD), NAME(MADV_PAGEOUT), NAME(MADV_POPULATE_READ), NAME(MADV_POPULATE_WRITE),
	NAME(MADV_DONTDUMP), NAME(MADV_DODUMP), NAME(MADV_HUGEPAGE), NAME(MADV_NOHUGEPAGE),
	NAME(MADV_MERGEABLE), NAME(MADV_UNMERGEABLE), { 0, NULL } };
static const struct name file_names[] = { NAME(FILE_NONE), NAME(FILE_TMPFS), NAME(FILE_EXT2),
	NAME(FILE_MEMFD), NAME(FILE_TMPFS_READ), NAME(FILE_EXT2_READ), NAME(FILE_TMPFS_WRITE),
	NAME(FILE_ZERO), NAME(FILE_PIPE), NAME(FILE_FOLDER), { 0, NULL } };
static const struct name touches[] = { NAME(TOUCH_READ), NAME(TOUCH_WRITE), NAME(TOUCH_EXEC),
	{ 0, NULL } };

static void print_value(FILE *out, const struct name *names, uint64_t value)
{
	for (; names->name; names++)
		if (names->value == value) {
			fputs(names->name, out);
			return;
		}
	fprintf(out, "%#lx", value);
}

static void print_flags(FILE *out, const struct name *names, uint64_t value)
{
	const char *separator = "";

	for (; names->name; names++) {
		if ((value & names->value) != names->value)
			continue;
		fprintf(out, "%s%s", separator, names->name);
		separator = " | ";
		value &= ~names->value;
	}
	if (value || !*separator)
		fprintf(out, "%s%#lx", separator, value);
}

static void print_address(FILE *out, uint64_t value)
{
	uint64_t base = value >> OP_BASE_SHIFT, offset = value & ((1ul << OP_BASE_SHIFT) - 1);

	if (base == BASE_NONE || base == 0xff)
		fprintf(out, "%#lx", value);
	else if (base >= BASE_RESULT)
		fprintf(out, "OP_ADDRESS(BASE_RESULT + %lu, %#lx)", base - BASE_RESULT, offset);
	else
		fprintf(out, "OP_ADDRESS(BASE_%s, %#lx)",
			base == BASE_ARENA    ? "ARENA"
			: base == BASE_STACKS ? "STACKS"
					      : "HEAP",
			offset);
}

static void print_argument(FILE *out, char type, uint64_t value)
{
	static const struct {
		char type;
		bool flags;
		const struct name *names;
	} types[] = { { 'p', true, prots }, { 'f', true, map_flags }, { 'm', true, remap_flags },
		{ 's', true, sync_flags }, { 'l', true, lock_flags }, { 'c', true, lock_all_flags },
		{ 'g', true, fallocate_flags }, { 'e', true, seals }, { 'v', false, advices },
		{ 'd', false, file_names }, { 'w', false, touches } };

	if (type == 'a') {
		print_address(out, value);
		return;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type != type)
			continue;
		(types[i].flags ? print_flags : print_value)(out, types[i].names, value);
		return;
	}
	fprintf(out, "%#lx", value);
}

static void print_program(FILE *out, const struct candidate *c)
{
	fprintf(out,
		"/*\n"
		" * Vellum and Linux differ in this (stream %lu, operations %s):\n"
		" *\n"
		" *\tmusl-gcc -static -idirafter build/uapi -Iuser/difftest -o repro THIS.c "
		"user/difftest/*.c\n"
		" *\t./repro\n"
		" *\ttools/run --append norandmaps --add repro:/repro -- /repro\n"
		" */\n"
		"#define _GNU_SOURCE\n"
		"#include <fcntl.h>\n"
		"#include <linux/falloc.h>\n"
		"#include <linux/mman.h>\n\n"
		"#include \"run.h\"\n\n"
		"static const struct op ops[] = {\n",
		c->seed, kept_text(c));
	for (unsigned i = 0; i < STREAM_OPS; i++) {
		const struct op *op = &c->ops[i];
		const struct op_info *info = &op_infos[op->kind];

		if (!c->keep[i])
			continue;
		fprintf(out, "\t{ OP_%s, %u, {", info->name, op->slot);
		for (unsigned arg = 0; info->types[arg]; arg++) {
			fputs(arg ? ", " : " ", out);
			print_argument(out, info->types[arg], op->args[arg]);
		}
		fprintf(out, "%s} },\n", info->types[0] ? " " : "");
	}
	fprintf(out,
		"};\nconst struct stream built_in = { %lu, sizeof(ops) / sizeof(ops[0]), ops, 0 "
		"};\n",
		c->seed);
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

static void report(struct candidate *c, const char *repro)
{
	FILE *out;

	printf("Stream %lu differs; shrinking it\n", c->seed);
	fflush(stdout);
	shrink(c);
	agree(c, 2);
	show_both();
	out = fopen(repro, "w");
	if (!out)
		die("%s: %s", repro, strerror(errno));
	print_program(out, c);
	fclose(out);
	printf("---- %s: %u operations ----\n", repro, count(c));
	show_file(repro);
}

static int kind_named(const char *name)
{
	for (int kind = 0; kind < NR_OP_KINDS; kind++)
		if (strcmp(op_infos[kind].name, name) == 0)
			return kind;
	die("there is no operation %s", name);
	return -1;
}

int main(int argc, char **argv)
{
	static struct candidate c;
	uint64_t seed = 1, ops = 100000, done = 0;
	const char *repro = "repro.c";
	bool show = false;
	int differing = 0, all = 1;

	for (int i = 1; i < argc; i++) {
		const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(option, "--show") == 0) {
			show = true;
			continue;
		}
		i++;
		if (strcmp(option, "--seed") == 0)
			seed = strtoull(value, NULL, 0);
		else if (strcmp(option, "--ops") == 0)
			ops = strtoull(value, NULL, 0);
		else if (strcmp(option, "--max") == 0)
			all = atoi(value);
		else if (strcmp(option, "--plant") == 0)
			plant = kind_named(value);
		else if (strcmp(option, "--repro") == 0)
			repro = value;
		else if (strcmp(option, "--linux") == 0)
			machines[0].command = value;
		else if (strcmp(option, "--vellum") == 0)
			machines[1].command = value;
		else
			die("unknown option %s", option);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	atexit(stop_all);
	for (; done < ops && differing < all; done += STREAM_OPS, seed++) {
		c.seed = seed;
		make_stream(seed, c.ops);
		memset(c.keep, true, sizeof(c.keep));
		if (show) {
			agree(&c, 2);
			show_both();
			return 0;
		}
		if (agree(&c, 0))
			continue;
		differing++;
		report(&c, repro);
		fflush(stdout);
	}
	printf("%lu operations, %d streams differ\n", done, differing);
	return differing != 0;
}
