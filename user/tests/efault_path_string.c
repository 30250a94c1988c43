// SPDX-License-Identifier: MIT
/*
 * efault_path_string.c: A path that runs into unmapped memory is EFAULT, one that ends just before
 * it is read.
 */
#include "test.h"

TEST_IN_DIR()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);

	CHECK_OK(munmap(p + PAGE, PAGE));
	put_file("abc", "x");
	memcpy(p + PAGE - 3, "abc", 3);
	CHECK_ERR(open(p + PAGE - 3, O_RDONLY), EFAULT);
	memcpy(p + PAGE - 4, "abc", 4);
	CHECK_OK(open(p + PAGE - 4, O_RDONLY));
	/* A string that crosses a page. */
	p = map_anon(2, PROT_READ | PROT_WRITE);
	memcpy(p + PAGE - 2, "abc", 4);
	CHECK_OK(open(p + PAGE - 2, O_RDONLY));
}
