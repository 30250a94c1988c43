// SPDX-License-Identifier: MIT
/*
 * procfs_sys.c: /proc/sys, the few settings that there are (sysctl(8), proc(5)). A file that cannot
 * be written tells a limit or a fact.
 */
#include <linux/limits.h>
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/inode.h"
#include "fs/random.h"
#include "lib/string.h"
#include "mm/check.h"
#include "mm/commit.h"
#include "mm/kstack.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "proc/exec.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "proc/uts.h"

/* ---------------------------------------------------------------- kernel: names */

static int show_uts(struct proc_text *t, size_t offset)
{
	struct new_utsname uts;

	uts_get(&uts);
	proc_printf(t, "%s\n", (const char *)&uts + offset);
	return 0;
}

#define UTS_FIELD(field)                                                                           \
	static int show_##field(struct proc_text *t, void *object)                                 \
	{                                                                                          \
		(void)object;                                                                      \
		return show_uts(t, offsetof(struct new_utsname, field));                           \
	}
UTS_FIELD(sysname)
UTS_FIELD(release)
UTS_FIELD(version)
UTS_FIELD(nodename)
UTS_FIELD(domainname)

static ssize_t write_nodename(void *object, const char *text, size_t len)
{
	(void)object;
	uts_set_hostname(text, strcspn(text, "\n"));
	return (ssize_t)len;
}

static ssize_t write_domainname(void *object, const char *text, size_t len)
{
	(void)object;
	uts_set_domainname(text, strcspn(text, "\n"));
	return (ssize_t)len;
}

/* ---------------------------------------------------------------- numbers */

#define FIXED_NUMBER(name, value)                                                                  \
	static int show_##name(struct proc_text *t, void *object)                                  \
	{                                                                                          \
		(void)object;                                                                      \
		proc_printf(t, "%lu\n", (u64)(value));                                             \
		return 0;                                                                          \
	}
FIXED_NUMBER(pid_max, PID_MAX)
FIXED_NUMBER(threads_max, PID_MAX / 2)
FIXED_NUMBER(cap_last_cap, CAP_LAST_CAP)
FIXED_NUMBER(ngroups_max, NGROUPS_MAX)
FIXED_NUMBER(overflow_id, 65534)
FIXED_NUMBER(entropy, 256)
FIXED_NUMBER(nr_open, 1048576)
FIXED_NUMBER(pipe_max_size, 1048576)
FIXED_NUMBER(file_max, 0x7fffffffffffffff)

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* A number as sysctl(8) writes it, with blanks around it, in [0, max]: 0, or -EINVAL. */
static int read_number(const char *text, u64 max, u64 *out)
{
	char digits[24];
	size_t n;

	while (is_space(*text))
		text++;
	for (n = 0; text[n] && !is_space(text[n]); n++)
		if (n == sizeof(digits) - 1)
			return -EINVAL;
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (parse_u64(digits, 10, out) || *out > max)
		return -EINVAL;
	for (text += n; *text; text++)
		if (!is_space(*text))
			return -EINVAL;
	return 0;
}

/* show_NAME and write_NAME for a variable that may be set to anything up to `max`. */
#define VARIABLE_NUMBER(name, variable, max)                                                       \
	FIXED_NUMBER(name, variable)                                                               \
	static ssize_t write_##name(void *object, const char *text, size_t len)                    \
	{                                                                                          \
		u64 v;                                                                             \
		int err = read_number(text, max, &v);                                              \
                                                                                                   \
		(void)object;                                                                      \
		if (err)                                                                           \
			return err;                                                                \
		variable = (__typeof__(variable))v;                                                \
		return (ssize_t)len;                                                               \
	}
#define INT_MAX_HERE 0x7fffffffUL
VARIABLE_NUMBER(randomize, exec_randomize_va_space, INT_MAX_HERE)
VARIABLE_NUMBER(max_map_count, mm_max_map_count, INT_MAX_HERE)
VARIABLE_NUMBER(mmap_min_addr, mm_min_addr, ~0UL)
VARIABLE_NUMBER(legacy_layout, mm_legacy_layout, INT_MAX_HERE)
VARIABLE_NUMBER(overcommit, commit_settings.mode, OVERCOMMIT_NEVER)
VARIABLE_NUMBER(user_reserve, commit_settings.user_reserve, ~0UL)
VARIABLE_NUMBER(admin_reserve, commit_settings.admin_reserve, ~0UL)
FIXED_NUMBER(overcommit_ratio, commit_settings.ratio)
FIXED_NUMBER(overcommit_kbytes, commit_settings.kbytes)

/* The limit is a part of memory or a number: who sets the one unsets the other. */
static ssize_t write_overcommit_ratio(void *object, const char *text, size_t len)
{
	u64 v;
	int err = read_number(text, INT_MAX_HERE, &v);

	(void)object;
	if (err)
		return err;
	commit_settings.ratio = (u32)v;
	commit_settings.kbytes = 0;
	return (ssize_t)len;
}

static ssize_t write_overcommit_kbytes(void *object, const char *text, size_t len)
{
	u64 v;
	int err = read_number(text, ~0UL, &v);

	(void)object;
	if (err)
		return err;
	commit_settings.kbytes = v;
	commit_settings.ratio = 0;
	return (ssize_t)len;
}

/* ---------------------------------------------------------------- kernel/random */

