// SPDX-License-Identifier: MIT
/*
 * The system's names. The release has Linux's form because programs (the C library's start-up among
 * them) read a version out of it: it names the Linux whose system calls we mean.
 */
#include "proc/uts.h"
#include "lib/string.h"
#include "sync/spinlock.h"

static struct spinlock uts_lock = SPINLOCK_INIT(uts_lock, RANK_FILES);
static struct new_utsname uts = {
	.sysname = "Vellum",
	.nodename = "vellum",
	.release = "6.1.0-vellum",
	.version = "#1 SMP",
	.machine = "x86_64",
	.domainname = "(none)",
};

void uts_get(struct new_utsname *out)
{
	spin_lock(&uts_lock);
	*out = uts;
	spin_unlock(&uts_lock);
}

static void set_name(char *field, const char *name, size_t len)
{
	spin_lock(&uts_lock);
	memset(field, 0, __NEW_UTS_LEN + 1);
	memcpy(field, name, min(len, (size_t)__NEW_UTS_LEN));
	spin_unlock(&uts_lock);
}

void uts_set_hostname(const char *name, size_t len)
{
	set_name(uts.nodename, name, len);
}

void uts_set_domainname(const char *name, size_t len)
{
	set_name(uts.domainname, name, len);
}
