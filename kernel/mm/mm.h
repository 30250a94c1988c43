/* SPDX-License-Identifier: MIT */
/*
 * struct mm: an address space. The API that proc/, fs/ and syscall/ use; what is behind it is in
 * mmap.c, mprotect.c, madvise.c, fault.c ...
 *
 * Letters: [m] lock (read or write)  [M] lock for write  [p] pt_lock  [a] atomic
 */
#pragma once

#include "arch/mmu.h"
#include "lib/list.h"
#include "mm/mapping.h"
#include "mm/vma.h"
#include "sync/rwsem.h"

/* Settings, as /proc/sys/vm shows them (proc(5)); single words, read without a lock. */
extern u64 mm_min_addr;      /* mmap_min_addr: nothing is placed below it, so that following NULL +
				something faults */
extern u64 mm_max_map_count; /* max_map_count: VMAs of one mm */
extern u32 mm_legacy_layout; /* legacy_va_layout: programs begin bottom up */

struct mm {
	struct rwsem lock;       /* RANK_MM: the VMA set */
	struct vma_set vmas;     /* [M] */
	struct mmu mmu;          /* page tables [p] */
	struct spinlock pt_lock; /* RANK_PAGETABLE */
	atomic_t nr_gathers;     /* [a] begun and not finished: gather.h */
	atomic_t refs;           /* users: processes that run in it, and who looks at it (procfs) */
	atomic_t owners;         /* processes that run in it: the last one to leave empties it */
	struct list link;        /* in the list of all, see mm_next() */

	u64 total_pages, locked_pages, data_pages, exec_pages,
		stack_pages;                      /* [M] VmSize, VmLck, VmData, VmExe, VmStk */
	atomic64_t rss_anon, rss_file, rss_shmem; /* [p] pages mapped; read by anybody */
	u64 rss_peak, total_peak;                 /* [p], [M]; see mm_peak_rss() */

	/* New mappings are placed below it, top down; or (bottom_up: the old layout) from it on
	 * upwards. */
	vaddr_t mmap_base;
	bool bottom_up;
	bool randomized;        /* by exec: its places are random, and so are those of MAP_32BIT */
	vaddr_t brk_start, brk; /* [M] */
	/* [M] VMA_LOCKED, VMA_LOCKONFAULT: new memory is locked (mlockall MCL_FUTURE) */
	u32 lock_future;
	atomic_t membarriers; /* [a] which commands it is registered for: membarrier.c */
	vaddr_t start_code, end_code, start_data, end_data, start_stack;
	vaddr_t arg_start, arg_end, env_start, env_end;
	u64 auxv[48]; /* /proc/PID/auxv */
	void *exe;    /* struct file of the program (opaque), with a reference by exe_ops */
	const struct map_file_ops *exe_ops;
	bool dumpable; /* proc: others of the same user may look at it (prctl(2), PR_SET_DUMPABLE) */
};

struct map_request;
/* What mm needs of a file that is mapped. fs/ provides one such table for all files. */
struct map_file_ops {
	void (*get)(void *file);
	/* may sleep; not called under mm locks: gathered and put after unlock */
	void (*put)(void *file);
	/* How the file may be mapped, from rq->file_readable on: as mmap(2) asks. 0 or -errno. Does
	 * not sleep; mm->lock may be held. */
	int (*ask)(void *file, struct map_request *rq);
	/* msync(MS_SYNC): makes bytes [start, end) durable. 0 or -EIO... NULL: pagecache_sync().
	 * May sleep; no mm lock held. */
	int (*sync)(void *file, u64 start, u64 end);
	/* MADV_REMOVE: bytes [start, end) become a hole. 0 or -errno. May sleep; no mm lock held. */
	int (*punch_hole)(void *file, u64 start, u64 end);
	/* Is the current user the file's owner, or may he write it? Only he is told which of its
	 * pages are cached (mincore), and may have them dropped (MADV_PAGEOUT). */
	bool (*is_ours)(void *file);
};