static void put_uuid(struct proc_text *t, u8 id[16])
{
	id[6] = (id[6] & 0x0f) | 0x40; /* RFC 4122: version 4, variant 1 */
	id[8] = (id[8] & 0x3f) | 0x80;
	for (u32 i = 0; i < 16; i++)
		proc_printf(t, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
	proc_put(t, "\n", 1);
}

static int show_uuid(struct proc_text *t, void *object)
{
	u8 id[16];

	(void)object;
	random_bytes(id, sizeof(id));
	put_uuid(t, id);
	return 0;
}

static int show_boot_id(struct proc_text *t, void *object)
{
	static u8 id[16]; /* process_lock */
	static bool chosen;
	u8 fresh[16];

	(void)object;
	random_bytes(fresh, sizeof(fresh));
	process_table_lock();
	if (!chosen)
		memcpy(id, fresh, sizeof(id));
	chosen = true;
	memcpy(fresh, id, sizeof(id));
	process_table_unlock();
	put_uuid(t, fresh);
	return 0;
}

/* ---------------------------------------------------------------- vm */

/* 1: page cache, 2: names and inodes (and what the kernel keeps for quick use), 3: both; with 4, which
 * asks that the log be silent about it, as it always is. Dirty and used ones stay. Who looks for
 * leaks calls it, so with mmcheck all books are checked here. */
static ssize_t write_drop_caches(void *object, const char *text, size_t len)
{
	u64 what;
	int err = read_number(text, 4, &what);

	(void)object;
	if (err || !what)
		return -EINVAL;
	if (what & 1) {
		reclaim_drop_clean();
		procfs_nr_drop_pagecache++;
	}
	if (what & 2) {
		procfs_nr_drop_slab++;
		dentry_shrink(NULL, ~0UL);
		inode_shrink(NULL, ~0UL);
		slab_shrink();
		kstack_shrink();
	}
	if (mm_check_always)
		check_all_or_panic();
	return (ssize_t)len;
}

static int show_file_nr(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "0\t0\t%lu\n", 0x7fffffffffffffffUL);
	return 0;
}

/* ---------------------------------------------------------------- tables */

#define SETTING(entry_name, show_function, write_function)                                         \
	{                                                                                          \
		.name = entry_name, .mode = S_IFREG | 0644, .show = show_function,                 \
		.write = write_function                                                            \
	}
#define TABLE(name)                                                                                \
	static const struct proc_dir name##_dir = { .entries = name##_entries,                     \
		.nr_entries = ARRAY_SIZE(name##_entries) }

static const struct proc_entry random_entries[] = {
	PROC_FILE("boot_id", 0444, show_boot_id),
	PROC_FILE("entropy_avail", 0444, show_entropy),
	PROC_FILE("poolsize", 0444, show_entropy),
	PROC_FILE("uuid", 0444, show_uuid),
};
TABLE(random);

static const struct proc_entry kernel_entries[] = {
	PROC_FILE("cap_last_cap", 0444, show_cap_last_cap),
	SETTING("domainname", show_domainname, write_domainname),
	SETTING("hostname", show_nodename, write_nodename),
	PROC_FILE("ngroups_max", 0444, show_ngroups_max),
	PROC_FILE("osrelease", 0444, show_release),
	PROC_FILE("ostype", 0444, show_sysname),
	PROC_FILE("overflowgid", 0444, show_overflow_id),
	PROC_FILE("overflowuid", 0444, show_overflow_id),
	PROC_FILE("pid_max", 0444, show_pid_max),
	PROC_DIR("random", 0555, &random_dir),
	SETTING("randomize_va_space", show_randomize, write_randomize),
	PROC_FILE("threads-max", 0444, show_threads_max),
	PROC_FILE("version", 0444, show_version),
};
TABLE(kernel);

static const struct proc_entry vm_entries[] = {
	SETTING("admin_reserve_kbytes", show_admin_reserve, write_admin_reserve),
	{ .name = "drop_caches", .mode = S_IFREG | 0200, .write = write_drop_caches },
	SETTING("legacy_va_layout", show_legacy_layout, write_legacy_layout),
	SETTING("max_map_count", show_max_map_count, write_max_map_count),
	SETTING("mmap_min_addr", show_mmap_min_addr, write_mmap_min_addr),
	SETTING("overcommit_kbytes", show_overcommit_kbytes, write_overcommit_kbytes),
	SETTING("overcommit_memory", show_overcommit, write_overcommit),
	SETTING("overcommit_ratio", show_overcommit_ratio, write_overcommit_ratio),
	SETTING("user_reserve_kbytes", show_user_reserve, write_user_reserve),
};
TABLE(vm);

static const struct proc_entry fs_entries[] = {
	PROC_FILE("file-max", 0444, show_file_max),
	PROC_FILE("file-nr", 0444, show_file_nr),
	PROC_FILE("nr_open", 0444, show_nr_open),
	PROC_FILE("pipe-max-size", 0444, show_pipe_max_size),
};
TABLE(fs);

static const struct proc_entry sys_entries[] = {
	PROC_DIR("fs", 0555, &fs_dir),
	PROC_DIR("kernel", 0555, &kernel_dir),
	PROC_DIR("vm", 0555, &vm_dir),
};
const struct proc_dir procfs_sys_dir = { .entries = sys_entries,
	.nr_entries = ARRAY_SIZE(sys_entries) };
