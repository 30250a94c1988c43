// SPDX-License-Identifier: MIT
/*
 * init.c: the first process (/sbin/init, process 1).
 *
 * It mounts what the rest expects, then runs one thing and powers the machine off when that ends:
 *
 *	init                      root's shell (/etc/passwd) with job control on /dev/console
 *	init marked-job ...       as job; a line JOB_MARK comes first, because firmware wrote on the line before us
 *	init job COMMAND [ARG...] COMMAND with /dev/null as its input and /dev/ttyS1 (raw) as its output;
 *	                          how it ended goes to /dev/ttyS2: "exit N" or "signal N" and a newline
 *
 * tools/run builds the second form of the kernel's command line. Meanwhile init reaps the orphans
 * of other processes. Signals ask it to end the machine, as busybox's commands send them: SIGUSR2
 * is poweroff, SIGTERM reboot, SIGUSR1 halt; and SIGINT, which the kernel sends for ctrl-alt-del,
 * is reboot.
 *
 * It never ends by itself (the kernel would panic), and goes on with a message when a device or a
 * filesystem is missing. All signals it cares about stay blocked but inside of sigsuspend, so none
 * is lost between looking and sleeping.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CONSOLE      "/dev/console"
#define JOB_LINE     "/dev/ttyS1"
#define JOB_MARK     "the job begins"
#define STATUS_LINE  "/dev/ttyS2"
#define SHELL        "/bin/sh" /* if /etc/passwd names none for root */
#define EXIT_NO_EXEC 126
#define EXIT_NO_FILE 127
#define TERM_WAIT_MS 1000 /* from SIGTERM to SIGKILL */
#define KILL_WAIT_MS 3000 /* from SIGKILL to giving up */

/* What to do in the end; the signals of busybox's poweroff, reboot and halt choose. */
static volatile sig_atomic_t asked; /* a signal did choose */
static volatile sig_atomic_t ending = RB_POWER_OFF;
static sigset_t signals_outside; /* the mask that children get, and sigsuspend */
static char shell[256] = SHELL;

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "init: ");
	va_list args;

	va_start(args, format);
	len += vsnprintf(text + len, sizeof(text) - len - 1, format, args);
	va_end(args);
	if (len > (int)sizeof(text) - 2)
		len = sizeof(text) - 2;
	text[len++] = '\n';
	if (write(STDERR_FILENO, text, len) < 0)
		return; /* there is nobody left to tell */
}

/* ---- Setting up ------------------------------------------------------------------------------ */

static void mount_on(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755); /* usually there; if it cannot be made, mount tells */
	if (mount(type, where, type, 0, options) < 0 && errno != EBUSY)
		say("cannot mount %s on %s: %s", type, where, strerror(errno));
}

static bool is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static bool is_empty(const char *directory)
{
	DIR *d = opendir(directory);
	struct dirent *e;
	bool empty = true;

	if (!d)
		return true;
	while ((e = readdir(d)))
		empty &= !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	closedir(d);
	return empty;
}

static void mount_all(void)
{
	/* The kernel may have mounted these two already. */
	if (!is_there("/dev/null"))
		mount_on("devfs", "/dev", NULL);
	if (!is_there("/proc/self"))
		mount_on("proc", "/proc", NULL);
	if (is_empty("/tmp")) /* what tools/run --add put there stays in sight */
		mount_on("tmpfs", "/tmp", "mode=1777");
	mount_on("tmpfs", "/dev/shm", "mode=1777");
	mount_on("devpts", "/dev/pts", NULL);
	chmod("/tmp", 01777);
	chmod("/dev/shm", 01777);
}

