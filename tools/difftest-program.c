// SPDX-License-Identifier: MIT
/*
 * difftest-program.c: prints a stream of operations as a C program.
 *
 * Each operation becomes a statement: SHOW(munmap(ARENA + 0x3000, 0x2000)). With one process they
 * are what main() does. With several, they are the steps that all of them go through in turns. What
 * the statements need besides comes from difftest-helpers.c, piece by piece.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/mman.h>
#include <stdlib.h>
#include <string.h>

#include "difftest-program.h"

/* ---- Arguments ------------------------------------------------------------------------------- */

struct name {
	uint64_t value;
	const char *name;
};
#define NAME(value)                                                                                \
	{                                                                                          \
		value, #value                                                                      \
	}
static const struct name prots[] = { NAME(PROT_READ), NAME(PROT_WRITE), NAME(PROT_EXEC),
	NAME(PROT_SEM), NAME(PROT_GROWSDOWN), NAME(PROT_GROWSUP), { 0, NULL } };
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

/* The files of a stream: the variables that hold their descriptors, and how these are made. */
static const struct {
	const char *name, *made_by;
} files[NR_FILES] = {
	[FILE_NONE] = { "-1", NULL },
	[FILE_TMPFS] = { "tmpfs", "make_file(\"/dev/shm/difftest\", 1)" },
	[FILE_EXT2] = { "ext2", "make_file(\"/var/tmp/difftest\", 2)" },
	[FILE_MEMFD] = { "memfd", "SYS(memfd_create, \"sealed\", MFD_ALLOW_SEALING)" },
	[FILE_TMPFS_READ] = { "tmpfs_read", "open(\"/dev/shm/difftest\", O_RDONLY)" },
	[FILE_EXT2_READ] = { "ext2_read", "open(\"/var/tmp/difftest\", O_RDONLY)" },
	[FILE_TMPFS_WRITE] = { "tmpfs_write", "open(\"/dev/shm/difftest\", O_WRONLY)" },
	[FILE_ZERO] = { "dev_zero", "open(\"/dev/zero\", O_RDWR)" },
	[FILE_PIPE] = { "pipe_end", "make_pipe()" },
	[FILE_FOLDER] = { "folder", "open(\"/dev/shm\", O_RDONLY | O_DIRECTORY)" },
};

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

static void print_place(FILE *out, const char *base, uint64_t offset)
{
	fprintf(out, offset ? "%s + %#lx" : "%s", base, offset);
}

/* is_kept: registers that an operation gives an address to. The others have one of the arena. */
static void print_address(FILE *out, uint64_t value, const bool *is_kept)
{
	uint64_t base = value >> OP_BASE_SHIFT, offset = value & ((1ul << OP_BASE_SHIFT) - 1);
	char name[8];

	if (base == BASE_NONE || base == 0xff) {
		fprintf(out, "%#lx", value);
	} else if (base < BASE_RESULT) {
		print_place(out,
			base == BASE_ARENA    ? "ARENA"
			: base == BASE_STACKS ? "STACKS"
					      : "HEAP",
			offset);
	} else if (is_kept[base - BASE_RESULT]) {
		sprintf(name, "r%lu", base - BASE_RESULT);
		print_place(out, name, offset);
	} else {
		print_place(out, "ARENA", FIRST_RESULT(base - BASE_RESULT) - ARENA + offset);
	}
}

