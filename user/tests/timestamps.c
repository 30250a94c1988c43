// SPDX-License-Identifier: MIT
/*
 * timestamps.c: Reading, writing, truncating, chmod, link and entries in directories move the times
 * that POSIX says.
 */
#include "test.h"

static struct timespec old = { 1000000, 5000000 };

static void age(const char *name)
{
	struct timespec times[2] = { old, old };

	CHECK_OK(utimensat(AT_FDCWD, name, times, 0));
	CHECK_EQ(stat_of(name).st_mtim.tv_sec, old.tv_sec);
	CHECK_EQ(stat_of(name).st_atim.tv_sec, old.tv_sec);
}

#define MODIFIED(name) (stat_of(name).st_mtim.tv_sec != old.tv_sec)

TEST_IN_DIR()
{
	int fd = make_file("a", 10);
	struct timespec ctime;

	CHECK_OK(mkdir("d", 0755));
	age("a");
	CHECK_EQ(write(fd, "x", 1), 1);
	CHECK_EQ(MODIFIED("a"), 1);
	age("a");
	CHECK_OK(ftruncate(fd, 5));
	CHECK_EQ(MODIFIED("a"), 1);
	age("a");
	ctime = stat_of("a").st_ctim;
	sleep_ms(20);
	CHECK_OK(chmod("a", 0600));
	CHECK_EQ(MODIFIED("a"), 0);
	CHECK(memcmp(&ctime,
		      &(struct timespec){
			      stat_of("a").st_ctim.tv_sec, stat_of("a").st_ctim.tv_nsec },
		      sizeof(ctime)) != 0 ||
		stat_of("a").st_ctim.tv_nsec == 0);
	age("d");
	put_file("d/x", "");
	CHECK_EQ(MODIFIED("d"), 1);
	age("d");
	CHECK_OK(rename("d/x", "d/y"));
	CHECK_EQ(MODIFIED("d"), 1);
	age("d");
	CHECK_OK(unlink("d/y"));
	CHECK_EQ(MODIFIED("d"), 1);
	age("d");
	CHECK_OK(mkdir("d/e", 0700));
	CHECK_EQ(MODIFIED("d"), 1);
}
