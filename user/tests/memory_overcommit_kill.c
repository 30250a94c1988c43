// SPDX-License-Identifier: MIT
/*
 * memory_overcommit_kill.c: A process that writes more memory than there is gets ENOMEM or is
 * killed; the machine lives on. Only on Vellum, and only when it has less than 512 MiB.
 */
#include "test.h"

TEST()
{
	pid_t pid;
	int status;

	if (!on_vellum())
		skip("would use up the host's memory");
	if (test_available_kb() > 512 * 1024)
		skip("too much memory for a quick test");
	pid = fork_child();
	if (pid == 0) {
		for (;;) {
			char *p = mmap(NULL, 256 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (p == MAP_FAILED)
				_exit(errno == ENOMEM ? 0 : 1);
			for (int i = 0; i < 256; i++)
				p[i * PAGE] = 1;
		}
	}
	status = wait_child(pid);
	CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	/* And there is memory again. */
	memset(map_anon(256, PROT_READ | PROT_WRITE), 1, 256 * PAGE);
}
