// SPDX-License-Identifier: MIT
/*
 * stress_syscalls.c: random system calls with bad and borderline arguments: whatever a program asks
 * for, the kernel stays alive, every call comes back, and what the callers held is free again when
 * they are gone.
 *
 *	stress_syscalls [-s SEED] [-n CALLS] [-c CHILDREN] [-p PROCESSES] [-t THREADS] [-r] [-v]
 *
 * CHILDREN children, PROCESSES at a time, of THREADS threads, make CALLS calls each, with a seed of
 * their own. A child may well die of what it did; one that makes no progress (it sleeps for ever,
 * or stopped itself) is killed. The test fails if a child does not die of that. -v prints each call
 * before it is made. Defaults: seed 1, 400 calls, 40 children, 2, 2 threads.
 *
 * The children live in an empty directory (chroot), as OTHER_UID, under tight limits. On Vellum
 * they call every number;
 * -r (Vellum only) leaves them root. Elsewhere they make only calls that touch nothing but
 * themselves: see harmless().
 */
#include "test.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <ucontext.h>

#define MAX_NUMBER  600
#define NR_PAGES    16
#define AREA        0x10000000
#define STALL_STEPS 60 /* looks, 10 ms apart, without progress before a child is killed */

/* What the arguments are: f descriptor, b buffer, l length, p path, n small number, x flags, t
 * pid, s signal, a address, o offset, v iovec, i ioctl. And whether the call is harmless on any
 * machine. */
struct call {
	int number;
	const char *arguments;
	bool harmless;
};

