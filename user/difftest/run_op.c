// SPDX-License-Identifier: MIT
/*
 * run_op.c: carries out one operation.
 *
 * What is compared of it is its line: result or errno, signal with code, address, trap number and
 * error code, the bytes read, and the mappings of its process (note_maps()).
 *
 * Pieces of it go into printed programs (tools/difftest-helpers.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "log.h"
#include "maps.h"
#include "run_op.h"
#include "state.h"
#include "sums.h"
#include "syscalls.h"
#include "touch.h"
#include "turns.h"

static uint64_t resolve_address(uint64_t argument)
{
	uint64_t base = argument >> OP_BASE_SHIFT, offset = argument & ((1ul << OP_BASE_SHIFT) - 1);

	switch (base) {
	case BASE_NONE:
	case 0xff:
		return argument;
	case BASE_ARENA:
		return ARENA + offset;
	case BASE_STACKS:
		return STACKS + offset;
	case BASE_HEAP:
		return HEAP + offset;
	default:
		return results[base - BASE_RESULT] + offset;
	}
}

/*@ ask_mincore @*/
/*
 * Which pages a child finds in its page table, and which pages of a file are in memory, is for the
 * kernel to choose; but what was just read is there.
 */
static bool is_residency_defined(const char *maps, uint64_t page)
{
	struct mapping m;

	while (maps && (maps = next_mapping(maps, &m)) != NULL) {
		if (page < m.start || page >= m.end)
			continue;
		return (!is_forked && !m.path[0] && m.perms[3] == 'p') || touch_read(page) >= 0;
	}
	return false;
}

#define MAX_VEC   1024
#define MAX_SHOWN 64

/* answers: where the kernel shall put them; 0: where there is room. shown: a text of the first ones. */
static long ask_mincore(
	uint64_t address, uint64_t length, uint64_t answers, char shown[MAX_SHOWN + 1])
{
	static unsigned char vec[MAX_VEC];
	static bool is_defined[MAX_VEC];
	const char *maps = read_maps();
	uint64_t nr_pages, i;
	long result;

	if (length < 1ul << 46 && length > MAX_VEC * PAGE)
		length = MAX_VEC * PAGE;
	nr_pages = (length + PAGE - 1) / PAGE;
	for (i = 0; i < nr_pages && i < MAX_VEC; i++)
		is_defined[i] = is_residency_defined(maps, address + i * PAGE);
	result = SYS(mincore, address, length, answers ? answers : (uint64_t)vec);
	for (i = 0; result == 0 && i < nr_pages && i < MAX_SHOWN; i++)
		shown[i] = !is_defined[i] ? '-' : vec[i] & 1 ? '1' : '0';
	shown[i] = '\0';
	return result;
}

/*@ zero_tail @*/
/*
 * Before a file on a disk may grow, or have pages written: what a mapping wrote behind its end becomes
 * part of it on Linux 6.1, and is zeroed on newer ones as on Vellum. A change to the size that it has
 * zeroes it on all of them. And MADV_PAGEOUT writes changed pages of files, as the manual page says,
 * but not on Linux.
 */
static void zero_tail(int file)
{
	struct stat st;

	if (SYS(fstat, file, &st) == 0)
		SYS(ftruncate, file, st.st_size);
}

/*@ @*/
/* Does it come to light now what is behind that file's end? */
static bool needs_zero_tail(const struct op *op)
{
	switch (op->kind) {
	case OP_write:
	case OP_pwrite64:
	case OP_ftruncate:
	case OP_fallocate:
		return op->args[0] == FILE_EXT2;
	case OP_madvise:
		return op->args[2] == MADV_PAGEOUT;
	default:
		return false;
	}
}

static long run_mincore(const uint64_t *a)
{
	char shown[MAX_SHOWN + 1];
	long result = ask_mincore(a[0], a[1], a[2], shown);

	put(shown);
	put(" ");
	return result;
}

#define CALL(name) [OP_##name] = __NR_##name