/* Where new memory comes from: filled by sys_mm.c from an fd, by exec from the program. */
struct map_request {
	vaddr_t addr;            /* hint, or the address itself with MAP_FIXED */
	u64 len;                 /* bytes, > 0 */
	u32 prot;                /* PROT_* */
	u64 flags;               /* MAP_* */
	struct mapping *mapping; /* NULL: anonymous */
	pgoff_t pgoff;
	void *file; /* a reference is taken by mm_map */
	const struct map_file_ops *file_ops;
	bool file_readable, file_writable; /* open mode */
	bool file_noexec;
	u64 file_limit;       /* bytes that such a file can have at most; 0: LONG_MAX */
	bool file_unmappable; /* it has no way to be mapped: ENODEV, when all else is right */
	bool file_sealed; /* against writing by shared mappings: EPERM, when all else is right */
	bool is_zeros;    /* /dev/zero: no mapping, but zero pages or shared memory */
	/* A file of huge pages: the bytes of one, by which len is rounded up already, and between which
	 * it is placed; else 0 */
	u64 huge_size;
	u64 low_slack; /* bytes, whole pages: how far above its base MAP_32BIT begins to search */
	/* A file that has a say in its VMA (a device that maps its own frames, huge pages): asked when
	 * all else is right. 0 or -errno. NULL: none. */
	int (*device_map)(struct vma *vma, void *file);
	u32 extra_vma_flags; /* VMA_STACK ... for exec */
};

/* --- life --- */
struct mm *mm_create(void);            /* empty; refs = owners = 1; NULL: no memory */
struct mm *mm_fork(struct mm *parent); /* COW copy; NULL: no memory. May sleep. */
static inline void mm_get(struct mm *mm)
{
	atomic_inc(&mm->refs);
}
void mm_put(struct mm *mm); /* a looker's reference */
/* Have all who ran in it left? Then nothing is mapped, and nothing will be. */
static inline bool mm_is_left(const struct mm *mm)
{
	return !atomic_read(&mm->owners);
}
/* The file of the program (mm->exe) with a reference, to be put by mm->exe_ops; NULL: none, or it is
 * left. */
void *mm_get_exe(struct mm *mm);
void mm_share(struct mm *mm); /* vfork, CLONE_VM: one more owner (and reference) */
/* an owner goes; the last one unmaps everything. May sleep. Not on its own page tables: switch
 * first */
void mm_leave(struct mm *mm);
/* The address space behind mm (NULL: the first) in the list of all, with a reference; mm's is put.
 * For looking at all of them: those that come meanwhile may be missed. */
struct mm *mm_next(struct mm *mm);
/* Makes it the current thread's: thread->mm, thread->mmu, and loads it on this CPU. NULL: none
 * (exit). */
void mm_activate(struct mm *mm);
static inline struct mm *current_mm(void)
{
	return current_thread()->mm;
}