#define SAFE true
#define OURS false
static const struct call calls[] = {
	{ SYS_read, "fbl", SAFE },
	{ SYS_write, "fbl", SAFE },
	{ SYS_pread64, "fblo", SAFE },
	{ SYS_pwrite64, "fblo", SAFE },
	{ SYS_readv, "fvn", SAFE },
	{ SYS_writev, "fvn", SAFE },
	{ SYS_preadv, "fvnoo", SAFE },
	{ SYS_pwritev, "fvnoo", SAFE },
	{ SYS_lseek, "fon", SAFE },
	{ SYS_sendfile, "ffbl", SAFE },
	{ SYS_copy_file_range, "fbfblx", SAFE },
	{ SYS_close, "f", SAFE },
	{ SYS_dup, "f", SAFE },
	{ SYS_dup2, "ff", SAFE },
	{ SYS_dup3, "ffx", SAFE },
	{ SYS_fcntl, "fnb", OURS },
	{ SYS_flock, "fx", SAFE },
	{ SYS_ioctl, "fib", OURS },
	{ SYS_fsync, "f", SAFE },
	{ SYS_fdatasync, "f", SAFE },
	{ SYS_fadvise64, "folx", SAFE },
	{ SYS_readahead, "fol", SAFE },
	{ SYS_fallocate, "fxol", SAFE },
	{ SYS_ftruncate, "fo", SAFE },
	{ SYS_pipe, "b", SAFE },
	{ SYS_pipe2, "bx", SAFE },
	{ SYS_memfd_create, "px", SAFE },
	{ SYS_open, "pxn", SAFE },
	{ SYS_openat, "fpxn", SAFE },
	{ SYS_creat, "pn", SAFE },
	{ SYS_mkdir, "pn", SAFE },
	{ SYS_mkdirat, "fpn", SAFE },
	{ SYS_mknod, "pxn", OURS },
	{ SYS_mknodat, "fpxn", OURS },
	{ SYS_unlink, "p", SAFE },
	{ SYS_unlinkat, "fpx", SAFE },
	{ SYS_rmdir, "p", SAFE },
	{ SYS_symlink, "pp", SAFE },
	{ SYS_symlinkat, "pfp", SAFE },
	{ SYS_link, "pp", SAFE },
	{ SYS_linkat, "fpfpx", SAFE },
	{ SYS_rename, "pp", SAFE },
	{ SYS_renameat, "fpfp", SAFE },
	{ SYS_renameat2, "fpfpx", SAFE },
	{ SYS_readlink, "pbl", SAFE },
	{ SYS_readlinkat, "fpbl", SAFE },
	{ SYS_getdents, "fbl", SAFE },
	{ SYS_getdents64, "fbl", SAFE },
	{ SYS_chdir, "p", SAFE },
	{ SYS_fchdir, "f", SAFE },
	{ SYS_chroot, "p", OURS },
	{ SYS_getcwd, "bl", SAFE },
	{ SYS_umask, "n", SAFE },
	{ SYS_mount, "ppbxb", OURS },
	{ SYS_umount2, "px", OURS },
	{ SYS_stat, "pb", SAFE },
	{ SYS_lstat, "pb", SAFE },
	{ SYS_fstat, "fb", SAFE },
	{ SYS_newfstatat, "fpbx", SAFE },
	{ SYS_statx, "fpxxb", SAFE },
	{ SYS_statfs, "pb", SAFE },
	{ SYS_fstatfs, "fb", SAFE },
	{ SYS_access, "pn", SAFE },
	{ SYS_faccessat, "fpn", SAFE },
	{ SYS_chmod, "pn", SAFE },
	{ SYS_fchmod, "fn", SAFE },
	{ SYS_fchmodat, "fpn", SAFE },
	{ SYS_chown, "pnn", SAFE },
	{ SYS_fchown, "fnn", SAFE },
	{ SYS_fchownat, "fpnnx", SAFE },
	{ SYS_utimensat, "fpbx", SAFE },
	{ SYS_truncate, "po", SAFE },
	{ SYS_poll, "bnn", SAFE },
	{ SYS_ppoll, "bnbbl", SAFE },
	{ SYS_select, "nbbbb", SAFE },
	{ SYS_pselect6, "nbbbbb", SAFE },
	{ SYS_mmap, "alxxfo", SAFE },
	{ SYS_munmap, "al", SAFE },
	{ SYS_mprotect, "alx", SAFE },
	{ SYS_madvise, "aln", OURS },
	{ SYS_msync, "alx", SAFE },
	{ SYS_mincore, "alb", SAFE },
	{ SYS_mremap, "allxa", SAFE },
	{ SYS_brk, "a", SAFE },
	{ SYS_execve, "pbb", OURS },
	{ SYS_execveat, "fpbbx", OURS },
	{ SYS_fork, "", OURS },
	{ SYS_vfork, "", OURS },
	{ SYS_clone, "xabba", OURS },
	{ SYS_exit, "n", SAFE },
	{ SYS_wait4, "tbxb", SAFE },
	{ SYS_waitid, "ntbxb", SAFE },
	{ SYS_setpgid, "tt", OURS },
	{ SYS_getpgid, "t", SAFE },
	{ SYS_setsid, "", SAFE },
	{ SYS_getsid, "t", SAFE },
	{ SYS_set_tid_address, "b", SAFE },
	{ SYS_set_robust_list, "bl", SAFE },
	{ SYS_get_robust_list, "tbb", SAFE },
	{ SYS_arch_prctl, "nb", SAFE },
	{ SYS_prctl, "nbbbb", OURS },
	{ SYS_getresuid, "bbb", SAFE },
	{ SYS_getgroups, "nb", SAFE },
	{ SYS_setgroups, "nb", OURS },
	{ SYS_getrlimit, "nb", SAFE },
	{ SYS_setrlimit, "nb", OURS },
	{ SYS_prlimit64, "tnbb", OURS },
	{ SYS_getrusage, "nb", SAFE },
	{ SYS_times, "b", SAFE },
	{ SYS_sched_yield, "", SAFE },
	{ SYS_sched_setaffinity, "tlb", OURS },
	{ SYS_sched_getaffinity, "tlb", SAFE },
	{ SYS_futex, "bnnbbn", SAFE },
	{ SYS_kill, "ts", OURS },
	{ SYS_tkill, "ts", OURS },
	{ SYS_tgkill, "tts", OURS },
	{ SYS_rt_sigqueueinfo, "tsb", OURS },
	{ SYS_rt_tgsigqueueinfo, "ttsb", OURS },
	{ SYS_rt_sigaction, "sbbn", SAFE },
	{ SYS_rt_sigreturn, "", SAFE },
	{ SYS_restart_syscall, "", SAFE },
	{ SYS_sigaltstack, "bb", SAFE },
	{ SYS_rt_sigprocmask, "nbbn", SAFE },
	{ SYS_rt_sigpending, "bl", SAFE },
	{ SYS_pause, "", SAFE },
	{ SYS_rt_sigsuspend, "bn", SAFE },
	{ SYS_rt_sigtimedwait, "bbbn", SAFE },
	{ SYS_getitimer, "nb", SAFE },
	{ SYS_setitimer, "nbb", SAFE },
	{ SYS_timer_create, "nbb", SAFE },
	{ SYS_timer_settime, "nxbb", SAFE },
	{ SYS_timer_gettime, "nb", SAFE },
	{ SYS_timer_delete, "n", SAFE },
	{ SYS_clock_gettime, "nb", SAFE },
	{ SYS_clock_getres, "nb", SAFE },
	{ SYS_clock_nanosleep, "nxbb", SAFE },
	{ SYS_nanosleep, "bb", SAFE },
	{ SYS_gettimeofday, "bb", SAFE },
	{ SYS_getcpu, "bbb", SAFE },
	{ SYS_getrandom, "blx", SAFE },
	{ SYS_sysinfo, "b", SAFE },
	{ SYS_syslog, "nbl", OURS },
	{ SYS_uname, "b", SAFE },
};

