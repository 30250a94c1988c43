// SPDX-License-Identifier: MIT
/*
 * getrusage_faults.c: minor and major faults and the largest resident set, as getrusage, wait4 and
 * /proc/PID/stat tell them: of oneself, and of children that were waited for.
 */
#include "test.h"

#define NR     300              /* pages that are touched */
#define MAXRSS ((NR - 150) * 4) /* kB; kernels after 6.1 count the resident set in batches */

struct faults {
	long minor, major, children_minor, children_major;
};

static struct faults from_stat(void)
{
	struct faults f;
	char text[1024], *at;

	read_text("/proc/self/stat", text, sizeof(text));
	at = strrchr(text, ')');
	CHECK(at != NULL);
	CHECK_EQ(sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %ld %ld %ld %ld", &f.minor,
			 &f.children_minor, &f.major, &f.children_major),
		4);
	return f;
}

static struct rusage usage_of(int who)
{
	struct rusage usage;

	CHECK_OK(getrusage(who, &usage));
	return usage;
}

static void touch_pages(char *p, int nr)
{
	for (int i = 0; i < nr; i++)
		p[i * PAGE] = 1;
}

static void test_own(void)
{
	struct faults before = from_stat(), after;
	struct rusage usage = usage_of(RUSAGE_SELF), now;
	char *p = map_anon(NR, PROT_READ | PROT_WRITE);

	touch_pages(p, NR);
	after = from_stat();
	now = usage_of(RUSAGE_SELF);
	CHECK(after.minor - before.minor >= NR && after.minor - before.minor < NR + 60);
	CHECK(now.ru_minflt - usage.ru_minflt >= NR && now.ru_minflt - usage.ru_minflt < NR + 60);
	/* the largest, also when it is over */
	CHECK_OK(munmap(p, NR * PAGE));
	CHECK(usage_of(RUSAGE_SELF).ru_maxrss >= now.ru_maxrss);
	CHECK(now.ru_maxrss >= MAXRSS);
	/* what ends in a signal does not count */
	before = from_stat();
	for (int i = 0; i < 20; i++)
		CHECK_FAULT(TOUCH_READ, (char *)8, SIGSEGV, SEGV_MAPERR);
	CHECK(from_stat().minor - before.minor < 15);
}

static void test_children(void)
{
	struct faults before = from_stat(), after;
	struct rusage children = usage_of(RUSAGE_CHILDREN), usage;
	pid_t pid = fork_child(), got;

	if (pid == 0) {
		touch_pages(map_anon(NR, PROT_READ | PROT_WRITE), NR);
		child_done();
	}
	CHECK_OK(waitid(P_PID, pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT));
	CHECK_EQ(from_stat().children_minor, before.children_minor); /* not yet */
	got = CHECK_OK(wait4(pid, NULL, 0, &usage));
	CHECK_EQ(got, pid);
	CHECK(usage.ru_minflt >= NR && usage.ru_minflt < NR + 500);
	CHECK(usage.ru_maxrss >= MAXRSS);
	after = from_stat();
	CHECK_EQ(after.children_minor - before.children_minor, usage.ru_minflt);
	CHECK_EQ(usage_of(RUSAGE_CHILDREN).ru_minflt - children.ru_minflt, usage.ru_minflt);
	CHECK(usage_of(RUSAGE_CHILDREN).ru_maxrss >= MAXRSS);
}

/* What is not in memory is a major fault; where there is a disk. */
static void test_major(void)
{
	int fd = make_file("a", 8 * PAGE);
	struct faults before;
	struct statfs fs;
	char *p;

	CHECK_OK(statfs(".", &fs));
	if (fs.f_type == 0x01021994) { /* tmpfs */
		CHECK_OK(close(fd));
		return;
	}
	CHECK_OK(fsync(fd));
	CHECK_EQ(posix_fadvise(fd, 0, 8 * PAGE, POSIX_FADV_DONTNEED), 0);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	before = from_stat();
	(void)*(volatile char *)p;
	CHECK(from_stat().major > before.major);
	CHECK_EQ(usage_of(RUSAGE_SELF).ru_majflt, from_stat().major);
	CHECK_OK(munmap(p, 8 * PAGE));
	CHECK_OK(close(fd));
}

TEST_IN_DIR()
{
	test_own();
	test_children();
	test_major();
}
