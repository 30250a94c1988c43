// SPDX-License-Identifier: MIT
/*
 * proc_memory_at_open.c: The files of /proc/PID that show a process's memory show the memory that it
 * had when they were opened, for which permission was asked then. After an execve(2) they are
 * empty, and never show the new program's; memory that others still run in is shown on.
 */
#include "thread.h"

enum {
	ENVIRON,
	MAPS,
	SMAPS,
	ROLLUP,
	PAGEMAP,
	AUXV,
	NR_FILES
};
static const char *const names[NR_FILES] = { "environ", "maps", "smaps", "smaps_rollup", "pagemap",
	"auxv" };
static int fds[NR_FILES];
static struct gate ready, end;

/* The new program: waits for its end. */
static int helper(int argc, char **argv)
{
	struct gate its_ready = { { -1, atoi(argv[0]) } }, its_end = { { atoi(argv[1]), -1 } };

	(void)argc;
	gate_give(its_ready);
	gate_wait(its_end);
	return 0;
}

TEST_HELPER(helper)

static void become_helper(void)
{
	char arg1[12], arg2[12];

	sprintf(arg1, "%d", ready.fd[1]);
	sprintf(arg2, "%d", end.fd[0]);
	execle(test_self(), "x", "--helper", arg1, arg2, NULL, (char *[]){ "NEW=1", NULL });
	_exit(1);
}

static int open_one(pid_t pid, const char *name)
{
	char path[64];

	sprintf(path, "/proc/%d/%s", pid, name);
	return CHECK_OK(open(path, O_RDONLY));
}

static void open_all(pid_t pid)
{
	for (int i = 0; i < NR_FILES; i++)
		fds[i] = open_one(pid, names[i]);
}

static void close_all(void)
{
	for (int i = 0; i < NR_FILES; i++)
		CHECK_OK(close(fds[i]));
}

/* Bytes, up to size; -1 with errno. */
static ssize_t look(int file, void *to, size_t size)
{
	return pread(fds[file], to, size, file == PAGEMAP ? (uintptr_t)&ready / PAGE * 8 : 0);
}

static char text[1 << 16], old_auxv[4096], new_auxv[4096];

static void look_at_new(pid_t pid)
{
	int fd = open_one(pid, "environ");

	CHECK_EQ(read(fd, text, sizeof(text)), 6);
	CHECK_STR(text, "NEW=1");
	close(fd);
	fd = open_one(pid, "auxv");
	CHECK(read(fd, new_auxv, sizeof(new_auxv)) > 100);
	close(fd);
}

/* Its own memory goes with the old program. */
static void test_exec(void)
{
	struct gate go = gate_make();
	ssize_t auxv_length;
	pid_t pid = fork_child();

	if (pid == 0) {
		gate_wait(go);
		become_helper();
	}
	open_all(pid);
	auxv_length = look(AUXV, old_auxv, sizeof(old_auxv));
	CHECK(auxv_length > 100);
	gate_give(go);
	gate_wait(ready);
	EXPECT_EQ(look(ENVIRON, text, 4096), 0);
	EXPECT_EQ(look(MAPS, text, 4096), 0);
	EXPECT_EQ(look(SMAPS, text, 4096), 0);
	EXPECT_ERR(look(ROLLUP, text, 4096), ESRCH);
	EXPECT_EQ(look(PAGEMAP, text, 8), 0);
	look_at_new(pid);
	/* What the kernel gave to the old program is no part of its memory, and stays. */
	EXPECT_EQ(look(AUXV, text, sizeof(text)), auxv_length);
	CHECK_MEM(text, old_auxv, (size_t)auxv_length);
	EXPECT_EQ(memcmp(old_auxv, new_auxv, (size_t)auxv_length) != 0, true);
	close_all();
	gate_give(end);
	CHECK_EXITS(pid, 0);
}

static int wait_and_exec(void *go)
{
	gate_wait(*(struct gate *)go);
	become_helper();
	return 1;
}

/* It ran in our memory, which is there still. */
static void test_exec_out_of_ours(void)
{
	static char stack[32 * PAGE] __attribute__((aligned(16)));
	static char maps_before[1 << 16];
	struct gate go = gate_make();
	pid_t pid = CHECK_OK(clone(wait_and_exec, stack + sizeof(stack), CLONE_VM | SIGCHLD, &go));
	ssize_t before;

	open_all(pid);
	gate_give(go);
	gate_wait(ready);
	before = read_text("/proc/self/maps", maps_before, sizeof(maps_before));
	CHECK_EQ(look(MAPS, text, sizeof(text)), before);
	CHECK_MEM(text, maps_before, (size_t)before);
	before = read_text("/proc/self/environ", maps_before, sizeof(maps_before));
	CHECK_EQ(look(ENVIRON, text, sizeof(text)), before);
	CHECK_MEM(text, maps_before, (size_t)before);
	EXPECT_EQ(look(PAGEMAP, text, 8), 8);
	EXPECT_EQ(text[7] & 0x80, 0x80); /* present */
	close_all();
	gate_give(end);
	CHECK_EXITS(pid, 0);
}

/*
 * Who has no memory, a zombie, shows none. (Newer kernels than 6.1 say ESRCH when it is opened, but
 * of maps and smaps.)
 */
static void check_none(pid_t pid)
{
	char path[64];
	int fd;

	for (int i = 0; i < NR_FILES; i++) {
		sprintf(path, "/proc/%d/%s", pid, names[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0 && i != MAPS && i != SMAPS) {
			EXPECT_EQ(errno, ESRCH);
			continue;
		}
		CHECK(fd >= 0);
		if (i == ROLLUP)
			EXPECT_ERR(read(fd, text, 8), ESRCH);
		else
			EXPECT_EQ(read(fd, text, 8), 0);
		CHECK_OK(close(fd));
	}
}

static void test_zombie(void)
{
	pid_t pid = fork_child();

	if (pid == 0)
		_exit(0);
	CHECK_OK(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT));
	check_none(pid);
	CHECK_EXITS(pid, 0);
}

/* Nor does a thread that has ended, though it is its process's leader. */
static void *look_at_leader(void *unused)
{
	char path[64], link[64];

	sprintf(path, "/proc/%d/exe", getpid());
	WAIT_UNTIL(readlink(path, link, sizeof(link)) < 0 && errno == ENOENT);
	check_none(getpid());
	sprintf(path, "/proc/%d/cmdline", getpid());
	EXPECT_EQ(read_text(path, text, sizeof(text)), 0);
	sprintf(path, "/proc/%d/statm", getpid());
	read_text(path, text, sizeof(text));
	CHECK_STR(text, "0 0 0 0 0 0 0\n");
	CHECK(read_text("/proc/thread-self/maps", text, sizeof(text)) > 100);
	child_done();
	return unused;
}

static void leader_ends(void)
{
	thread_start(look_at_leader, NULL);
	syscall(SYS_exit, 0);
}

TEST()
{
	ready = gate_make();
	end = gate_make();
	test_exec();
	test_exec_out_of_ours();
	test_zombie();
	in_child(leader_ends);
}