static __thread unsigned long random_state;
static long nr_calls = 400, nr_threads = 2;
static bool as_root, verbose, report;

static unsigned long pick64(void)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return random_state ^ random_state >> 29;
}

static unsigned pick(unsigned below)
{
	return (pick64() >> 16) % below;
}

/* ---- What the calls are given ---------------------------------------------------------------- */

static char *area; /* NR_PAGES pages: writable, one read-only, one without rights, one not there */
static volatile long *steps; /* shared with the parent: calls made so far */
static pid_t dead_pid, own_child;

static const char *const paths[] = { "file", "dir", "dir/file", "dir/..", "link", "loop", "fifo",
	".", "..", "/", "", "none", "dir/none", "file/", "dir/", "/proc/self/maps",
	"/proc/self/fd/5", "/proc/self/mem", "/proc/self/cwd", "/proc/1/stat", "/dev/null",
	"/dev/zero", "/dev/tty", "/dev/full", "/dev/random", "/proc/self/environ",
	"/proc/self/exe" };

static const char *const things[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev",
	"/proc", "/proc/self/maps", "/proc/self/mem", "/proc/self/stat", "/proc/self/status",
	"/proc/self/fd", "/proc/self/cmdline", "/proc/meminfo", "/proc/stat", "/proc/mounts",
	"/proc/self/pagemap", "/proc/self/comm", "/proc/self/oom_score_adj", "/proc/cpuinfo",
	"/proc/kmsg", "/proc/self/environ", "/proc/self/exe" };

/* What belongs to the whole machine: only for who has it for himself (-r). */
static const char *const machine[] = { "/dev/tty", "/dev/console", "/dev/ttyS1", "/dev/vda", "/",
	"/tmp", "/dev/shm" };

static void make_files(void)
{
	close(open("file", O_RDWR | O_CREAT, 0666));
	truncate("file", 3 * PAGE + 100);
	mkdir("dir", 0777);
	close(open("dir/file", O_RDWR | O_CREAT, 0666));
	symlink("dir/file", "link");
	symlink("loop", "loop");
	mkfifo("fifo", 0666);
}

