// SPDX-License-Identifier: MIT
/*
 * procfs_system.c: /proc outside the processes: time, CPUs, filesystems; memory is in
 * procfs_memory.c. Formats as proc(5)
 * and Linux have them; a figure that has no meaning here is 0, never made up.
 */
#include <linux/mount.h>
#include "arch/bootinfo.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "block/block.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "proc/uts.h"
#include "sched/sched.h"
#include "sched/timer.h"

#define USER_HZ 100

/* ---------------------------------------------------------------- time and CPUs */

static nsec_t idle_time(void)
{
	struct sched_stats st;
	nsec_t idle = 0;

	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		sched_cpu_stats(cpu, &st);
		idle += st.idle;
	}
	return idle;
}

static int show_uptime(struct proc_text *t, void *object)
{
	u64 up = clock_now() / (NSEC_PER_SEC / 100), idle = idle_time() / (NSEC_PER_SEC / 100);

	(void)object;
	proc_printf(t, "%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
	return 0;
}

static int show_loadavg(struct proc_text *t, void *object)
{
	struct sched_stats st;
	u32 avg[3], running = 0;
	pid_t last;

	(void)object;
	sched_loadavg(avg);
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		sched_cpu_stats(cpu, &st);
		running += st.running;
	}
	for (u32 i = 0; i < 3; i++)
		proc_printf(t, "%u.%02u ", avg[i] >> 11, (avg[i] & 2047) * 100 >> 11);
	process_table_lock();
	last = pid_last();
	process_table_unlock();
	proc_printf(t, "%u/%u %d\n", running, process_thread_count(), last);
	return 0;
}

static void put_cpu_line(struct proc_text *t, const char *name, const struct sched_stats *st)
{
	u64 tick = NSEC_PER_SEC / USER_HZ;

	proc_printf(t, "%s %lu 0 %lu %lu 0 0 0 0 0 0\n", name, st->user / tick, st->system / tick,
		st->idle / tick);
}

static int show_stat(struct proc_text *t, void *object)
{
	struct sched_stats st, all = { 0 };
	u64 interrupts = 0;
	char name[8];

	(void)object;
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		sched_cpu_stats(cpu, &st);
		all.user += st.user;
		all.system += st.system;
		all.idle += st.idle;
		all.switches += st.switches;
		all.running += st.running;
		interrupts += irq_count(cpu);
	}
	put_cpu_line(t, "cpu ", &all);
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		sched_cpu_stats(cpu, &st);
		snprintf(name, sizeof(name), "cpu%u", cpu);
		put_cpu_line(t, name, &st);
	}
	proc_printf(t,
		"intr %lu\nctxt %lu\nbtime %ld\nprocesses %lu\nprocs_running %u\nprocs_blocked 0\n",
		interrupts, all.switches, time_seconds() - (s64)(clock_now() / NSEC_PER_SEC),
		process_fork_count(), all.running);
	return 0;
}

static int show_interrupts(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "           ");
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		proc_printf(t, "CPU%-8u", cpu);
	proc_printf(t, "\nINT: ");
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		proc_printf(t, "%10lu ", irq_count(cpu));
	proc_printf(t, "  All vectors\n");
	return 0;
}

static int show_cpuinfo(struct proc_text *t, void *object)
{
	char *buf = kmalloc(PAGE_SIZE);

	(void)object;
	if (!buf)
		return -ENOMEM;
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		proc_put(t, buf, cpu_describe(cpu, buf, PAGE_SIZE));
	kfree(buf);
	return 0;
}

/* ---------------------------------------------------------------- filesystems and disks */

struct mount_printer {
	struct proc_text *text;
	char *path;
	struct path root;
	bool info; /* mountinfo */
	u32 id;
};

/* NULL: it cannot be reached from that root. */
static const char *mount_path(struct mount_printer *p, struct mount *m)
{
	struct path at = { .mount = m, .dentry = m->root };
	char *text = path_format(&at, &p->root, p->path, PATH_LEN_MAX);

	return IS_ERR(text) || text[0] != '/' ? NULL : text;
}

static void put_options(struct proc_text *t, const struct mount *m)
{
	proc_printf(t, "%s", (m->flags & MS_RDONLY) || m->sb->read_only ? "ro" : "rw");
	if (m->flags & MS_NOSUID)
		proc_printf(t, ",nosuid");
	if (m->flags & MS_NODEV)
		proc_printf(t, ",nodev");
	if (m->flags & MS_NOEXEC)
		proc_printf(t, ",noexec");
	proc_printf(t, m->flags & MS_NOATIME ? ",noatime" : ",relatime");
}

static void put_mount(struct mount *m, void *arg)
{
	struct mount_printer *p = arg;
	struct proc_text *t = p->text;
	const char *path = mount_path(p, m);
	const char *source = m->source[0] ? m->source : "none";

	if (!path)
		return;
	if (p->info) {
		proc_printf(t, "%u 1 %u:%u / ", ++p->id, MAJOR(m->sb->dev), MINOR(m->sb->dev));
		proc_put_escaped(t, path, " \t\n\\");
		proc_put(t, " ", 1);
		put_options(t, m);
		proc_printf(t, " - %s ", m->sb->type->name);
		proc_put_escaped(t, source, " \t\n\\");
		proc_printf(t, " %s\n", m->sb->read_only ? "ro" : "rw");
		return;
	}
	proc_put_escaped(t, source, " \t\n\\");
	proc_put(t, " ", 1);
	proc_put_escaped(t, path, " \t\n\\");
	proc_printf(t, " %s ", m->sb->type->name);
	put_options(t, m);
	proc_printf(t, " 0 0\n");
}

