// SPDX-License-Identifier: MIT
/*
 * munmap_own_code.c: A program that unmaps the code it runs dies of SIGSEGV; nothing else happens.
 */
#include "test.h"

TEST()
{
	/* mov $11, %eax (munmap); syscall; nop */
	static const unsigned char code[] = { 0xb8, 11, 0, 0, 0, 0x0f, 0x05, 0x90 };
	char *p = map_anon(1, PROT_READ | PROT_WRITE | PROT_EXEC);

	memcpy(p, code, sizeof(code));
	CHECK_KILLS(SIGSEGV, ((void (*)(void *, size_t))(void *)p)(p, PAGE));
}