static void open_things(const char *const *paths, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (open(paths[i], O_RDWR | O_NONBLOCK | O_NOCTTY) < 0)
			open(paths[i], O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

static void open_terminal(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NONBLOCK | O_NOCTTY), unlock = 0;

	ioctl(master, TIOCSPTLCK, &unlock);
	ioctl(master, TIOCGPTPEER, O_RDWR | O_NONBLOCK | O_NOCTTY);
}

/* Descriptors 3 and up: files, directories, pipes, terminals, devices. Elsewhere than on Vellum
 * only those of its own directory. */
static void open_files(bool all)
{
	int pipes[2];

	if (all) {
		open_things(things, NR_ITEMS(things));
		open_terminal();
	}
	if (as_root)
		open_things(machine, NR_ITEMS(machine));
	for (int i = 0; i < 2; i++)
		if (pipe(pipes) == 0)
			fcntl(pipes[i], F_SETFL, O_NONBLOCK);
	open("file", O_RDWR);
	open("dir/file", O_RDWR | O_APPEND);
	open("dir", O_RDONLY | O_DIRECTORY);
	open("file", O_PATH);
	open("fifo", O_RDWR | O_NONBLOCK);
	syscall(SYS_memfd_create, "m", 0);
}

static void map_area(void)
{
	int fd = open("file", O_RDWR);

	area = mmap((void *)AREA, NR_PAGES * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (area == MAP_FAILED)
		_exit(0);
	mprotect(area + 8 * PAGE, PAGE, PROT_READ);
	mprotect(area + 9 * PAGE, PAGE, PROT_NONE);
	mmap(area + 10 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		2 * PAGE); /* one is past the end */
	munmap(area + 13 * PAGE, PAGE);
	close(fd);
}

static unsigned long any_address(void)
{
	static const unsigned long strange[] = { 0, 8, 0x7fffffffefff, 0x7ffffffff000,
		0x7fffffffffff, 0x800000000000, 0xffff800000000000, 0xffff888000000000,
		0xffffffff80000000, 0xffffffff80100000, 0xfffffffffffff000, -1UL, -8UL,
		0x8000000000000000 };

	switch (pick(8)) {
	case 0:
		return strange[pick(NR_ITEMS(strange))];
	case 1: /* across the edge to the page without rights, past the end of the file, the hole */
		return (unsigned long)area + (pick(NR_PAGES) + 1) * PAGE - 1 - pick(64);
	case 2:
		return (unsigned long)area + pick(NR_PAGES) * PAGE;
	default:
		return (unsigned long)area + pick(7 * PAGE) / 8 * 8;
	}
}

static unsigned long any_number(void)
{
	switch (pick(7)) {
	case 0:
		return -(unsigned long)pick(20);
	case 1:
		return 1UL << pick(64);
	case 2:
		return (1UL << pick(64)) - 1;
	case 3:
		return pick64();
	case 4:
		return 0x7fffffff + pick(3);
	default:
		return pick(70);
	}
}

static unsigned long any_length(void)
{
	switch (pick(8)) {
	case 0:
		return any_number();
	case 1:
		return pick(20) * PAGE;
	case 2:
		return pick(1 << 20);
	default:
		return pick(300);
	}
}

static unsigned long any_path(void)
{
	char *at = area + 4 * PAGE + pick(16) * 256;

	if (pick(12) == 0)
		return any_address();
	if (pick(30) == 0) { /* too long, or without an end */
		memset(area + 5 * PAGE, 'x', 3 * PAGE);
		return (unsigned long)area + 5 * PAGE + pick(PAGE);
	}
	snprintf(at, 256, "%s", paths[pick(NR_ITEMS(paths))]);
	return (unsigned long)at;
}

static unsigned long any_pid(void)
{
	switch (pick(6)) {
	case 0:
		return own_child;
	case 1:
		return dead_pid;
	case 2:
		return 0;
	case 3:
		return -getpid();
	case 4:
		return 0x7fffffff + pick(2);
	default:
		return getpid();
	}
}

/* A few words that could be a structure: addresses, lengths, small and wild numbers. */
static unsigned long any_buffer(void)
{
	unsigned long at = any_address();

	if (at >= (unsigned long)area && at < (unsigned long)area + 7 * PAGE && pick(3))
		for (int i = 0; i < 8; i++)
			((unsigned long *)(at & ~7UL))[i] = pick(3)   ? pick(1000)
							    : pick(2) ? any_address()
								      : any_number();
	return at;
}

static unsigned long any_iovec(void)
{
	struct iovec *v = (struct iovec *)(area + pick(4) * PAGE);

	if (pick(10) == 0)
		return any_address();
	for (int i = 0; i < 8; i++)
		v[i] = (struct iovec){ (void *)any_address(), any_length() };
	return (unsigned long)v;
}

static unsigned long any_ioctl(void)
{
	static const unsigned char types[] = { 'T', 'T', 'T', 0x12, 'f', 'v' };

	return pick(2) ? (unsigned long)types[pick(NR_ITEMS(types))] << 8 | pick(128)
		       : pick64() << 16 | (unsigned long)types[pick(NR_ITEMS(types))] << 8 |
				 pick(128);
}

static unsigned long any(char kind)
{
	if (pick(25) == 0)
		kind = "fblpnxtao"[pick(9)];
	switch (kind) {
	case 'f':
		return pick(20) ? 3 + pick(48) : pick(3) ? any_number() : (unsigned long)AT_FDCWD;
	case 'b':
		return any_buffer();
	case 'l':
		return any_length();
	case 'p':
		return any_path();
	case 'x':
		return pick(3) ? pick(3) ? 1UL << pick(32) : pick(64) : any_number();
	case 't':
		return any_pid();
	case 's':
		return pick(10) ? pick(66) : any_number();
	case 'a':
		return pick(2) ? any_address() & ~(PAGE - 1) : any_address();
	case 'o':
		return pick(3) ? pick(5 * PAGE) : any_number();
	case 'v':
		return any_iovec();
	case 'i':
		return any_ioctl();
	}
	return any_number();
}

/* ---- A child --------------------------------------------------------------------------------- */

/* Which arguments (a mask) name a process that the call may harm: they must be the child's own. */
static int pid_arguments(long number)
{
	switch (number) {
	case SYS_rt_tgsigqueueinfo:
	case SYS_tgkill:
		return 3;
	case SYS_kill:
	case SYS_tkill:
	case SYS_rt_sigqueueinfo:
	case SYS_prlimit64:
	case SYS_sched_setaffinity:
	case SYS_sched_setscheduler:
	case SYS_sched_setparam:
		return 1;
	case SYS_setpriority:
		return 2;
	}
	return 0;
}

static bool is_forbidden(long number, const unsigned long *args)
{
	if (number == SYS_reboot)
		return true;
	/* Those end most children too soon. */
	if ((number == SYS_exit || number == SYS_exit_group || number == SYS_rt_sigreturn) &&
		pick(20))
		return true;
	if ((number == SYS_munmap || number == SYS_mprotect || number == SYS_madvise) &&
		args[1] > NR_PAGES * PAGE && pick(20))
		return true;
	if ((number == SYS_kill || number == SYS_tkill || number == SYS_rt_sigqueueinfo) &&
		(args[1] == SIGKILL || args[1] == SIGSTOP) && pick(20))
		return true;
	/* The terminal is the test's, too: TIOCSTI types, TIOCVHANGUP hangs up. */
	if (number == SYS_ioctl && ((unsigned)args[1] == 0x5412 || (unsigned)args[1] == 0x5437))
		return true;
	return number == SYS_kill && (int)args[0] == -1;
}

static void choose_call(bool all, long *number, unsigned long *args)
{
	const struct call *c = &calls[pick(NR_ITEMS(calls))];
	const char *kinds = c->arguments;
	int pids;

	while (!all && !c->harmless)
		c = &calls[pick(NR_ITEMS(calls))];
	kinds = c->arguments;
	*number = c->number;
	if (all && pick(10) == 0) {
		*number = pick(20) ? pick(MAX_NUMBER) : any_number();
		kinds = "";
	}
	for (int i = 0; i < 6; i++)
		args[i] = any(*kinds ? *kinds++ : "fblpnxtao"[pick(9)]);
	pids = pid_arguments(*number);
	for (int i = 0; i < 6; i++)
		if (pids & 1 << i)
			args[i] = any_pid();
}

static __thread sigjmp_buf after_fault;
static __thread volatile bool choosing;

static void on_signal(int signo)
{
	(void)signo;
}

/* The child has lost the memory that it wanted to fill. */
static void on_fault(int signo)
{
	if (!choosing)
		signal(signo, SIG_DFL);
	else
		siglongjmp(after_fault, 1);
}

/* Comes back with a frame that is not what it was: flags, segments, mask, FPU state; seldom the
 * registers. */
static void on_scribble(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned long *state = (unsigned long *)uc->uc_mcontext.fpregs;

	(void)signo, (void)info;
	uc->uc_mcontext.gregs[REG_EFL] ^= any_number();
	uc->uc_mcontext.gregs[REG_CSGSFS] ^= any_number();
	for (int i = 0; state && i < 10; i++)
		state[pick(100)] = pick(2) ? any_number() : pick64();
	uc->uc_mcontext.gregs[REG_EFL] &= ~0x100; /* single steps would end it at once */
	if (pick(8) == 0)
		uc->uc_mcontext.fpregs = (void *)any_address();
	if (pick(20) == 0)
		((unsigned long *)uc)[pick(40)] = pick(2) ? any_address() : any_number();
}

/* Calls that wait are interrupted, again and again (as long as the child has not changed that). */
static void catch_signals(void)
{
	struct sigaction ignored = { .sa_handler = on_signal },
			 fault = { .sa_handler = on_fault, .sa_flags = SA_NODEFER },
			 scribble = { .sa_sigaction = on_scribble, .sa_flags = SA_SIGINFO };
	struct itimerval every = { { 0, 30000 }, { 0, 30000 } };

	for (int signo = 1; signo < 65; signo++)
		sigaction(signo, &ignored, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGUSR1, &scribble, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void limit(int what, unsigned long value)
{
	struct rlimit l = { value, value };

	setrlimit(what, &l);
}

static void set_limits(void)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_AS, 48 << 20);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_CPU, 20);
}

static void make_children(void)
{
	dead_pid = fork();
	if (dead_pid == 0)
		_exit(0);
	waitpid(dead_pid, NULL, 0);
	own_child = fork();
	if (own_child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(60);
		for (;;)
			pause();
	}
}

/* Without a function around it: a child of vfork that returned from that would spoil its parent's
 * stack. */
static __attribute__((always_inline)) inline long raw_call(long number, const unsigned long *a)
{
	register unsigned long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4],
				   r9 __asm__("r9") = a[5];
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static bool returns_twice(long number)
{
	return number == SYS_fork || number == SYS_vfork || number == SYS_clone ||
	       number == SYS_clone3;
}

static void make_call(bool all)
{
	unsigned long args[6];
	long number, result;

	choosing = true;
	if (sigsetjmp(after_fault, 1)) {
		map_area();
		catch_signals();
	}
	choose_call(all, &number, args);
	choosing = false;
	if (is_forbidden(number, args))
		return;
	if (verbose)
		dprintf(2, "%d: %ld(%lx, %lx, %lx, %lx, %lx, %lx)\n", getpid(), number, args[0],
			args[1], args[2], args[3], args[4], args[5]);
	result = raw_call(number, args);
	if (result == 0 && returns_twice(number))
		raw_call(SYS_exit_group, args);
	++*steps;
}

static void make_calls(bool all, unsigned long seed)
{
	random_state = seed * 0x9e3779b97f4a7c15UL;
	for (long i = 0; i < nr_calls; i++) {
		make_call(all);
		if (pick(100) == 0)
			syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
		if (pick(100) == 0)
			catch_signals();
	}
}

static void *more_calls(void *seed)
{
	make_calls(on_vellum(), (unsigned long)seed);
	return NULL;
}

static void be_child(unsigned long seed, const char *dir)
{
	bool all = on_vellum();

	pthread_t thread;

	setsid();
	for (int fd = 0; fd < 3 && !verbose; fd++)
		dup2(open("/dev/null", O_RDWR), fd);
	CHECK_OK(chdir(dir));
	make_files();
	if (all)
		open_files(true);
	CHECK_OK(chroot("."));
	if (!as_root)
		become_other();
	if (!all) {
		syscall(SYS_close_range, 3, ~0U, 0);
		open_files(false);
	}
	set_limits();
	make_children();
	map_area();
	catch_signals();
	for (long i = 1; i < nr_threads; i++)
		pthread_create(&thread, NULL, more_calls, (void *)(seed * 16 + i));
	make_calls(all, seed * 16);
	_exit(0);
}

/* ---- The parent ------------------------------------------------------------------------------ */

/* True if the child went within the time, whatever became of it. */
static bool wait_a_little(pid_t pid, int looks)
{
	while (looks--) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		sleep_ms(10);
	}
	return false;
}