/* Standard input, output and error are the console; or /dev/null, or nothing at all. */
static void open_console(void)
{
	int fd = open(CONSOLE, O_RDWR | O_NOCTTY);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void set_hostname(void)
{
	char name[65] = "vellum";
	int fd = open("/etc/hostname", O_RDONLY);

	if (fd >= 0) {
		ssize_t len = read(fd, name, sizeof(name) - 1);

		if (len > 0)
			name[len] = '\0';
		name[strcspn(name, "\n")] = '\0';
		close(fd);
	}
	if (sethostname(name, strlen(name)) < 0)
		say("cannot set the host's name: %s", strerror(errno));
}

static void set_environment(void)
{
	const struct passwd *root = getpwuid(0);

	if (root && root->pw_shell[0] && strlen(root->pw_shell) < sizeof(shell))
		strcpy(shell, root->pw_shell);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", is_there("/root") ? "/root" : "/", 1);
	setenv("TERM", "linux", 0);
	setenv("USER", "root", 1);
	setenv("LOGNAME", "root", 1);
	setenv("SHELL", shell, 1);
}

static void on_signal(int signo)
{
	if (signo == SIGCHLD)
		return; /* only there to wake sigsuspend */
	asked = 1;
	if (signo == SIGUSR2)
		ending = RB_POWER_OFF;
	else
		ending = signo == SIGUSR1 ? RB_HALT_SYSTEM : RB_AUTOBOOT;
}

static void catch_signals(void)
{
	static const int caught[] = { SIGCHLD, SIGUSR1, SIGUSR2, SIGTERM, SIGINT };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t inside;

	sigemptyset(&inside);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		sigaddset(&inside, caught[i]);
		sigaction(caught[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &inside, &signals_outside);
	reboot(RB_DISABLE_CAD); /* a signal, not a restart on the spot */
	signal(SIGPIPE, SIG_IGN);
}

/* In a child, before it becomes somebody else. */
static void restore_signals(void)
{
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals_outside, NULL);
}

/* ---- The shell ------------------------------------------------------------------------------- */

static void become_shell(void)
{
	static const char *const home = "HOME";
	const char *slash = strrchr(shell, '/');
	char name[sizeof(shell) + 1];
	int fd;

	setsid();
	fd = open(CONSOLE, O_RDWR);
	if (fd < 0) {
		say("%s: %s", CONSOLE, strerror(errno));
		_exit(EXIT_NO_FILE);
	}
	if (ioctl(fd, TIOCSCTTY, 1) < 0)
		say("no job control: %s cannot be the controlling terminal: %s", CONSOLE,
			strerror(errno));
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	if (chdir(getenv(home)) < 0)
		say("%s: %s", getenv(home), strerror(errno));
	restore_signals();
	/* The dash: it reads /etc/profile. */
	snprintf(name, sizeof(name), "-%s", slash ? slash + 1 : shell);
	execl(shell, name, NULL);
	say("%s: %s", shell, strerror(errno));
	_exit(errno == ENOENT ? EXIT_NO_FILE : EXIT_NO_EXEC);
}

/* ---- The job --------------------------------------------------------------------------------- */

/* A serial line that passes bytes on as they are. -1: there is none. */
static int open_raw(const char *path)
{
	struct termios settings;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		say("%s: %s", path, strerror(errno));
		return -1;
	}
	if (tcgetattr(fd, &settings) == 0) {
		cfmakeraw(&settings);
		settings.c_cflag |= CLOCAL;
		tcsetattr(fd, TCSANOW, &settings);
	}
	return fd;
}

static void become_job(char **command, int output)
{
	int null = open("/dev/null", O_RDWR);
	int error;

	setsid();
	if (null >= 0)
		dup2(null, 0);
	if (output >= 0) {
		dup2(output, 1);
		dup2(output, 2);
	}
	if (null > 2)
		close(null);
	restore_signals();
	execvp(command[0], command);
	error = errno;
	dprintf(2, "%s: %s\n", command[0],
		error == ENOENT && !strchr(command[0], '/') ? "not found" : strerror(error));
	_exit(error == ENOENT || error == ENOTDIR ? EXIT_NO_FILE : EXIT_NO_EXEC);
}

static void report(int output, int line, int status)
{
	char text[32];
	int len;

	if (output >= 0)
		tcdrain(output);
	if (WIFSIGNALED(status))
		len = snprintf(text, sizeof(text), "signal %d\n", WTERMSIG(status));
	else
		len = snprintf(text, sizeof(text), "exit %d\n", WEXITSTATUS(status));
	if (line < 0 || write(line, text, len) != len)
		say("the job's end cannot be reported: %s", text);
	else
		tcdrain(line);
}

/* ---- Waiting and ending ---------------------------------------------------------------------- */

/*
 * Reaps every child that ends until the one named does, or a signal asks for the end.
 * True: it ended, and this is its status.
 */
