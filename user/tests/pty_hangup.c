// SPDX-License-Identifier: MIT
/*
 * pty_hangup.c: When one end of a pseudo-terminal closes. Master without slave: what was written is
 * read, then EIO, until the slave is opened again. Slave without master: end of file and EIO; its
 * session's leader gets SIGHUP and SIGCONT, and when that exits, the group that was in the
 * foreground does.
 */
#include "pty.h"

#include <sys/prctl.h>

static void slave_closes(void)
{
	char name[40], text[40];
	int master = open_master(name), slave;

	CHECK_OK(fcntl(master, F_SETFL, O_NONBLOCK));
	EXPECT_ERR(read(master, text, sizeof(text)), EAGAIN); /* never opened is not closed */
	CHECK_EQ(poll_now(master, POLLIN | POLLOUT), POLLOUT);
	CHECK_EQ(write(master, "early\n", 6), 6); /* kept until somebody opens */
	slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	CHECK_EQ(read(slave, text, sizeof(text)), 6);
	CHECK_EQ(read(master, text, sizeof(text)), 7); /* the echo */
	CHECK_EQ(write(slave, "late\n", 5), 5);
	CHECK_OK(close(slave));
	CHECK_EQ(poll_until(master, POLLIN), POLLIN | POLLHUP);
	CHECK_EQ(read(master, text, sizeof(text)), 6);
	CHECK_MEM(text, "late\r\n", 6);
	CHECK_ERR(read(master, text, sizeof(text)), EIO);
	CHECK_EQ(poll_now(master, POLLIN | POLLOUT), POLLOUT | POLLHUP);
	slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	EXPECT_ERR(read(master, text, sizeof(text)), EAGAIN);
	CHECK_EQ(poll_now(master, POLLIN | POLLOUT), POLLOUT);
	close(slave);
	close(master);
}

/* A reader of the master who sleeps is woken. */
static void slave_closes_under_reader(void)
{
	char name[40], c;
	int master = open_master(name), slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	pid_t pid = fork_child();

	if (pid == 0) {
		close(master);
		sleep_ms(50);
		_exit(0); /* the last open slave goes with it */
	}
	close(slave);
	CHECK_ERR(read(master, &c, 1), EIO);
	CHECK_EXITS(pid, 0);
	close(master);
}

static void master_closes(void)
{
	char name[40], text[40];
	int master = open_master(name), slave = CHECK_OK(open(name, O_RDWR | O_NOCTTY));
	struct termios settings;

	CHECK_OK(close(master));
	CHECK_EQ(poll_until(slave, POLLIN | POLLOUT), POLLIN | POLLOUT | POLLHUP | POLLERR);
	CHECK_EQ(read(slave, text, sizeof(text)), 0);
	CHECK_ERR(write(slave, "x", 1), EIO);
	CHECK_ERR(tcgetattr(slave, &settings), EIO);
	close(slave);
}

static volatile sig_atomic_t got_hup, got_cont;

static void note(int signo)
{
	if (signo == SIGHUP)
		got_hup = 1;
	else
		got_cont = 1;
}

/* Leads a session on the slave, with a child in a group of its own in the foreground. */
static void lead_session(const char *name, int ready, int report)
{
	pid_t child;

	CHECK(setsid() > 0);
	CHECK_OK(open(name, O_RDWR)); /* becomes the controlling terminal */
	signal(SIGHUP, note);
	signal(SIGCONT, note);
	child = fork_child();
	if (child == 0) {
		signal(SIGHUP, SIG_DFL);
		for (;;)
			pause();
	}
	CHECK_OK(setpgid(child, child));
	signal(SIGTTOU, SIG_IGN);
	CHECK_OK(tcsetpgrp(open("/dev/tty", O_RDWR), child));
	CHECK_EQ(write(report, &child, sizeof(child)), sizeof(child));
	CHECK_EQ(write(ready, "r", 1), 1);
	WAIT_UNTIL(got_hup && got_cont);
	CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
	CHECK_OK(kill(child, 0)); /* the child lives on, as long as we do */
	sleep_ms(20);
	CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
	child_done();
}

static void session(void)
{
	char name[40], c;
	int master = open_master(name), ready[2], report[2], status;
	pid_t leader, child;

	CHECK_OK(pipe(ready));
	CHECK_OK(pipe(report));
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		skip("cannot adopt orphans");
	leader = fork_child();
	if (leader == 0) {
		close(master);
		lead_session(name, ready[1], report[1]);
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	CHECK_EQ(read(report[0], &child, sizeof(child)), sizeof(child));
	CHECK_OK(close(master));
	CHECK_EXITS(leader, 0);
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP, 1);
}

TEST()
{
	slave_closes();
	slave_closes_under_reader();
	master_closes();
	session();
}