/* The child is watched until it is gone; it must go when it is killed. */
static void watch(pid_t pid)
{
	long seen;

	do {
		seen = *steps;
		if (wait_a_little(pid, STALL_STEPS))
			return;
	} while (*steps != seen);
	kill(pid, SIGKILL);
	if (!wait_a_little(pid, 6000))
		CHECK_FAILED("child %d outlives SIGKILL", pid);
}

static void reap_orphans(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* One of several lines of children, one after the other. */
static void be_line(unsigned long seed, int first, int step, int nr_children)
{
	char dir[64];

	CHECK_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	steps = CHECK_OK(
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int i = first; i < nr_children; i += step) {
		pid_t pid;

		snprintf(dir, sizeof(dir), "calls-%d", i);
		CHECK_OK(mkdir(dir, 0777));
		CHECK_OK(chmod(dir, 0777));
		pid = fork_child();
		if (pid == 0)
			be_child(seed * 100000 + i, dir);
		watch(pid);
		reap_orphans();
		remove_tree(dir);
	}
	if (report)
		printf("%ld calls\n", *steps);
	fflush(stdout);
	child_done();
}

static unsigned long seed = 1;
static int nr_children = 40, nr_lines = 2;

static void body(void)
{
	char place[] = "/tmp/stress-XXXXXX";

	need_root("to become another user in a directory of its own");
	CHECK_OK(mkdtemp(place));
	CHECK_OK(chmod(place, 0755));
	CHECK_OK(chdir(place));
	for (int i = 0; i < nr_lines; i++)
		if (fork_child() == 0)
			be_line(seed, i, nr_lines, nr_children);
	for (int i = 0; i < nr_lines; i++) {
		int status;

		CHECK_OK(wait(&status));
		EXPECT_EQ(status, 0);
	}
	CHECK_OK(chdir("/"));
	rmdir(place);
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:c:p:t:rv")) != -1) {
		if (option == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			nr_calls = atol(optarg);
		else if (option == 'c')
			nr_children = atoi(optarg);
		else if (option == 'p')
			nr_lines = atoi(optarg);
		else if (option == 't')
			nr_threads = atol(optarg);
		else if (option == 'v')
			verbose = true;
		else if (option == 'r' && on_vellum())
			as_root = true;
		else
			return 2;
	}
	if (argc == 1) /* as a test among others */
		return test_main(argc, argv, false, body);
	report = true;
	printf("stress_syscalls -s %lu -n %ld -c %d -p %d -t %ld%s\n", seed, nr_calls, nr_children,
		nr_lines, nr_threads, as_root ? " -r" : "");
	fflush(stdout);
	body();
	printf(test_failures ? "FAILED\n" : "passed\n");
	return test_failures ? 1 : 0;
}