static bool wait_for(pid_t child, int *status)
{
	for (;;) {
		int one_status;
		pid_t pid;

		while ((pid = waitpid(-1, &one_status, WNOHANG)) > 0)
			if (pid == child) {
				*status = one_status;
				return true;
			}
		if (asked)
			return false;
		sigsuspend(&signals_outside);
	}
}

/* Reaps until there are no children or the time is over. True: there are none. */
static bool reap_all(int wait_ms, pid_t child, int *status)
{
	const struct timespec step = { 0, 5000000 };

	for (int waited = 0; waited <= wait_ms; waited += 5) {
		int one_status;
		pid_t pid;

		while ((pid = waitpid(-1, &one_status, WNOHANG)) > 0)
			if (pid == child)
				*status = one_status;
		if (pid < 0 && errno == ECHILD)
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

/* Every process but this one ends; status is set if the child is among them. */
static void kill_all(pid_t child, int *status)
{
	if (reap_all(0, child, status))
		return;
	kill(-1, SIGTERM);
	kill(-1, SIGCONT); /* a stopped process ends only when it runs */
	if (reap_all(TERM_WAIT_MS, child, status))
		return;
	kill(-1, SIGKILL);
	if (!reap_all(KILL_WAIT_MS, child, status))
		say("some processes do not end");
}

/* Unmounts what can be, the last first, and leaves the root read-only and clean. */
static void unmount_all(void)
{
	enum {
		MAX = 64
	};
	static char text[16384], *points[MAX];
	int fd = open("/proc/mounts", O_RDONLY), nr = 0;
	ssize_t len = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		close(fd);
	sync();
	if (chdir("/") < 0)
		say("/: %s", strerror(errno));
	text[len > 0 ? len : 0] = '\0';
	for (char *save, *line = strtok_r(text, "\n", &save); line && nr < MAX;
		line = strtok_r(NULL, "\n", &save)) {
		char *point = strchr(line, ' ');

		if (!point)
			continue;
		points[nr++] = ++point;
		point[strcspn(point, " ")] = '\0';
	}
	while (nr-- > 0)
		/* This process itself has the console open, so /dev is busy: that does no harm. */
		if (strcmp(points[nr], "/") != 0 && strcmp(points[nr], "/dev") != 0 &&
			umount(points[nr]) < 0)
			say("cannot unmount %s: %s", points[nr], strerror(errno));
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		say("cannot make the root read-only: %s", strerror(errno));
	sync();
}

static void __attribute__((noreturn)) end_machine(void)
{
	unmount_all();
	reboot(ending);
	say("the machine does not end: %s", strerror(errno));
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	bool is_marked = argc > 1 && strcmp(argv[1], "marked-job") == 0;
	bool is_job = is_marked || (argc > 1 && strcmp(argv[1], "job") == 0);
	int status = 0, output = -1, status_line = -1;
	bool known;
	pid_t child;

	if (getpid() != 1) {
		fprintf(stderr, "init: this is the kernel's first process, not a command\n");
		return 1;
	}
	mount_all();
	open_console();
	catch_signals();
	set_hostname();
	set_environment();
	if (is_job) {
		output = open_raw(JOB_LINE);
		status_line = open_raw(STATUS_LINE);
		if (is_marked && output >= 0)
			dprintf(output, "\n" JOB_MARK "\n");
		if (argc < 3) {
			say("job: the command is missing");
			report(output, status_line, EXIT_NO_FILE << 8);
			end_machine();
		}
	}
	child = fork();
	if (child == 0 && is_job)
		become_job(argv + 2, output);
	if (child == 0)
		become_shell();
	if (child < 0) {
		say("fork: %s", strerror(errno));
		status = EXIT_NO_EXEC << 8;
	}
	known = child < 0 || wait_for(child, &status);
	if (!is_job && known && WIFEXITED(status) && WEXITSTATUS(status) >= EXIT_NO_EXEC)
		say("the shell ended with %d", WEXITSTATUS(status));
	if (is_job && known) /* before others are killed, so that the waiting host knows at once */
		report(output, status_line, status);
	kill_all(child, &status);
	if (is_job && !known)
		report(output, status_line, status);
	end_machine();
}
