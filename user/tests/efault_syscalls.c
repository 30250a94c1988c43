// SPDX-License-Identifier: MIT
/*
 * efault_syscalls.c: Bad user pointers at every system call: NULL, an unmapped page, the kernel's
 * half, a non-canonical address, PROT_NONE and (for what the kernel stores) read-only memory are
 * EFAULT, and nothing worse. A table of calls; "P" marks the pointer.
 */
#include "test.h"

#include <sys/sysinfo.h>
#include <sys/timex.h>

enum kind {
	IN,       /* the kernel reads the pointer */
	OUT,      /* the kernel writes it */
	IN_NULL,  /* the kernel reads it, and NULL is allowed */
	OUT_NULL, /* the kernel writes it, and NULL is allowed */
};

static int file, dir, pipe_in, pipe_out, zero, random_device;
static char good[PAGE] __attribute__((aligned(8)));

#define P ((long)0x5a5a5a5a5a5a) /* stands for the bad pointer */
#define G ((long)good)

struct call {
	const char *name;
	enum kind kind;
	long number;
	long args[6];
};

/* Should an exec succeed after all, the new program ends at once. */
static char *exec_argv[] = { "x", "--helper", "x", NULL };

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

TEST_HELPER(helper)

static struct call calls[] = {
	{ "read file", OUT, SYS_read, { -'f', P, 16 } },
	{ "read /dev/zero", OUT, SYS_read, { -'z', P, 16 } },
	{ "read /dev/urandom", OUT, SYS_read, { -'r', P, 16 } },
	{ "read pipe", OUT, SYS_read, { -'i', P, 1 } },
	{ "write file", IN, SYS_write, { -'f', P, 16 } },
	{ "write pipe", IN, SYS_write, { -'o', P, 16 } },
	{ "pread64", OUT, SYS_pread64, { -'f', P, 16, 0 } },
	{ "pwrite64", IN, SYS_pwrite64, { -'f', P, 16, 0 } },
	{ "readv", IN, SYS_readv, { -'f', P, 1 } },
	{ "writev", IN, SYS_writev, { -'f', P, 1 } },
	{ "open", IN, SYS_open, { P, O_RDONLY } },
	{ "openat", IN, SYS_openat, { AT_FDCWD, P, O_RDONLY } },
	{ "creat", IN, SYS_creat, { P, 0600 } },
	{ "stat path", IN, SYS_stat, { P, G } },
	{ "stat", OUT, SYS_stat, { (long)"f", P } },
	{ "lstat path", IN, SYS_lstat, { P, G } },
	{ "lstat", OUT, SYS_lstat, { (long)"f", P } },
	{ "fstat", OUT, SYS_fstat, { -'f', P } },
	{ "newfstatat path", IN, SYS_newfstatat, { AT_FDCWD, P, G, 0 } },
	{ "newfstatat", OUT, SYS_newfstatat, { AT_FDCWD, (long)"f", P, 0 } },
	{ "statfs path", IN, SYS_statfs, { P, G } },
	{ "statfs", OUT, SYS_statfs, { (long)".", P } },
	{ "fstatfs", OUT, SYS_fstatfs, { -'f', P } },
	{ "access", IN, SYS_access, { P, 0 } },
	{ "faccessat", IN, SYS_faccessat, { AT_FDCWD, P, 0 } },
	{ "getcwd", OUT, SYS_getcwd, { P, 4096 } },
	{ "chdir", IN, SYS_chdir, { P } },
	{ "mkdir", IN, SYS_mkdir, { P, 0700 } },
	{ "mkdirat", IN, SYS_mkdirat, { AT_FDCWD, P, 0700 } },
	{ "rmdir", IN, SYS_rmdir, { P } },
	{ "unlink", IN, SYS_unlink, { P } },
	{ "unlinkat", IN, SYS_unlinkat, { AT_FDCWD, P, 0 } },
	{ "link from", IN, SYS_link, { P, (long)"new" } },
	{ "link to", IN, SYS_link, { (long)"f", P } },
	{ "linkat from", IN, SYS_linkat, { AT_FDCWD, P, AT_FDCWD, (long)"new", 0 } },
	{ "linkat to", IN, SYS_linkat, { AT_FDCWD, (long)"f", AT_FDCWD, P, 0 } },
	{ "symlink from", IN, SYS_symlink, { P, (long)"new" } },
	{ "symlink to", IN, SYS_symlink, { (long)"f", P } },
	{ "symlinkat to", IN, SYS_symlinkat, { (long)"f", AT_FDCWD, P } },
	{ "readlink path", IN, SYS_readlink, { P, G, 10 } },
	{ "readlink", OUT, SYS_readlink, { (long)"l", P, 10 } },
	{ "readlinkat", OUT, SYS_readlinkat, { AT_FDCWD, (long)"l", P, 10 } },
	{ "rename from", IN, SYS_rename, { P, (long)"new" } },
	{ "rename to", IN, SYS_rename, { (long)"f", P } },
	{ "renameat to", IN, SYS_renameat, { AT_FDCWD, (long)"f", AT_FDCWD, P } },
	{ "renameat2 to", IN, SYS_renameat2, { AT_FDCWD, (long)"f", AT_FDCWD, P, 0 } },
	{ "chmod", IN, SYS_chmod, { P, 0600 } },
	{ "fchmodat", IN, SYS_fchmodat, { AT_FDCWD, P, 0600 } },
	{ "chown", IN, SYS_chown, { P, 0, 0 } },
	{ "lchown", IN, SYS_lchown, { P, 0, 0 } },
	{ "fchownat", IN, SYS_fchownat, { AT_FDCWD, P, 0, 0, 0 } },
	{ "utimensat times", IN_NULL, SYS_utimensat, { AT_FDCWD, (long)"f", P, 0 } },
	{ "utimes times", IN_NULL, SYS_utimes, { (long)"f", P } },
	{ "truncate", IN, SYS_truncate, { P, 0 } },
	{ "mknod", IN, SYS_mknod, { P, S_IFIFO | 0600, 0 } },
	{ "getdents64", OUT, SYS_getdents64, { -'d', P, 4096 } },
	{ "pipe", OUT, SYS_pipe, { P } },
	{ "pipe2", OUT, SYS_pipe2, { P, 0 } },
	{ "poll", IN, SYS_poll, { P, 1, 0 } },
	{ "ppoll time", IN_NULL, SYS_ppoll, { 0, 0, P, 0, 8 } },
	{ "select in", IN_NULL, SYS_select, { 5, P, 0, 0, G } },
	{ "select out", IN_NULL, SYS_select, { 5, 0, P, 0, G } },
	{ "pselect6 in", IN_NULL, SYS_pselect6, { 5, P, 0, 0, G, 0 } },
	{ "execve path", IN, SYS_execve, { P, 0, 0 } },
	{ "execve argv", IN_NULL, SYS_execve, { (long)"/proc/self/exe", P, 0 } },
	{ "execve envp", IN_NULL, SYS_execve, { (long)"/proc/self/exe", (long)exec_argv, P } },
	{ "rt_sigaction new", IN_NULL, SYS_rt_sigaction, { SIGUSR1, P, 0, 8 } },
	{ "rt_sigaction old", OUT_NULL, SYS_rt_sigaction, { SIGUSR1, 0, P, 8 } },
	{ "rt_sigprocmask new", IN_NULL, SYS_rt_sigprocmask, { SIG_BLOCK, P, 0, 8 } },
	{ "rt_sigprocmask old", OUT_NULL, SYS_rt_sigprocmask, { SIG_BLOCK, 0, P, 8 } },
	{ "rt_sigpending", OUT, SYS_rt_sigpending, { P, 8 } },
	{ "rt_sigsuspend", IN, SYS_rt_sigsuspend, { P, 8 } },
	{ "rt_sigtimedwait set", IN, SYS_rt_sigtimedwait, { P, 0, G, 8 } },
	{ "sigaltstack new", IN_NULL, SYS_sigaltstack, { P, 0 } },
	{ "sigaltstack old", OUT_NULL, SYS_sigaltstack, { 0, P } },
	{ "nanosleep", IN, SYS_nanosleep, { P, 0 } },
	{ "clock_nanosleep", IN, SYS_clock_nanosleep, { CLOCK_MONOTONIC, 0, P, 0 } },
	{ "clock_gettime", OUT, SYS_clock_gettime, { CLOCK_MONOTONIC, P } },
	{ "clock_getres", OUT_NULL, SYS_clock_getres, { CLOCK_MONOTONIC, P } },
	{ "gettimeofday", OUT_NULL, SYS_gettimeofday, { P, 0 } },
	{ "time", OUT_NULL, SYS_time, { P } },
	{ "times", OUT_NULL, SYS_times, { P } },
	{ "getitimer", OUT, SYS_getitimer, { ITIMER_REAL, P } },
	{ "setitimer old", OUT_NULL, SYS_setitimer, { ITIMER_REAL, G, P } },
	{ "getrusage", OUT, SYS_getrusage, { RUSAGE_SELF, P } },
	{ "getrlimit", OUT, SYS_getrlimit, { RLIMIT_NOFILE, P } },
	{ "setrlimit", IN, SYS_setrlimit, { RLIMIT_NOFILE, P } },
	{ "prlimit64 new", IN_NULL, SYS_prlimit64, { 0, RLIMIT_NOFILE, P, 0 } },
	{ "prlimit64 old", OUT_NULL, SYS_prlimit64, { 0, RLIMIT_NOFILE, 0, P } },
	{ "uname", OUT, SYS_uname, { P } },
	{ "sysinfo", OUT, SYS_sysinfo, { P } },
	{ "getrandom", OUT, SYS_getrandom, { P, 16, 0 } },
	{ "getresuid", OUT, SYS_getresuid, { P, G, G } },
	{ "getresgid", OUT, SYS_getresgid, { G, G + 8, P } },
	{ "arch_prctl get", OUT, SYS_arch_prctl, { 0x1003, P } },
	{ "ioctl FIONREAD", OUT, SYS_ioctl, { -'i', FIONREAD, P } },
	{ "sigprocmask size", IN_NULL, SYS_rt_sigprocmask, { SIG_SETMASK, P, G, 8 } },
	{ "mount type", IN_NULL, SYS_mount, { (long)"none", (long)".", P, 0, 0 } },
	{ "mount target", IN, SYS_mount, { (long)"none", P, (long)"tmpfs", 0, 0 } },
	{ "umount2", IN, SYS_umount2, { P, 0 } },
	{ "sethostname", IN, SYS_sethostname, { P, 5 } },
	{ "chroot", IN, SYS_chroot, { P } },
};

