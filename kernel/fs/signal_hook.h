/* SPDX-License-Identifier: MIT */
/* Signals that file operations raise in the current thread (SIGPIPE, SIGXFSZ): proc/ sets the
 * function, because arrows run down. */
#pragma once

extern void (*fs_send_signal)(int sig);
