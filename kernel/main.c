/* SPDX-License-Identifier: MIT */
/*
 * Where C begins: the boot as a table, one line a subsystem, from top to bottom. A step may use
 * everything above it.
 *
 * The boot CPU runs the table on its first stack, which then is its idle thread's; the others come
 * in by smp_cpu_main().
 */
#include "arch/boot.h"
#include "arch/bootinfo.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "block/block.h"
#include "debug/ktest.h"
#include "drivers/console.h"
#include "drivers/ramdisk.h"
#include "drivers/rtc.h"
#include "drivers/screen.h"
#include "drivers/serial.h"
#include "drivers/virtio_blk.h"
#include "fs/dentry.h"
#include "fs/devfs.h"
#include "fs/devpts.h"
#include "fs/devtty.h"
#include "fs/ext2.h"
#include "fs/file.h"
#include "fs/hugetlbfs.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/procfs.h"
#include "fs/tmpfs.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/page.h"
#include "mm/pagecache.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "net/unix.h"
#include "proc/ctrl_alt_del.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "sched/workq.h"

static void options_init(void)
{
	char value[16];
	u64 level;

	if (boot_option("loglevel", value, sizeof(value)) && !parse_u64(value, 10, &level) &&
		level <= 7)
		printk_set_level((int)level);
	pr_info("Vellum, started by %s: %s", bootinfo.loader, bootinfo.cmdline);
	if (boot_option("panic", value, sizeof(value)) && !strcmp(value, "exit"))
		panic_set_exit_qemu(true);
	boot_check_options();
}

static void other_cpus_start(void)
{
	char value[16];
	u64 max = NR_CPUS;

	if (boot_option("maxcpus", value, sizeof(value)) && (parse_u64(value, 10, &max) || !max))
		max = NR_CPUS;
	if (boot_option("nosmp", NULL, 0))
		max = 1;
	smp_start((u32)min(max, (u64)NR_CPUS));
}

static void wall_clock_init(void)
{
	s64 now = rtc_read();

	if (now > 0)
		time_set_realtime((u64)now * NSEC_PER_SEC);
}

/* `ktest` on the command line: the in-kernel tests instead of init. */
static void tests_run_if_asked(void)
{
	if (!boot_option("ktest", NULL, 0))
		return;
	ktest_run_all();
	machine_power_off();
}

struct boot_step {
	const char *name;
	void (*init)(void);
};

/* On the boot stack. */
static const struct boot_step boot_table[] = {
	/* the machine, without memory to allocate */
	{ "per-CPU variables", percpu_init },
	{ "traps", trap_init },
	{ "processor", cpu_init },
	{ "options", options_init },
	{ "kernel page tables", mmu_init_kernel },
	{ "serial lines", serial_init },
	{ "screen", screen_init },
	/* memory */
	{ "frames", page_init },
	{ "slab", slab_init },
	{ "FPU", fpu_init },
	/* interrupts and time */
	{ "ACPI", acpi_init },
	{ "local APIC", apic_init },
	{ "I/O APIC", irq_init },
	{ "clock", clock_init },
	/* threads */
	{ "scheduler", sched_init },
	{ "interrupts on", irq_enable },
	{ "work queue", workq_init },
	{ "other CPUs", other_cpus_start },
};

/* In a thread, which may sleep. */
static const struct boot_step thread_table[] = {
	{ "wall clock", wall_clock_init },
	/* memory that programs and files use */
	{ "page cache", pagecache_init },
	{ "address spaces", mm_init },
	{ "reclaim", reclaim_init },
	/* files */
	{ "block devices", block_init },
	{ "inodes", inode_init },
	{ "names", dentry_init },
	{ "open files", file_init },
	{ "mounts", mount_init },
	{ "tmpfs", tmpfs_init },
	{ "huge pages", hugetlbfs_init },
	{ "devfs", devfs_init },
	{ "ext2", ext2_init },
	{ "proc", procfs_init },
	{ "proc's files", procfs_files_init },
	{ "write-back", writeback_init },
	{ "sockets", unix_init },
	/* devices */
	{ "terminals", console_init },
	{ "RAM disks", ramdisk_init },
	{ "virtio disks", virtio_blk_init },
	{ "terminal nodes", devtty_init },
	{ "pseudo-terminals", devpts_init },
	/* programs */
	{ "processes", process_init },
	{ "ctrl-alt-del", ctrl_alt_del_init },
	{ "in-kernel tests", tests_run_if_asked },
	{ "root filesystem", mount_root },
	{ "init", process_start_init },
};

static void run_table(const struct boot_step *steps, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		steps[i].init();
		pr_debug("boot: %s", steps[i].name);
	}
}

static void boot_thread(void *unused)
{
	(void)unused;
	run_table(thread_table, ARRAY_SIZE(thread_table));
}

static void boot_thread_start(void)
{
	struct thread *t = thread_create_kernel("boot", boot_thread, NULL);

	if (!t)
		panic("boot: no memory for a thread");
	thread_start(t);
}

/* Called by boot/start.asm. */
void kmain(u32 protocol, paddr_t info) __noreturn;
void kmain(u32 protocol, paddr_t info)
{
	printk_init();
	bootinfo_init(protocol, info);
	run_table(boot_table, ARRAY_SIZE(boot_table));
	boot_thread_start();
	sched_idle_loop();
}

/* Called by arch on every other CPU. */
void smp_cpu_main(void)
{
	sched_init_cpu();
	sched_idle_loop();
}
