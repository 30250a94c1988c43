// SPDX-License-Identifier: MIT
/*
 * tty_line_discipline.c: The line discipline, through a pseudo-terminal: lines, erase and kill
 * characters, echo, ^C as SIGINT to the foreground group, ^D as end of file, ^Z as a stop, CR and
 * NL.
 */
#include "test.h"

static int master, slave;

static void type(const char *text)
{
	CHECK_EQ(write(master, text, strlen(text)), strlen(text));
}

static ssize_t line(char *text, size_t size)
{
	ssize_t got = read(slave, text, size - 1);

	if (got >= 0)
		text[got] = '\0';
	return got;
}

TEST()
{
	char text[200], name[40];
	int number, unlock = 0, status;
	pid_t pid;

	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0)
		skip("no pseudo-terminals here");
	CHECK_OK(ioctl(master, TIOCSPTLCK, &unlock));
	CHECK_OK(ioctl(master, TIOCGPTN, &number));
	sprintf(name, "/dev/pts/%d", number);
	slave = open(name, O_RDWR | O_NOCTTY);
	if (slave < 0)
		skip("cannot open %s", name);
	type("hello\r");
	CHECK_EQ(line(text, sizeof(text)), 6);
	CHECK_STR(text, "hello\n");
	type("abX\177c\n");
	CHECK_EQ(line(text, sizeof(text)), 4);
	CHECK_STR(text, "abc\n");
	type("all gone\025new\n");
	CHECK_EQ(line(text, sizeof(text)), 4);
	CHECK_STR(text, "new\n");
	type("half\004");
	CHECK_EQ(line(text, sizeof(text)), 4);
	type("\004");
	CHECK_EQ(line(text, sizeof(text)), 0);
	CHECK_EQ(read(master, text, 7), 7);
	CHECK_MEM(text, "hello\r\n", 7); /* the echo */

	pid = fork_child();
	if (pid == 0) {
		CHECK(setsid() > 0);
		CHECK_OK(ioctl(slave, TIOCSCTTY, 0));
		CHECK_EQ(tcgetpgrp(slave), getpid());
		CHECK_OK(open("/dev/tty", O_RDWR));
		pid = fork_child();
		if (pid == 0)
			for (;;)
				pause();
		CHECK_OK(setpgid(pid, pid));
		signal(SIGTTOU, SIG_IGN);
		CHECK_OK(tcsetpgrp(slave, pid));
		type("\032");
		CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
		CHECK_EQ(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP, 1);
		CHECK_OK(kill(pid, SIGCONT));
		type("\003");
		CHECK_KILLED(pid, SIGINT);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}
