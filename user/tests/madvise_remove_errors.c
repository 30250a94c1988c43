// SPDX-License-Identifier: MIT
/*
 * madvise_remove_errors.c: MADV_REMOVE: EINVAL for memory without a file and for locked pages, EACCES
 * for a mapping that is private or cannot be written.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), rw = PROT_READ | PROT_WRITE;
	char *shared = CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0));
	char *private = CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0));
	int rd = CHECK_OK(open("a", O_RDONLY));

	EXPECT_ERR(madvise(map_anon(1, rw), PAGE, MADV_REMOVE), EINVAL);
	EXPECT_ERR(madvise(private, PAGE, MADV_REMOVE), EACCES);
	EXPECT_ERR(madvise(CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rd, 0)), PAGE,
			   MADV_REMOVE),
		EACCES);
	CHECK_OK(mlock(shared, PAGE));
	EXPECT_ERR(madvise(shared, PAGE, MADV_REMOVE), EINVAL);
	CHECK_OK(munlock(shared, PAGE));
	/* Without PROT_WRITE, on a file that is open for writing: the first releases of 6.1 say
	 * EACCES, its later ones and newer kernels punch. */
	CHECK_OK(mprotect(shared, PAGE, PROT_READ));
	if (madvise(shared, PAGE, MADV_REMOVE) < 0)
		EXPECT_EQ(errno == EOPNOTSUPP || (errno == EACCES && !on_vellum()), true);
	EXPECT_ERR(madvise(shared + 1, PAGE, MADV_REMOVE), EINVAL);
}
