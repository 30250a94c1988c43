// SPDX-License-Identifier: MIT
/*
 * capabilities_set.c: capset and capget: what is dropped is gone, what it allowed is refused, and
 * only what is permitted can be had again; headers of all versions; others can be asked about but
 * not changed.
 */
#include "capabilities.h"

#include <sys/fsuid.h>

static void rights(void)
{
	unsigned long long all = all_caps();

	CHECK_OK(close(open("secret", O_RDONLY)));
	CHECK_OK(set_sets(all & ~BIT(CAP_SYS_NICE), all, 0));
	EXPECT_ERR(setpriority(PRIO_PROCESS, 0, -1), EACCES);
	CHECK_OK(set_sets(all, all, 0));
	CHECK_OK(setpriority(PRIO_PROCESS, 0, -1));
	/* The user is root's, so what belongs to root needs no capability. */
	CHECK_OK(set_sets(0, 0, 0));
	CHECK_SETS(0ULL, 0ULL, 0ULL);
	EXPECT_ERR(open("secret", O_RDONLY), EACCES);
	EXPECT_ERR(chown("own", OTHER_UID, -1), EPERM);
	CHECK_OK(chmod("own", 0644));
	EXPECT_ERR(chmod("secret", 0644), EPERM);
	EXPECT_ERR(mknod("null", S_IFCHR, makedev(1, 3)), EPERM);
	EXPECT_ERR(setuid(OTHER_UID), EPERM);
	EXPECT_ERR(setgid(OTHER_GID), EPERM);
	EXPECT_ERR(setgroups(0, NULL), EPERM);
	EXPECT_ERR(chroot("."), EPERM);
	EXPECT_ERR(sethostname("x", 1), EPERM);
	EXPECT_ERR(set_sets(BIT(CAP_CHOWN), BIT(CAP_CHOWN), 0), EPERM);
}

/* Who owns all files by CAP_FOWNER may change their modes, and does not own them for chown(2). */
static void owner_of_all(void)
{
	CHECK_OK(setfsuid(OTHER_UID));
	CHECK_OK(set_sets(BIT(CAP_FOWNER), BIT(CAP_FOWNER), 0));
	CHECK_OK(chmod("own", 0600));
	EXPECT_ERR(chown("own", 0, -1), EPERM);
	EXPECT_ERR(chown("own", -1, 0), EPERM);
	CHECK_OK(chown("own", -1, -1));
}

static void rules(void)
{
	unsigned long long all = all_caps(), some = BIT(CAP_KILL) | BIT(CAP_CHOWN);

	CHECK_OK(set_sets(all, all, some));
	CHECK_SETS(all, all, some);
	CHECK_OK(set_sets(0, some, some));
	CHECK_SETS(0ULL, some, some);
	EXPECT_ERR(set_sets(0, some | BIT(CAP_FOWNER), 0), EPERM);
	EXPECT_ERR(set_sets(BIT(CAP_FOWNER), some, 0), EPERM);
	EXPECT_ERR(set_sets(0, BIT(CAP_KILL), all), EPERM);
	CHECK_OK(set_sets(BIT(CAP_KILL), BIT(CAP_KILL), some));
	EXPECT_ERR(set_sets(BIT(CAP_CHOWN), BIT(CAP_CHOWN), some), EPERM);
	CHECK_SETS(BIT(CAP_KILL), BIT(CAP_KILL), some);
}

static void headers(void)
{
	struct __user_cap_header_struct h = { 0x12345678, 0 };
	struct __user_cap_data_struct d[2];
	pid_t pid;

	EXPECT_ERR(syscall(SYS_capget, &h, d), EINVAL);
	EXPECT_EQ(h.version, _LINUX_CAPABILITY_VERSION_3);
	h.version = 0;
	EXPECT_EQ(syscall(SYS_capget, &h, NULL), 0);
	EXPECT_EQ(h.version, _LINUX_CAPABILITY_VERSION_3);
	h.version = 0;
	EXPECT_ERR(syscall(SYS_capset, &h, d), EINVAL);
	h.version = _LINUX_CAPABILITY_VERSION_1;
	d[0].effective = d[1].effective = 77;
	CHECK_OK(syscall(SYS_capget, &h, d));
	EXPECT_EQ(d[0].effective, (unsigned)get_sets(0).effective);
	EXPECT_EQ(d[1].effective, 77);
	EXPECT_ERR(syscall(SYS_capget, 16, d), EFAULT);
	EXPECT_ERR(syscall(SYS_capget, &h, 16), EFAULT);
	h.pid = -1;
	EXPECT_ERR(syscall(SYS_capget, &h, d), EINVAL);
	h.pid = 0x7ffffff0;
	EXPECT_ERR(syscall(SYS_capget, &h, d), ESRCH);
	pid = fork_child();
	if (pid == 0) {
		become_other();
		for (;;)
			pause();
	}
	WAIT_UNTIL(get_sets(pid).effective == 0);
	h = (struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, pid };
	EXPECT_ERR(syscall(SYS_capset, &h, d), EPERM);
	kill(pid, SIGKILL);
	CHECK_KILLED(pid, SIGKILL);
}

TEST_IN_DIR()
{
	need_caps(BIT(CAP_SYS_NICE) | BIT(CAP_KILL) | BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) |
		  BIT(CAP_FOWNER));
	CHECK_OK(chmod(".", 0777));
	put_file("own", "x");
	put_file("secret", "x");
	CHECK_OK(chmod("secret", 0600));
	CHECK_OK(chown("secret", OTHER_UID, OTHER_GID));
	in_child(rights);
	in_child(owner_of_all);
	in_child(rules);
	in_child(headers);
}