static void print_argument(FILE *out, char type, uint64_t value, const bool *is_kept)
{
	static const struct {
		char type;
		bool flags;
		const struct name *names;
	} types[] = { { 'p', true, prots }, { 'f', true, map_flags }, { 'm', true, remap_flags },
		{ 's', true, sync_flags }, { 'l', true, lock_flags }, { 'c', true, lock_all_flags },
		{ 'g', true, fallocate_flags }, { 'e', true, seals }, { 'v', false, advices } };

	if (type == 'a') {
		print_address(out, value, is_kept);
		return;
	}
	if (type == 'p' && value == PROT_NONE) {
		fputs("PROT_NONE", out);
		return;
	}
	if (type == 'd') {
		fputs(files[value].name, out);
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

/* ---- What both kernels answered -------------------------------------------------------------- */

/* A line that begins so; NULL: there is none. */
static const char *find_line(const char *text, const char *begin)
{
	size_t length = strlen(begin);

	while (text && strncmp(text, begin, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text;
}

static bool lines_differ(const char *a, const char *b)
{
	return a && b &&
	       (strcspn(a, "\n") != strcspn(b, "\n") || memcmp(a, b, strcspn(a, "\n")) != 0);
}

/* What they said of an operation, or at the end of a slot. */
struct answers {
	const char *lines[2];
};

static struct answers find_answers(const struct program *p, const char *begin)
{
	return (struct answers){ { find_line(p->answers[0], begin),
		find_line(p->answers[1], begin) } };
}

static struct answers answers_to(const struct program *p, unsigned op)
{
	char begin[32];

	sprintf(begin, "%u slot ", op);
	return find_answers(p, begin);
}

static struct answers answers_at_end(const struct program *p, unsigned slot)
{
	char begin[32];

	sprintf(begin, "end slot %u ", slot);
	return find_answers(p, begin);
}

static bool is_carried_out(const char *line)
{
	const char *end = line ? strchr(line, '\n') : NULL;
	const char *busy = line ? strstr(line, " = busy") : NULL;

	return line && !(busy && busy < end);
}

static bool answers_differ(struct answers a)
{
	return lines_differ(a.lines[0], a.lines[1]);
}

/* The mappings of it differ; its other results may as well. */
static bool maps_differ(struct answers a)
{
	return a.lines[0] && a.lines[1] &&
	       lines_differ(strstr(a.lines[0], " maps "), strstr(a.lines[1], " maps "));
}

/* ---- Statements ------------------------------------------------------------------------------ */

struct text {
	FILE *out; /* writes to: */
	char *bytes;
	size_t length;
};

static void open_text(struct text *text)
{
	text->out = open_memstream(&text->bytes, &text->length);
	if (!text->out)
		abort();
}

/* What of the stream goes into the program. */
struct plan {
	const struct program *program;
	bool is_in[STREAM_OPS];
	bool has_several; /* processes or threads */
	/* Registers, and whether they are put to use. */
	bool is_kept[NR_RESULTS], is_used[NR_RESULTS];
	bool has_file[NR_FILES];
	unsigned nr_threads;
	unsigned nr_steps; /* printed so far */
};

static void plan_op(struct plan *plan, const struct op *op)
{
	const char *types = op_infos[op->kind].types;

	if (op->slot != 0 || op->kind == OP_fork || op->kind == OP_thread)
		plan->has_several = true;
	plan->nr_threads += op->kind == OP_thread;
	for (unsigned i = 0; types[i]; i++) {
		uint64_t base = op->args[i] >> OP_BASE_SHIFT;

		if (types[i] == 'r')
			plan->is_kept[op->args[i]] = true;
		if (types[i] == 'a' && base >= BASE_RESULT && base != 0xff)
			plan->is_used[base - BASE_RESULT] = true;
		if (types[i] == 'd')
			plan->has_file[op->args[i]] = true;
	}
}

static struct plan make_plan(const struct program *p)
{
	struct plan plan = { .program = p };

	for (unsigned i = 0; i < STREAM_OPS; i++) {
		struct answers a = answers_to(p, i);

		plan.is_in[i] =
			p->keep[i] && (is_carried_out(a.lines[0]) || is_carried_out(a.lines[1]));
		if (plan.is_in[i])
			plan_op(&plan, &p->ops[i]);
	}
	if (plan.has_file[FILE_TMPFS_READ] || plan.has_file[FILE_TMPFS_WRITE])
		plan.has_file[FILE_TMPFS] = true;
	if (plan.has_file[FILE_EXT2_READ])
		plan.has_file[FILE_EXT2] = true;
	return plan;
}

/* As the C library calls it: pread64 is pread there. */
static int length_of_name(unsigned kind)
{
	const char *name = op_infos[kind].name, *end = strstr(name, "64");

	return end ? end - name : (int)strlen(name);
}

/* NAME(ARGUMENTS), and what the registers have to do with it. */
static void print_call(FILE *out, const struct plan *plan, const struct op *op)
{
	const struct op_info *info = &op_infos[op->kind];
	const char *kept = strchr(info->types, 'r');
	uint64_t result = kept ? op->args[kept - info->types] : 0;

	if (kept && plan->is_used[result])
		fprintf(out, "KEEP(r%lu, ", result);
	else
		fputs("SHOW(", out);
	fprintf(out, "%.*s(", length_of_name(op->kind), info->name);
	for (unsigned i = 0; info->types[i] && info->types[i] != 'r'; i++) {
		fputs(i ? ", " : "", out);
		print_argument(out, info->types[i], op->args[i], plan->is_kept);
	}
	fputs("));", out);
}

static void print_sums(FILE *out, const struct plan *plan)
{
	static const enum op_file summed[] = { FILE_TMPFS, FILE_EXT2, FILE_MEMFD };

	fputs("show_memory();", out);
	for (size_t i = 0; i < sizeof(summed) / sizeof(summed[0]); i++)
		if (plan->has_file[summed[i]])
			fprintf(out, "\nshow_file(\"%s\", %s);", files[summed[i]].name,
				files[summed[i]].name);
}

/* One statement a line. The number is that of the operation in the stream. */
static void print_statements(FILE *out, const struct plan *plan, unsigned number)
{
	const struct op *op = &plan->program->ops[number];
	const uint64_t *a = op->args;
	unsigned char byte = OP_BYTE(number);

	switch (op->kind) {
	case OP_touch:
		fputs(a[1] == TOUCH_READ      ? "peek("
			: a[1] == TOUCH_WRITE ? "poke("
					      : "execute(",
			out);
		print_address(out, a[0], plan->is_kept);
		fprintf(out, a[1] == TOUCH_WRITE ? ", %#x);" : ");", byte);
		break;
	case OP_fill:
		fputs("fill(", out);
		print_address(out, a[0], plan->is_kept);
		fprintf(out, ", %lu, %#x);", a[1], byte);
		break;
	case OP_mincore:
		fputs("show_mincore(", out);
		print_address(out, a[0], plan->is_kept);
		fprintf(out, ", %#lx, ", a[1]);
		print_address(out, a[2], plan->is_kept);
		fputs(");", out);
		break;
	case OP_seal:
		fprintf(out, "SHOW(fcntl(%s, F_ADD_SEALS, ", files[a[0]].name);
		print_flags(out, seals, a[1]);
		fputs("));", out);
		break;
	case OP_get_seals:
		fprintf(out, "SHOW(fcntl(%s, F_GET_SEALS));", files[a[0]].name);
		break;
	case OP_fork:
		fprintf(out, "SHOW(start_process(%lu));", a[0]);
		break;
	case OP_thread:
		fprintf(out, "SHOW(start_thread(%lu));", a[0]);
		break;
	case OP_exit:
		fputs("leave(me);", out);
		break;
	case OP_sum:
		print_sums(out, plan);
		break;
	case OP_madvise:
		if (a[2] == MADV_PAGEOUT && plan->has_file[FILE_EXT2])
			fputs("zero_tail(ext2);\n", out);
		print_call(out, plan, op);
		break;
	case OP_write:
	case OP_pwrite64:
	case OP_ftruncate:
	case OP_fallocate:
		if (a[0] == FILE_EXT2)
			fputs("zero_tail(ext2);\n", out);
		/* fall through */
	default:
		print_call(out, plan, op);
	}
}

/* Lines of statements, as they stand in main() or as one step of a slot. */
static void print_step(FILE *out, struct plan *plan, unsigned slot, const char *statements)
{
	bool has_one = !strchr(statements, '\n');
	const char *indent = plan->has_several && !has_one ? "\t\t" : "\t";

	if (plan->has_several)
		fprintf(out, "\tTURN(%u, %u)%s", plan->nr_steps++, slot, has_one ? " " : " {\n");
	if (plan->has_several && has_one) {
		fprintf(out, "%s\n", statements);
		return;
	}
	while (*statements) {
		int length = strcspn(statements, "\n");

		fprintf(out, "%s%.*s\n", indent, length, statements);
		statements += length + (statements[length] == '\n');
	}
	if (plan->has_several)
		fputs("\t}\n", out);
}

static void print_op(FILE *out, struct plan *plan, unsigned number)
{
	const struct program *p = plan->program;
	struct text statements;

	open_text(&statements);
	print_statements(statements.out, plan, number);
	if (p->ops[number].kind != OP_exit && (p->shows_all || maps_differ(answers_to(p, number))))
		fputs("\nshow_maps();", statements.out);
	fclose(statements.out);
	print_step(out, plan, p->ops[number].slot, statements.bytes);
	free(statements.bytes);
}

static void print_last_look(FILE *out, struct plan *plan, unsigned slot)
{
	const struct program *p = plan->program;
	struct answers a = answers_at_end(p, slot);
	struct text statements;

	if (!a.lines[0] && !a.lines[1])
		return;
	open_text(&statements);
	print_sums(statements.out, plan);
	if (p->shows_all || maps_differ(a))
		fputs("\nshow_maps();", statements.out);
	fclose(statements.out);
	print_step(out, plan, slot, statements.bytes);
	free(statements.bytes);
}

static void print_steps(FILE *out, struct plan *plan)
{
	const struct program *p = plan->program;
	bool ops_differ = false, looks_differ = false;

	for (unsigned i = 0; i < STREAM_OPS; i++) {
		if (!plan->is_in[i])
			continue;
		print_op(out, plan, i);
		ops_differ |= answers_differ(answers_to(p, i));
	}
	for (unsigned slot = 0; slot < NR_SLOTS; slot++)
		looks_differ |= answers_differ(answers_at_end(p, slot));
	/* Who differed before will do so at the end, too. */
	for (unsigned slot = 0; slot < NR_SLOTS; slot++)
		if (p->shows_all || (looks_differ && !ops_differ))
			print_last_look(out, plan, slot);
}

/* ---- The program around them ----------------------------------------------------------------- */

static bool is_in_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool has_this_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || !is_in_identifier(at[-1])) && !is_in_identifier(at[length]))
			return true;
	return false;
}

/* Is one of the words in it? Behind them the end, or what is no word. */
static bool has_word(const char *text, const char *words)
{
	char word[64];
	int length;

	while (sscanf(words, " %63[a-zA-Z_]%n", word, &length) == 1) {
		if (has_this_word(text, word))
			return true;
		words += length;
	}
	return false;
}

/* Calls go past the C library (difftest-helpers.c says why). */
static void print_call_names(FILE *out, const struct plan *plan)
{
	bool is_named[NR_OP_KINDS] = { false };

	for (unsigned i = 0; i < STREAM_OPS; i++)
		if (plan->is_in[i])
			is_named[plan->program->ops[i].kind] = true;
	if (is_named[OP_seal] || is_named[OP_get_seals])
		fputs("#define fcntl(...) SYS(fcntl, ##__VA_ARGS__)\n", out);
	for (unsigned kind = 0; kind < NR_OP_KINDS; kind++) {
		switch (kind) {
		case OP_seal:
		case OP_get_seals:
		case OP_mincore:
		case OP_touch:
		case OP_fill:
		case OP_fork:
		case OP_thread:
		case OP_exit:
		case OP_sum:
			continue;
		}
		if (is_named[kind])
			fprintf(out, "#define %.*s(...) SYS(%s, ##__VA_ARGS__)\n",
				length_of_name(kind), op_infos[kind].name, op_infos[kind].name);
	}
	fputs("\n", out);
}

static void print_variables(FILE *out, const struct plan *plan)
{
	bool has_any = false;

	for (unsigned i = 0; i < NR_RESULTS; i++) {
		if (!plan->is_kept[i] || !plan->is_used[i])
			continue;
		fprintf(out, "static unsigned long r%u = ", i);
		print_place(out, "ARENA", FIRST_RESULT(i) - ARENA);
		fputs(";\n", out);
		has_any = true;
	}
	for (unsigned i = 1; i < NR_FILES; i++) {
		if (!plan->has_file[i])
			continue;
		fprintf(out, "static int %s;\n", files[i].name);
		has_any = true;
	}
	fputs(has_any ? "\n" : "", out);
}

static void print_making_of_files(FILE *out, const struct plan *plan)
{
	for (unsigned i = 1; i < NR_FILES; i++)
		if (plan->has_file[i])
			fprintf(out, "\t%s = %s;\n", files[i].name, files[i].made_by);
	if (plan->has_file[FILE_MEMFD])
		fputs("\tSYS(ftruncate, memfd, 4 * PAGE);\n", out);
	if (plan->has_file[FILE_EXT2])
		fputs("\tunlink(\"/var/tmp/difftest\");\n", out);
}

/* Does a kernel choose an address? */
static bool is_placed_by_kernel(const struct op *op)
{
	uint64_t fixed = op->kind == OP_mmap ? MAP_FIXED | MAP_FIXED_NOREPLACE : MREMAP_FIXED;

	return (op->kind == OP_mmap || op->kind == OP_mremap) && !(op->args[3] & fixed);
}

static void print_main(FILE *out, const struct plan *plan, const char *steps)
{
	bool touches = has_word(steps, "peek poke execute fill show_memory show_mincore");
	bool uses_heap = has_word(steps, "HEAP show_maps show_memory show_mincore");
	bool prepares_addresses = uses_heap;

	for (unsigned i = 0; i < STREAM_OPS; i++)
		if (plan->is_in[i] && is_placed_by_kernel(&plan->program->ops[i]))
			prepares_addresses = true;
	if (plan->has_several)
		fprintf(out, "static void take_steps(int me, int from)\n{\n%s}\n\n", steps);
	fprintf(out, "int main(%s)\n{\n", prepares_addresses ? "int argc, char **argv" : "void");
	if (prepares_addresses)
		fputs("\t(void)argc;\n", out);
	if (plan->has_several)
		fputs("\tprepare_turns();\n", out);
	if (prepares_addresses)
		fputs("\tprepare_addresses(argv);\n", out);
	if (uses_heap)
		fputs("\tprepare_heap();\n", out);
	if (touches)
		fputs("\tcatch_faults();\n", out);
	print_making_of_files(out, plan);
	if (!stream_is_privileged(plan->program->seed))
		fputs("\tdrop_privilege();\n", out);
	if (stream_is_limited(plan->program->seed))
		fputs("\tlimit_room();\n", out);
	if (plan->has_several)
		fputs("\tstart_first_process();\n", out);
	else
		fprintf(out, "\n%s\n", steps);
	if (plan->has_file[FILE_TMPFS])
		fputs("\tunlink(\"/dev/shm/difftest\");\n", out);
	fputs("\treturn 0;\n}\n", out);
}

/* ---- The pieces it needs --------------------------------------------------------------------- */

#define PIECE_BEGIN "/*@ "
#define PIECE_END   "@*/\n"
#define INCLUSION   "#include \""

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *bytes = NULL;
	size_t size = 0;

	if (in && getdelim(&bytes, &size, '\0', in) < 0) {
		free(bytes);
		bytes = NULL;
	}
	if (in)
		fclose(in);
	return bytes;
}

