// SPDX-License-Identifier: MIT
/*
 * efault_file_to_file.c: sendfile and copy_file_range with an offset that cannot be read: nothing
 * is moved; with one that cannot be stored: it is EFAULT, but what was moved stays moved.
 */
#include "test.h"

#include <sys/sendfile.h>

static int in, out;
static char *edge;      /* memory ends here */
static off_t *constant; /* 7, in memory that cannot be written */

static long copy(off_t *from, off_t *to)
{
	return syscall(SYS_copy_file_range, in, from, out, to, 10, 0);
}

static void to_file(void)
{
	EXPECT_ERR(copy((off_t *)edge, NULL), EFAULT);
	EXPECT_ERR(copy(NULL, (off_t *)edge), EFAULT);
	EXPECT_ERR(copy((off_t *)(edge - 4), NULL), EFAULT);
	EXPECT_EQ(lseek(in, 0, SEEK_CUR), 0);
	EXPECT_EQ(lseek(out, 0, SEEK_END), 0);
	EXPECT_ERR(copy(constant, NULL), EFAULT);
	EXPECT_EQ(lseek(out, 0, SEEK_END), 10);
	EXPECT_ERR(copy(NULL, constant), EFAULT);
	EXPECT_EQ(lseek(out, 0, SEEK_END), 17);
}

static void to_pipe(void)
{
	int fd[2], left;

	CHECK_OK(pipe(fd));
	EXPECT_ERR(sendfile(fd[1], in, (off_t *)edge, 10), EFAULT);
	EXPECT_ERR(sendfile(fd[1], in, (off_t *)(edge - 4), 10), EFAULT);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	EXPECT_EQ(left, 0);
	EXPECT_ERR(sendfile(fd[1], in, constant, 10), EFAULT);
	CHECK_OK(ioctl(fd[0], FIONREAD, &left));
	EXPECT_EQ(left, 10);
	close(fd[0]);
	close(fd[1]);
}

TEST_IN_DIR()
{
	edge = map_anon(2, PROT_READ | PROT_WRITE) + PAGE;
	CHECK_OK(mprotect(edge, PAGE, PROT_NONE));
	constant = (off_t *)map_anon(1, PROT_READ | PROT_WRITE);
	*constant = 7;
	CHECK_OK(mprotect(constant, PAGE, PROT_READ));
	in = make_file("in", 1000);
	out = make_file("out", 0);
	to_file();
	to_pipe();
	close(in);
	close(out);
	CHECK_OK(munmap(constant, PAGE));
	CHECK_OK(munmap(edge - PAGE, 2 * PAGE));
}
