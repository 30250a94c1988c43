// SPDX-License-Identifier: MIT
/*
 * mmap_prot_matrix.c: Every combination of PROT_READ, PROT_WRITE and PROT_EXEC, for anonymous,
 * shared and file memory: which accesses work and which bring SIGSEGV with SEGV_ACCERR. On x86 what
 * can be written can be read. (Reading memory that is only executable is left open: protection keys
 * decide.)
 */
#include "test.h"

static char *map_code(int kind, int prot)
{
	static const unsigned char ret = 0xc3;
	char *p;
	int fd;

	if (kind < 2) {
		p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			(kind ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0));
		*p = ret;
		CHECK_OK(mprotect(p, PAGE, prot));
		return p;
	}
	fd = make_file("code", PAGE);
	CHECK_EQ(pwrite(fd, &ret, 1, 0), 1);
	p = CHECK_OK(mmap(NULL, PAGE, prot, kind == 2 ? MAP_PRIVATE : MAP_SHARED, fd, 0));
	CHECK_OK(close(fd));
	return p;
}

TEST_IN_DIR()
{
	for (int kind = 0; kind < 4; kind++)
		for (int prot = 0; prot < 8; prot++) {
			char *p = map_code(kind, prot);
			bool can_write = prot & PROT_WRITE, can_exec = prot & PROT_EXEC;
			char perms[5];
			struct map_line line;

			snprintf(perms, sizeof(perms), "%c%c%c%c", prot & PROT_READ ? 'r' : '-',
				can_write ? 'w' : '-', can_exec ? 'x' : '-', kind & 1 ? 's' : 'p');
			CHECK(map_of(p, &line));
			CHECK_STR(line.perms, perms);
			if (prot & (PROT_READ | PROT_WRITE))
				EXPECT_CAN(TOUCH_READ, p);
			else if (prot == PROT_NONE)
				EXPECT_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_ACCERR);
			if (can_write)
				EXPECT_CAN(TOUCH_WRITE, p);
			else if (prot != PROT_EXEC)
				EXPECT_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
			if (can_exec)
				EXPECT_CAN(TOUCH_EXEC, p);
			else
				EXPECT_FAULT(TOUCH_EXEC, p, SIGSEGV, SEGV_ACCERR);
			CHECK_OK(munmap(p, PAGE));
		}
}