/* A file that the helpers include, from its first piece on; its path is the one from their folder. */
static bool print_included(FILE *out, const char *helpers_path, const char *name)
{
	char *path, *bytes, *begin;
	int folder = strrchr(helpers_path, '/') ? strrchr(helpers_path, '/') - helpers_path : 0;

	if (asprintf(&path, "%.*s%s%.*s", folder, helpers_path, folder ? "/" : "",
		    (int)strcspn(name, "\""), name) < 0)
		abort();
	bytes = read_file(path);
	free(path);
	begin = bytes ? strstr(bytes, PIECE_BEGIN) : NULL;
	if (begin)
		fputs(begin, out);
	free(bytes);
	return begin;
}

/* The helpers and what they include. NULL: one of the files cannot be read, or has no pieces. */
static char *read_helpers(const char *path)
{
	char *helpers = read_file(path), *line = helpers;
	bool complete = helpers;
	struct text text;

	open_text(&text);
	while (line && *line && complete) {
		int length = strcspn(line, "\n");

		if (strncmp(line, INCLUSION, strlen(INCLUSION)) == 0)
			complete = print_included(text.out, path, line + strlen(INCLUSION));
		else
			fprintf(text.out, "%.*s\n", length, line);
		line += length + (line[length] == '\n');
	}
	fclose(text.out);
	free(helpers);
	if (complete)
		return text.bytes;
	free(text.bytes);
	return NULL;
}

