/* SPDX-License-Identifier: MIT */
/* Names of the system: uname(2), sethostname(2), /proc/sys/kernel. */
#pragma once

#include <linux/utsname.h>
#include "lib/types.h"

/* A consistent copy. */
void uts_get(struct new_utsname *out);
/* name: __NEW_UTS_LEN bytes at most, not terminated. */
void uts_set_hostname(const char *name, size_t len);
void uts_set_domainname(const char *name, size_t len);
