// SPDX-License-Identifier: MIT
/*
 * signal_default_actions.c: What every signal does by default: kill, stop, go on, or nothing.
 */
#include "test.h"

TEST()
{
	static const int ignored[] = { SIGCHLD, SIGURG, SIGWINCH, SIGCONT };
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP };
	int status;

	for (int signo = 1; signo <= 31; signo++) {
		bool is_ignored = false, is_stop = false;
		pid_t pid;

		for (size_t i = 0; i < NR_ITEMS(ignored); i++) {
			is_ignored |= signo == ignored[i];
			is_stop |= signo == stops[i];
		}
		pid = fork_child();
		if (pid == 0) {
			struct rlimit no_core = { 0, 0 };

			setrlimit(RLIMIT_CORE, &no_core);
			kill(getpid(), signo);
			_exit(0);
		}
		if (is_stop) {
			CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
			if (!WIFSTOPPED(status) || WSTOPSIG(status) != signo)
				EXPECT_FAILED(
					"signal %d: status %#x, expected a stop", signo, status);
			CHECK_OK(kill(pid, SIGCONT));
			is_ignored = true;
		}
		status = wait_child(pid);
		if ((status & 0x7f) != (is_ignored ? 0 : signo))
			EXPECT_FAILED("signal %d: status %#x", signo, status);
	}
}
