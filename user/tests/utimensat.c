// SPDX-License-Identifier: MIT
/*
 * utimensat.c: utimensat: given times, UTIME_NOW, UTIME_OMIT, a null pointer, symbolic links
 * themselves, futimens; the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct timespec times[2] = { { 1111, 0 }, { 2222, 0 } };
	time_t now = time(NULL);
	int fd;

	put_file("a", "x");
	fd = CHECK_OK(open("a", O_RDWR));
	CHECK_OK(utimensat(AT_FDCWD, "a", times, 0));
	CHECK_EQ(stat_of("a").st_atim.tv_sec, 1111);
	CHECK_EQ(stat_of("a").st_mtim.tv_sec, 2222);
	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_sec = 3333;
	CHECK_OK(futimens(fd, times));
	CHECK_EQ(stat_of("a").st_atim.tv_sec, 1111);
	CHECK_EQ(stat_of("a").st_mtim.tv_sec, 3333);
	times[1].tv_nsec = UTIME_NOW;
	CHECK_OK(utimensat(AT_FDCWD, "a", times, 0));
	CHECK_EQ(labs(stat_of("a").st_mtim.tv_sec - now) < 10, 1);
	CHECK_OK(utimensat(AT_FDCWD, "a", NULL, 0));
	CHECK_EQ(labs(stat_of("a").st_atim.tv_sec - now) < 10, 1);
	CHECK_OK(symlink("a", "l"));
	times[0] = times[1] = (struct timespec){ 4444, 0 };
	CHECK_OK(utimensat(AT_FDCWD, "l", times, AT_SYMLINK_NOFOLLOW));
	CHECK_EQ(stat_of("l").st_mtim.tv_sec, 4444);
	CHECK(stat_of("a").st_mtim.tv_sec != 4444);
	times[0].tv_nsec = 1000000000;
	EXPECT_ERR(utimensat(AT_FDCWD, "a", times, 0), EINVAL);
	EXPECT_ERR(utimensat(AT_FDCWD, "none", NULL, 0), ENOENT);
}