/* a: the arguments with addresses and descriptors resolved; what the call has not is not asked for. */
static long run_call(const struct op *op, const uint64_t *a)
{
	static const int calls[NR_OP_KINDS] = { CALL(mmap), CALL(munmap), CALL(mprotect),
		CALL(mremap), CALL(madvise), CALL(msync), CALL(mlock), CALL(mlock2), CALL(munlock),
		CALL(mlockall), CALL(munlockall), CALL(brk), CALL(remap_file_pages), CALL(read),
		CALL(write), CALL(pread64), CALL(pwrite64), CALL(lseek), CALL(ftruncate),
		CALL(fallocate), CALL(fsync) };

	switch (op->kind) {
	case OP_mincore:
		return run_mincore(a);
	case OP_seal:
		return SYS(fcntl, a[0], F_ADD_SEALS, a[1]);
	case OP_get_seals:
		return SYS(fcntl, a[0], F_GET_SEALS);
	default:
		return sys(calls[op->kind], a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}

/* Is this a new mapping of the memory file, while there are others? */
static bool maps_memfd_again(const struct op *op, uint64_t start, uint64_t end)
{
	if (op->kind == OP_remap_file_pages)
		return is_memfd_mapped(start, end);
	return op->kind == OP_mmap && op->args[4] == FILE_MEMFD && is_memfd_mapped(0, TOP);
}

/*
 * Linux 6.1 asks for F_SEAL_FUTURE_WRITE after it has tried to make one mapping of the new one and
 * what is beside it. If that goes, the seal is forgotten.
 */
static bool may_escape_seal(const struct op *op, uint64_t start, uint64_t end)
{
	long seals;

	if (!maps_memfd_again(op, start, end))
		return false;
	seals = SYS(fcntl, files[FILE_MEMFD], F_GET_SEALS);
	return seals > 0 && (seals & F_SEAL_FUTURE_WRITE);
}

/*
 * Is part of a file copied onto itself? What becomes of bytes that are written before they are read
 * depends on how much the kernel, and the processor, copies at a time.
 */
static bool copies_onto_itself(const struct op *op)
{
	uint64_t start, at;
	int file;

	switch (op->kind) {
	case OP_read:
	case OP_write:
		file = files[op->args[0]];
		at = SYS(lseek, file, 0, SEEK_CUR);
		break;
	case OP_pread64:
	case OP_pwrite64:
		file = files[op->args[0]];
		at = op->args[3];
		break;
	default:
		return false;
	}
	start = resolve_address(op->args[1]);
	return is_part_mapped(file, at, at + op->args[2], start, start + op->args[2]);
}

/*
 * Such an operation is passed over; the other kernel will not be asked for it. Linux moves memory of
 * one VMA only, and what looks like one mapping may be several of them there (see next_mapping()).
 */
static bool is_passed_over(const struct op *op)
{
	uint64_t start = resolve_address(op->args[0]), end = start + op->args[1];

	return (op->kind == OP_mremap && end >= start && is_split_by_history(start, end)) ||
	       may_escape_seal(op, start, end) || copies_onto_itself(op);
}

void run_op(const struct op *op, uint32_t turn)
{
	const struct op_info *info = &op_infos[op->kind];
	unsigned char byte = OP_BYTE(turn);
	uint64_t a[OP_ARGS] = { 0 };
	long result;

	if (is_passed_over(op)) {
		control->passed_over[turn] = true;
		return;
	}
	put_decimal(turn);
	put(" slot ");
	put_decimal(op->slot);
	put(" ");
	put(info->name);
	for (unsigned i = 0; info->types[i]; i++) {
		a[i] = op->args[i];
		if (info->types[i] == 'a')
			a[i] = resolve_address(a[i]);
		put(" ");
		put_hex(a[i]);
		if (info->types[i] == 'd')
			a[i] = files[a[i]];
	}
	put(" = ");
	switch (op->kind) {
	case OP_touch:
		run_touch(a[0], a[1], byte);
		break;
	case OP_fill:
		put_decimal(run_fill(a[0], a[1], byte));
		break;
	case OP_sum:
		run_sum();
		break;
	case OP_fork:
	case OP_thread:
		if (control->process[a[0]])
			put("busy");
		else
			put_result(
				op->kind == OP_fork ? run_fork(a[0]) : run_thread(a[0], op->slot));
		break;
	case OP_exit:
		end_line();
		run_exit(op->slot, turn);
		break;
	default:
		if (needs_zero_tail(op))
			zero_tail(files[FILE_EXT2]);
		result = run_call(op, a);
		put_result(result);
		if (op->kind == OP_mmap && (uint64_t)result < -4095ul)
			results[a[6]] = result;
		if (op->kind == OP_mremap && (uint64_t)result < -4095ul)
			results[a[5]] = result;
	}
	note_maps();
	end_line();
	if (control->detail >= DETAIL_MAPS)
		show_maps();
}

void run_last_look(unsigned slot)
{
	put("end slot ");
	put_decimal(slot);
	put(" = ");
	run_sum();
	note_maps();
	end_line();
	if (control->detail >= DETAIL_MAPS)
		show_maps();
}
