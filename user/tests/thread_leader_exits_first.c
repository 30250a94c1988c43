// SPDX-License-Identifier: MIT
/*
 * thread_leader_exits_first.c: The first thread ends by itself: it stays as a zombie with the
 * process's number, the process lives on in its other threads, can be signalled and is not waited
 * for before the last one ends. Its status is the
 * last thread's (the first one's in Linux before 6.2).
 */
#include "thread.h"

static struct gate go, there;
static volatile int handled;

static void on_signal(int signo)
{
	(void)signo;
	handled++;
}

static void *survivor(void *unused)
{
	char line[100], text[2000];

	WAIT_UNTIL(thread_state(getpid(), getpid()) == 'Z');
	read_text("/proc/self/status", text, sizeof(text));
	snprintf(line, sizeof(line), "State:\tZ (zombie)\n");
	CHECK(strstr(text, line));
	CHECK(getpid() != my_tid());
	gate_give(there);
	WAIT_UNTIL(handled == 1);
	gate_wait(go);
	syscall(SYS_exit, 4);
	return unused;
}

TEST()
{
	char path[80];
	int status;
	pid_t pid;

	go = gate_make();
	there = gate_make();
	pid = fork_child();
	if (pid == 0) {
		CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
		thread_start(survivor, NULL);
		syscall(SYS_exit, 3);
	}
	gate_wait(there);
	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, pid);
	CHECK(exists(path));
	CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
	CHECK_OK(kill(pid, 0));
	CHECK_OK(kill(pid, SIGUSR1));
	CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
	gate_give(go);
	status = wait_child(pid);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) != 3 || on_vellum())
		CHECK_EQ(WEXITSTATUS(status), 4);
	CHECK_ERR(kill(pid, 0), ESRCH);
}