static long resolve(long arg, const void *bad)
{
	switch (arg) {
	case P:
		return (long)bad;
	case -'f':
		return file;
	case -'d':
		return dir;
	case -'i':
		return pipe_in;
	case -'o':
		return pipe_out;
	case -'z':
		return zero;
	case -'r':
		return random_device;
	}
	return arg;
}

static void try(const struct call *call, const void *bad, const char *what)
{
	long a[6], result;
	int error;

	for (int i = 0; i < 6; i++)
		a[i] = resolve(call->args[i], bad);
	errno = 0;
	memset(good, 0, sizeof(good));
	result = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	error = errno;
	if (result == -1 && error == EPERM && geteuid() != 0)
		return; /* mount and the like ask first who it is */
	if (result != -1 || error != EFAULT)
		EXPECT_FAILED("%s with %s: got %ld (%s), expected EFAULT", call->name, what, result,
			result == -1 ? strerror(error) : "no error");
}

TEST_IN_DIR()
{
	char *unmapped = map_anon(1, PROT_NONE), *none = map_anon(1, PROT_NONE);
	char *read_only = map_anon(1, PROT_READ);
	const struct {
		const char *name;
		const void *p;
	} bad[] = {
		{ "NULL", NULL },
		{ "an unmapped page", unmapped },
		{ "PROT_NONE", none },
		{ "the kernel's half", (void *)0xffff888000100000 },
		{ "the kernel's text", (void *)0xffffffff80100000 },
		{ "the last page", (void *)-16L },
		{ "a non-canonical address", (void *)0x800000000000 },
		{ "another non-canonical one", (void *)0x1234567812345678 },
		{ "the end of user space", (void *)0x7fffffffffff },
	};
	struct gate gate = gate_make();

	CHECK_OK(munmap(unmapped, PAGE));
	file = make_file("f", PAGE);
	dir = CHECK_OK(open(".", O_RDONLY));
	zero = CHECK_OK(open("/dev/zero", O_RDWR));
	random_device = CHECK_OK(open("/dev/urandom", O_RDONLY));
	CHECK_OK(symlink("f", "l"));
	pipe_in = gate.fd[0];
	pipe_out = gate.fd[1];
	gate_give(gate);
	for (size_t i = 0; i < NR_ITEMS(calls); i++) {
		const struct call *call = &calls[i];

		for (size_t n = 0; n < NR_ITEMS(bad); n++) {
			bool may_be_null = call->kind == IN_NULL || call->kind == OUT_NULL;

			CHECK_EQ(lseek(file, 0, SEEK_SET), 0);
			CHECK_EQ(lseek(dir, 0, SEEK_SET), 0);
			if (bad[n].p || !may_be_null)
				try(call, bad[n].p, bad[n].name);
		}
		CHECK_EQ(lseek(file, 0, SEEK_SET), 0);
		CHECK_EQ(lseek(dir, 0, SEEK_SET), 0);
		if (call->kind == OUT || call->kind == OUT_NULL)
			try(call, read_only, "read-only memory");
	}
	CHECK(exists("f") && exists("l") && !exists("new"));
	CHECK_EQ(stat_of("f").st_size, PAGE);
	CHECK_ALL(read_only, 0, PAGE);
}
