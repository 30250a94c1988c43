// SPDX-License-Identifier: MIT
/*
 * mmap_rlimit_data.c: RLIMIT_DATA bounds private writable memory: what mmap would add, what
 * mprotect would make of read-only memory, be it for the first time or again. Memory that takes the
 * place of other data may always come. A soft limit of 0 stops only brk, as long as the hard one
 * permits (Linux has it so for Valgrind).
 */
#include "test.h"

#define KIB 1024UL

/* VmData as /proc counts it. */
static size_t data_bytes(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	size_t kb = 0;

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmData: %zu", &kb);
	fclose(f);
	CHECK(kb > 0);
	return kb * KIB;
}

static void set_soft_limit(size_t bytes)
{
	struct rlimit limit;

	CHECK_OK(getrlimit(RLIMIT_DATA, &limit));
	limit.rlim_cur = bytes;
	CHECK_OK(setrlimit(RLIMIT_DATA, &limit));
}

static void allow(size_t more)
{
	set_soft_limit(data_bytes() + more);
}

TEST()
{
	char *data = map_anon(256, PROT_READ | PROT_WRITE);
	char *constant = map_anon(256, PROT_READ);

	allow(512 * KIB);
	CHECK_ERR(
		mmap(NULL, 1024 * KIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		ENOMEM);
	CHECK_OK(mmap(NULL, 1024 * KIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CHECK_OK(mmap(NULL, 1024 * KIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	CHECK(mmap(data, 1024 * KIB, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == data);

	CHECK_ERR(mprotect(constant, 1024 * KIB, PROT_READ | PROT_WRITE), ENOMEM);
	CHECK_OK(mprotect(constant, 256 * KIB, PROT_READ | PROT_WRITE));
	CHECK_OK(mprotect(data, 1024 * KIB, PROT_READ));
	allow(512 * KIB);
	CHECK_ERR(mprotect(data, 1024 * KIB, PROT_READ | PROT_WRITE), ENOMEM);
	allow(0);
	CHECK_OK(mprotect(constant, 256 * KIB, PROT_READ | PROT_WRITE | PROT_EXEC));

	set_soft_limit(0);
	data = map_anon(256, PROT_READ | PROT_WRITE);
	CHECK_OK(mprotect(constant, 512 * KIB, PROT_READ | PROT_WRITE));
	CHECK_EQ(syscall(SYS_brk, syscall(SYS_brk, 0) + PAGE), syscall(SYS_brk, 0));
	CHECK_OK(setrlimit(RLIMIT_DATA, &(struct rlimit){ 0, data_bytes() + 512 * KIB }));
	CHECK_ERR(
		mmap(NULL, 1024 * KIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		ENOMEM);
	map_anon(64, PROT_READ | PROT_WRITE);
}