static char *last_piece(char *helpers)
{
	char *last = NULL;

	for (char *at = helpers; (at = strstr(at, PIECE_BEGIN)) != NULL; at++)
		last = at;
	return last;
}

/* Gives the text with this piece before it, and uses it up. */
static char *add_piece(char *piece, char *text)
{
	char *body = strstr(piece, PIECE_END) + strlen(PIECE_END), *longer;

	while (body[0] && body[strlen(body) - 1] == '\n')
		body[strlen(body) - 1] = '\0';
	if (asprintf(&longer, "%s\n\n%s", body, text) < 0)
		abort();
	free(text);
	return longer;
}

/* The same with the constants of ops.h that it uses. */
static char *add_constants(char *old)
{
	static const struct name constants[] = { NAME(PAGE), NAME(HEAP), NAME(ARENA), NAME(STACKS),
		NAME(TOP), NAME(NR_SLOTS), NAME(TOUCH_READ), NAME(TOUCH_WRITE), NAME(TOUCH_EXEC),
		NAME(OP_USER_ID), NAME(OP_MEMLOCK_BYTES), NAME(OP_ROOM_BYTES), NAME(OP_STACK_BYTES),
		NAME(SUM_PAGES) };
	struct text text;

	open_text(&text);
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
		if (has_this_word(old, constants[i].name))
			fprintf(text.out, "#define %s %#lxul\n", constants[i].name,
				constants[i].value);
	fprintf(text.out, "\n%s", old);
	fclose(text.out);
	free(old);
	return text.bytes;
}

