/* SPDX-License-Identifier: MIT */
/* What the current thread shares with others becomes its own: unshare(2), close_range(2),
 * execve(2). Each: 0, also if nobody shares it; -ENOMEM. May sleep. */
#pragma once

int unshare_files(void);   /* open files: CLONE_FILES */
int unshare_fs(void);      /* root, working directory, umask: CLONE_FS */
int unshare_sighand(void); /* signal handlers: the process's only thread calls it */
