// SPDX-License-Identifier: MIT
/*
 * file_locks.c: Record locks by fcntl: F_SETLK conflicts between processes are EAGAIN, F_GETLK
 * tells whose it is, closing or ending lets go.
 */
#include "test.h"

static struct flock lock(int type, off_t start, off_t len)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len
	};
}

TEST_IN_DIR()
{
	int fd = make_file("a", 100);
	struct flock l = lock(F_WRLCK, 10, 10);
	struct gate locked = gate_make(), done = gate_make();
	pid_t pid;

	CHECK_OK(fcntl(fd, F_SETLK, &l));
	CHECK_OK(fcntl(fd, F_SETLK, &l));
	pid = fork_child();
	if (pid == 0) {
		int own = CHECK_OK(open("a", O_RDWR));

		l = lock(F_RDLCK, 15, 1);
		CHECK_EQ(fcntl(own, F_SETLK, &l), -1);
		CHECK(errno == EAGAIN || errno == EACCES);
		CHECK_OK(fcntl(own, F_GETLK, &l));
		CHECK_EQ(l.l_type, F_WRLCK);
		CHECK_EQ(l.l_pid, getppid());
		CHECK_EQ(l.l_start, 10);
		l = lock(F_WRLCK, 50, 10);
		CHECK_OK(fcntl(own, F_SETLK, &l));
		gate_give(locked);
		gate_wait(done);
		child_done();
	}
	gate_wait(locked);
	l = lock(F_WRLCK, 55, 1);
	CHECK_EQ(fcntl(fd, F_SETLK, &l), -1);
	gate_give(done);
	CHECK_EXITS(pid, 0);
	CHECK_OK(fcntl(fd, F_SETLK, &l));
}