/* Those that the thread can reach from its root. */
static int show_mounts(struct proc_text *t, void *object, bool info)
{
	struct mount_printer p = { .text = t, .info = info };

	if (!subject_root(object, &p.root))
		return 0;
	p.path = kmalloc(PATH_LEN_MAX);
	if (p.path)
		mount_for_each(put_mount, &p);
	path_put(&p.root);
	kfree(p.path);
	return p.path ? 0 : -ENOMEM;
}

int procfs_show_mounts(struct proc_text *t, void *object)
{
	return show_mounts(t, object, false);
}

int procfs_show_mountinfo(struct proc_text *t, void *object)
{
	return show_mounts(t, object, true);
}

static void put_fs_type(struct fs_type *type, void *arg)
{
	proc_printf(arg, "%s\t%s\n", type->needs_device ? "" : "nodev", type->name);
}

static int show_filesystems(struct proc_text *t, void *object)
{
	(void)object;
	fs_types_for_each(put_fs_type, t);
	return 0;
}

static void put_partition(struct block_device *bd, void *arg)
{
	proc_printf(arg, "%4u %7u %10lu %s\n", MAJOR(bd->dev), MINOR(bd->dev), bd->nr_sectors / 2,
		bd->name);
}

static int show_partitions(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "major minor  #blocks  name\n\n");
	block_for_each(put_partition, t);
	return 0;
}

static void put_disk_stats(struct block_device *bd, void *arg)
{
	proc_printf(arg, "%4u %7u %s %lu 0 %lu 0 %lu 0 %lu 0 0 0 0\n", MAJOR(bd->dev),
		MINOR(bd->dev), bd->name, bd->reads, bd->sectors_read, bd->writes,
		bd->sectors_written);
}

static int show_diskstats(struct proc_text *t, void *object)
{
	(void)object;
	block_for_each(put_disk_stats, t);
	return 0;
}

static int show_version(struct proc_text *t, void *object)
{
	struct new_utsname uts;

	(void)object;
	uts_get(&uts);
	proc_printf(t, "%s version %s %s\n", uts.sysname, uts.release, uts.version);
	return 0;
}

static int show_cmdline(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "%s\n", bootinfo.cmdline);
	return 0;
}

static int show_swaps(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}

/* ---------------------------------------------------------------- self */

static ssize_t readlink_self(void *object, char *buf, size_t size)
{
	(void)object;
	return current_process() ? scnprintf(buf, size, "%d", current_process()->pid) : -ENOENT;
}

static ssize_t readlink_thread_self(void *object, char *buf, size_t size)
{
	(void)object;
	if (!current_process())
		return -ENOENT;
	return scnprintf(buf, size, "%d/task/%d", current_process()->pid, current_thread()->tid);
}

static ssize_t readlink_mounts(void *object, char *buf, size_t size)
{
	(void)object;
	return (ssize_t)strlcpy(buf, "self/mounts", size);
}

/* ---------------------------------------------------------------- tables */

static const struct proc_entry root_entries[] = {
	PROC_FILE("buddyinfo", 0444, procfs_show_buddyinfo),
	PROC_FILE("cmdline", 0444, show_cmdline),
	PROC_FILE("cpuinfo", 0444, show_cpuinfo),
	PROC_FILE("diskstats", 0444, show_diskstats),
	PROC_FILE("filesystems", 0444, show_filesystems),
	PROC_FILE("interrupts", 0444, show_interrupts),
	{ .name = "kpagecount", .mode = S_IFREG | 0400, .read = procfs_read_kpagecount },
	{ .name = "kpageflags", .mode = S_IFREG | 0400, .read = procfs_read_kpageflags },
	PROC_FILE("loadavg", 0444, show_loadavg),
	PROC_FILE("meminfo", 0444, procfs_show_meminfo),
	{ .name = "mounts", .mode = S_IFLNK | 0777, .readlink = readlink_mounts },
	PROC_FILE("partitions", 0444, show_partitions),
	{ .name = "self", .mode = S_IFLNK | 0777, .readlink = readlink_self },
	PROC_FILE("slabinfo", 0400, procfs_show_slabinfo),
	PROC_FILE("stat", 0444, show_stat),
	PROC_FILE("swaps", 0444, show_swaps),
	PROC_DIR("sys", 0555, &procfs_sys_dir),
	{ .name = "thread-self", .mode = S_IFLNK | 0777, .readlink = readlink_thread_self },
	PROC_FILE("uptime", 0444, show_uptime),
	PROC_FILE("version", 0444, show_version),
	PROC_FILE("vmstat", 0444, procfs_show_vmstat),
};
static const struct proc_dir root = {
	.entries = root_entries,
	.nr_entries = ARRAY_SIZE(root_entries),
	.lookup = procfs_pid_lookup,
	.next = procfs_pid_next,
};

void procfs_files_init(void)
{
	procfs_set_root(&root);
}