/* --- operations on the current or another mm; all may sleep; errors as the manual pages say --- */
/* mmap(2): the address, or -errno. All checks of arguments that need no fd are here. */
s64 mm_map(struct mm *mm, const struct map_request *rq);
s64 mm_unmap(struct mm *mm, vaddr_t addr, u64 len);
s64 mm_protect(struct mm *mm, vaddr_t addr, u64 len, u64 prot);
/* The same for a process with personality(READ_IMPLIES_EXEC). */
s64 mm_protect_implying_exec(struct mm *mm, vaddr_t addr, u64 len, u64 prot);
s64 mm_advise(struct mm *mm, vaddr_t addr, u64 len, int advice);
s64 mm_msync(struct mm *mm, vaddr_t addr, u64 len, int flags);
s64 mm_remap(struct mm *mm, vaddr_t old, u64 old_len, u64 new_len, u64 flags, vaddr_t new_addr);
/* remap_file_pages(2). */
s64 mm_remap_file_pages(struct mm *mm, vaddr_t start, u64 len, u64 prot, pgoff_t pgoff, u64 flags);
s64 mm_incore(struct mm *mm, vaddr_t addr, u64 len, vaddr_t vec);
/* brk(2): the new (or unchanged) break. */
vaddr_t mm_set_brk(struct mm *mm, vaddr_t brk);
/* The same for a process with personality(READ_IMPLIES_EXEC). */
vaddr_t mm_set_brk_implying_exec(struct mm *mm, vaddr_t brk);
/* mlock2(2), munlock(2), mlockall(2), munlockall(2) */
s64 mm_lock(struct mm *mm, vaddr_t addr, u64 len, int flags);
s64 mm_unlock(struct mm *mm, vaddr_t addr, u64 len);
s64 mm_lock_all(struct mm *mm, int flags);
s64 mm_unlock_all(struct mm *mm);
/* membarrier(2). No lock held. */
s64 mm_membarrier(struct mm *mm, int command, u32 flags);
/* Touches the pages of the range that are mapped, as MAP_POPULATE does; what of a VMA cannot be had
 * is left out. No lock held. */
void mm_populate(struct mm *mm, vaddr_t addr, u64 len);

/* exec: an initial stack VMA that ends at `top` (page aligned) and grows to the limit. 0 or
 * -ENOMEM. */
int mm_setup_stack(struct mm *mm, vaddr_t top, bool executable);
/* Copies to or from an mm that need not be the current one, faulting pages in. Returns the bytes
 * copied: up to the first that cannot be had. May sleep. */
#define ACCESS_WRITE 1u /* from buf */
#define ACCESS_RIGHTS                                                                              \
	2u /* as far as VMAs have PROT_READ or PROT_WRITE, whatever the CPU would permit */
#define ACCESS_FORCED 4u /* also where the protection forbids it; what is written is private */
#define ACCESS_ZEROS  8u /* only where zeros are behind it (back_anon) */
size_t mm_access(struct mm *mm, vaddr_t addr, void *buf, size_t len, u32 how);

/* --- faults --- */
enum fault_result {
	FAULT_OK,
	FAULT_MAPERR, /* SIGSEGV SEGV_MAPERR */
	FAULT_ACCERR, /* SIGSEGV SEGV_ACCERR */
	FAULT_BUS,    /* SIGBUS BUS_ADRERR */
	FAULT_OOM,    /* no memory even after reclaim: the caller decides who dies */
	FAULT_KILLED, /* a fatal signal is pending: give up, the thread dies on its way out */
};
#define FAULT_WRITE 1u
#define FAULT_EXEC  2u
#define FAULT_USER  4u /* of user mode (else of the kernel's user copies) */
/* Resolves a fault at addr in mm. May sleep (I/O). sp: the user's stack pointer (stack growth).
 * Counts minor and major faults of the current thread. */
enum fault_result mm_fault(struct mm *mm, vaddr_t addr, u32 access, vaddr_t sp);

struct fault_stats {
	u64 faults, major,
		reused; /* since boot; reused: written without a copy, being ours alone */
};
void mm_get_fault_stats(struct fault_stats *st);

/* --- looking (procfs) --- */
/* Calls fn for each VMA in order, lock held for reading; stops when fn returns false. fn must not
 * fault. */
void mm_for_each_vma(struct mm *mm, bool (*fn)(struct vma *vma, void *arg), void *arg);
/* Continues at the first VMA that ends above addr: procfs reads page by page. False: none left. */
bool mm_vma_at_or_above(
	struct mm *mm, vaddr_t addr, bool (*fn)(struct vma *vma, void *arg), void *arg);
/* The first VMA in [start, end), copied, with a reference to its file if it has one (copy->file),
 * which is the caller's. False: there is none. For who acts with no lock held. */
bool mm_copy_vma(struct mm *mm, vaddr_t start, vaddr_t end, struct vma *copy);
/* What is resident of a VMA's memory, as smaps counts it. Pss: every page divided by the number of
 * entries that map it, in bytes << PSS_SHIFT. */
