// SPDX-License-Identifier: MIT
/* System calls about the system as a whole: names, memory figures, randomness, the log, power. */
#include <linux/random.h>
#include <linux/reboot.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>
#include "arch/cpu.h"
#include "arch/user.h"
#include "debug/printk.h"
#include "fs/context.h"
#include "fs/random.h"
#include "lib/string.h"
#include "mm/pagecache.h"
#include "mm/slab.h"
#include "proc/ctrl_alt_del.h"
#include "proc/process.h"
#include "proc/uts.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

s64 sys_uname(vaddr_t to)
{
	struct new_utsname uts;

	uts_get(&uts);
	return copy_to_user(to, &uts, sizeof(uts));
}

static s64 set_name(vaddr_t name, s64 len, void (*set)(const char *name, size_t len))
{
	char buf[__NEW_UTS_LEN];

	if (!current_can(CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(buf, name, (size_t)len))
		return -EFAULT;
	set(buf, (size_t)len);
	return 0;
}

s64 sys_sethostname(vaddr_t name, int len)
{
	return set_name(name, len, uts_set_hostname);
}

s64 sys_setdomainname(vaddr_t name, int len)
{
	return set_name(name, len, uts_set_domainname);
}

s64 sys_sysinfo(vaddr_t to)
{
	struct pagecache_stats cache;
	struct page_stats frames;
	struct sysinfo info;
	u32 load[3];

	page_get_stats(&frames);
	pagecache_get_stats(&cache);
	sched_loadavg(load);
	memset(&info, 0, sizeof(info));
	info.uptime = (__kernel_long_t)(clock_now() / NSEC_PER_SEC);
	for (u32 i = 0; i < 3; i++)
		info.loads[i] = (__kernel_ulong_t)load[i] << (SI_LOAD_SHIFT - 11);
	info.totalram = frames.total * PAGE_SIZE;
	info.freeram = frames.free * PAGE_SIZE;
	info.sharedram = cache.shmem * PAGE_SIZE;
	info.procs = (u16)process_thread_count();
	info.mem_unit = 1;
	return copy_to_user(to, &info, sizeof(info));
}

/* Everything is ready at once, so the flags make no difference beyond being checked. */
s64 sys_getrandom(vaddr_t buf, size_t len, u32 flags)
{
	u8 chunk[256];
	size_t done = 0;

	if (flags & ~(u32)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	len = min(len, (size_t)0x7fffffff);
	while (done < len) {
		size_t n = min(len - done, sizeof(chunk)), left;

		random_bytes(chunk, n);
		left = user_copy_out(buf + done, chunk, n);
		done += n - left;
		if (left)
			return done ? (s64)done : -EFAULT;
		if (thread_signal_pending())
			break;
		cond_resched();
	}
	return (s64)done;
}

#define SYSLOG_MAX KIB(256)

/* syslog(2): reading the log and setting the level shown. */
s64 sys_syslog(int type, vaddr_t to, int len)
{
	size_t n;
	char *buf;
	int err;

	switch (type) {
	case 0: /* close, open: nothing to do, as Linux */
	case 1:
		return 0;
	case 2: /* read: all of it is there */
	case 3:
	case 4:
		if (!to || len < 0)
			return -EINVAL;
		buf = kmalloc(min((u64)len + 1, SYSLOG_MAX));
		if (!buf)
			return -ENOMEM;
		n = printk_read_ring(buf, min((u64)len, SYSLOG_MAX - 1));
		err = copy_to_user(to, buf, n);
		kfree(buf);
		return err ? err : (s64)n;
	case 6:
	case 7:
		return 0;
	case 8:
		if (len < 1 || len > 8)
			return -EINVAL;
		if (!current_can(CAP_SYSLOG))
			return -EPERM;
		printk_set_level(len - 1);
		return 0;
	case 10:
		return (s64)SYSLOG_MAX;
	default:
		return -EINVAL;
	}
}

s64 sys_reboot(u32 magic1, u32 magic2, u32 command, vaddr_t arg)
{
	(void)arg;
	if (!current_can(CAP_SYS_BOOT))
		return -EPERM;
	if (magic1 != LINUX_REBOOT_MAGIC1 ||
		(magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A &&
			magic2 != LINUX_REBOOT_MAGIC2B && magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	switch (command) {
	case LINUX_REBOOT_CMD_POWER_OFF:
		pr_info("power off");
		machine_power_off();
	case LINUX_REBOOT_CMD_RESTART:
		pr_info("restart");
		machine_restart();
	case LINUX_REBOOT_CMD_HALT:
		pr_info("halted");
		machine_halt();
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		ctrl_alt_del_set_restart(command == LINUX_REBOOT_CMD_CAD_ON);
		return 0;
	default:
		return -EINVAL;
	}
}

s64 sys_getcpu(vaddr_t cpu, vaddr_t node)
{
	u32 id = cpu_id(), zero = 0;

	if (cpu && copy_to_user(cpu, &id, sizeof(id)))
		return -EFAULT;
	return node ? copy_to_user(node, &zero, sizeof(zero)) : 0;
}
