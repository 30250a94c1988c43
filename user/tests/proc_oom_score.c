// SPDX-License-Identifier: MIT
/*
 * proc_oom_score.c: /proc/PID/oom_score grows with memory and with oom_score_adj, which is
 * inherited; oom_adj is the same in the old scale; only root may go lower than root has said.
 */
#include "test.h"

static long number_in(const char *path)
{
	char text[40];

	read_text(path, text, sizeof(text));
	return strtol(text, NULL, 10);
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), result, error;

	if (fd < 0)
		return -1;
	result = (int)write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return result;
}

#define ADJ "/proc/self/oom_score_adj"
#define OLD "/proc/self/oom_adj"

static void test_score(void)
{
	long before = number_in("/proc/self/oom_score"), after;

	CHECK(before >= 600 && before <= 680); /* of 0..2000, hardly any memory used */
	CHECK_OK(put(ADJ, "300\n"));
	after = number_in("/proc/self/oom_score");
	CHECK(after >= before + 190 && after <= before + 210);
	CHECK_OK(put(ADJ, "1000"));
	CHECK(number_in("/proc/self/oom_score") >= 1300);
}

static void test_numbers(void)
{
	CHECK_OK(put(ADJ, " 500 \n"));
	CHECK_EQ(number_in(ADJ), 500);
	CHECK_EQ(number_in(OLD), 8);
	CHECK_OK(put(OLD, "10"));
	CHECK_EQ(number_in(ADJ), 588);
	CHECK_OK(put(OLD, "15"));
	CHECK_EQ(number_in(ADJ), 1000);
	CHECK_EQ(number_in(OLD), 15);
	CHECK_ERR(put(ADJ, "1001"), EINVAL);
	CHECK_ERR(put(ADJ, "-1001"), EINVAL);
	CHECK_ERR(put(ADJ, "x"), EINVAL);
	CHECK_ERR(put(ADJ, "1 2"), EINVAL);
	CHECK_ERR(put(OLD, "16"), EINVAL);
	CHECK_ERR(put(OLD, "-18"), EINVAL);
	CHECK_OK(put(ADJ, "0x10"));
	CHECK_EQ(number_in(ADJ), 16);
}

static void test_inherited(void)
{
	pid_t pid;

	CHECK_OK(put(ADJ, "123"));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(number_in(ADJ), 123);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

/* Up as far as one likes, down again to what root has said (root with all its capabilities). */
static void test_unprivileged(void)
{
	bool privileged = put(ADJ, "-100") > 0;
	int fd = CHECK_OK(open(ADJ, O_WRONLY));

	if (!privileged)
		return;
	CHECK_EQ(number_in(ADJ), -100);
	CHECK_EQ(number_in(OLD), -1);
	CHECK_OK(put(ADJ, "100"));
	become_other();
	CHECK_EQ(write(fd, "700", 3), 3);
	CHECK_EQ(pwrite(fd, "100", 3, 0), 3);
	CHECK_ERR(pwrite(fd, "99", 2, 0), EACCES);
	CHECK_ERR(put("/proc/1/oom_score_adj", "500"), EACCES);
	CHECK_OK(close(fd));
}

TEST()
{
	in_child(test_score);
	in_child(test_numbers);
	in_child(test_inherited);
	if (geteuid() == 0)
		in_child(test_unprivileged);
}