#define PSS_SHIFT 12
struct vma_usage {
	/* pages */
	u64 rss, shared_clean, shared_dirty, private_clean, private_dirty, referenced, anonymous,
		lazy_free;
	/* bytes << PSS_SHIFT */
	u64 pss, pss_dirty, pss_anon, pss_file, pss_shmem, pss_locked;
};
/* Adds what vma has to *u. Costs by the tables and pages that are there. => mm->lock held */
void mm_vma_usage(struct vma *vma, struct vma_usage *u);
/* What /proc/PID/pagemap tells of the nr pages from addr on, in Linux's bits: present (63), of a file
 * or shared (61), mapped once (56), and, if `frames`, the frame number (0-54). nr entries, all of
 * one page table (2 MiB). May sleep; no lock held. */
void mm_pagemap(struct mm *mm, vaddr_t addr, u32 nr, bool frames, u64 *entries);
/* Forgets which pages were used: of all VMAs, of those without a file, of those with one (clear_refs,
 * proc(5)). May sleep; no lock held. */
enum mm_refs {
	MM_REFS_ALL,
	MM_REFS_ANON,
	MM_REFS_FILE
};
void mm_clear_refs(struct mm *mm, enum mm_refs which);
/* The peak of RSS begins anew. */
void mm_reset_peak_rss(struct mm *mm);
static inline u64 mm_rss(const struct mm *mm)
{
	return (u64)(atomic64_read(&mm->rss_anon) + atomic64_read(&mm->rss_file) +
		     atomic64_read(&mm->rss_shmem));
}
/* VmHWM: rss_peak is brought up to date only when RSS falls. */
static inline u64 mm_peak_rss(const struct mm *mm)
{
	return max(mm->rss_peak, mm_rss(mm));
}
/* Inside mm/, before RSS falls. => pt_lock held */
static inline void mm_note_peak_rss(struct mm *mm)
{
	mm->rss_peak = mm_peak_rss(mm);
}
/* Inside mm/: one of the rss counters. Plain, for all changes are made with pt_lock held. */
static inline void mm_add_rss(atomic64_t *counter, s64 nr)
{
	atomic64_set(counter, atomic64_read(counter) + nr);
}
/* back_vdso.c: maps [vvar] and [vdso] into the address space of a program that starts: at the hint if it is
 * free, else where mmap would. The address of [vdso] (AT_SYSINFO_EHDR), or -ENOMEM. Takes mm->lock. */
s64 mm_map_vdso(struct mm *mm, vaddr_t hint);
/* Which of the two the VMA is; NULL: neither. */
const char *mm_vma_vdso_name(const struct vma *v);
bool mm_vma_is_vdso(const struct vma *v); /* the second one */
/* "[heap]" and "[stack]" of /proc/PID/maps, as Linux decides it. => mm->lock held */
static inline bool mm_vma_is_heap(const struct vma *v)
{
	return v->start <= v->mm->brk && v->end >= v->mm->brk_start && !v->file;
}
static inline bool mm_vma_is_stack(const struct vma *v)
{
	return v->start <= v->mm->start_stack && v->end >= v->mm->start_stack;
}

/* Invariants: VMAs, PTEs, reference and map counts, reverse maps and cache agree. Panics with what
 * disagrees. Costs by all that is mapped. => mm->lock held; may sleep */
void mm_check(struct mm *mm);
/* After a commit, which changed [start, end): the same. In an address space of thousands of VMAs that
 * range only, and the whole but now and then, so that a long series does not cost by its square. =>
 * the same */
void mm_check_commit(struct mm *mm, vaddr_t start, vaddr_t end);
extern bool mm_check_always; /* boot flag mmcheck: after every commit */
/* The first program runs that was started by another: the boot flag allocfail works from now on.
 * (The boot, and init on its way, cannot do without memory.) */
void mm_stress_begin(void);
void mm_init(void);