/* Gives the text with all that it needs before it; both arguments are used up. */
static char *add_pieces(char *helpers, char *text)
{
	char *piece, *first = strstr(helpers, PIECE_BEGIN);

	for (; (piece = last_piece(helpers)) != first; *piece = '\0')
		if (has_word(text, piece + strlen(PIECE_BEGIN)))
			text = add_piece(piece, text);
	text = add_piece(first, add_constants(text));
	free(helpers);
	return text;
}

bool print_program(FILE *out, const char *helpers_path, const struct program *program)
{
	struct plan plan = make_plan(program);
	char *helpers = read_helpers(helpers_path);
	struct text steps, text;
	char *whole;

	if (!helpers)
		return false;
	open_text(&steps);
	print_steps(steps.out, &plan);
	fclose(steps.out);
	open_text(&text);
	print_call_names(text.out, &plan);
	print_variables(text.out, &plan);
	print_main(text.out, &plan, steps.bytes);
	fclose(text.out);
	free(steps.bytes);
	whole = add_pieces(helpers, text.bytes);
	fprintf(out, "/*\n%s */\n#define _GNU_SOURCE\n", program->head);
	if (plan.nr_threads)
		fprintf(out, "#define NR_THREADS %u\n", plan.nr_threads);
	fputs(whole, out);
	free(whole);
	return true;
}
