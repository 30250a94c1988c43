/* SPDX-License-Identifier: MIT */
/*
 * Threads: made, started, ended, freed. Which one runs is sched.c's.
 *
 * A thread holds one reference to itself until it is dead and its stack has been left; proc/ and
 * others hold more. The stack goes with the thread's life (thread_reap), the struct with the last
 * reference (thread_put).
 */
#include "arch/cpu.h"
#include "debug/assert.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/kstack.h"
#include "mm/slab.h"
#include "sched/cred.h"
#include "sched/sched.h"
#include "sync/lockcheck.h"

#define WEIGHT_NICE_0 1024

const struct rlimit64 thread_no_limits[RLIM_NLIMITS] = {
	[0 ... RLIM_NLIMITS - 1] = { RLIM64_INFINITY, RLIM64_INFINITY },
};

/* What runs from the first instruction of the boot CPU: later its idle thread. So there always
 * is a current thread, and locks work in the earliest boot. */
static struct thread boot_thread = {
	.state = THREAD_RUNNABLE,
	.name = "idle/0",
	.on_cpu = 1,
	.affinity = 1,
	.weight = WEIGHT_NICE_0,
	.cred = &kernel_cred,
	.limits = thread_no_limits,
	.refs = { 1 },
};
DEFINE_PER_CPU(struct thread *, current_thread_ptr) = &boot_thread;

struct fs_context *thread_kernel_fs;
static struct slab_cache *thread_cache;

void thread_init(void)
{
	thread_cache = slab_cache_create("thread", sizeof(struct thread), 64);
}

/* Kernel threads are numbered downwards from -1. */
static pid_t next_kernel_tid(void)
{
	static atomic_t last;

	return atomic_add_return(&last, -1);
}

static struct thread *new_thread(const char *name, const struct cred *cred, u32 how)
{
	struct thread *t = slab_alloc(thread_cache, PAGE_ZEROED | how);

	if (!t)
		return NULL;
	t->state = THREAD_NEW;
	strlcpy(t->name, name, sizeof(t->name));
	t->cpu = cpu_id();
	t->affinity = ~0UL;
	t->weight = WEIGHT_NICE_0;
	t->cred = cred_get(cred);
	t->limits = thread_no_limits;
	atomic_set(&t->refs, 1);
	list_init(&t->all_link);
	return t;
}

static struct thread *new_thread_with_stack(const char *name, const struct cred *cred)
{
	struct thread *t = new_thread(name, cred, 0);

	if (!t)
		return NULL;
	t->kstack = kstack_alloc();
	if (t->kstack)
		return t;
	cred_put(t->cred);
	slab_free(thread_cache, t);
	return NULL;
}

/* The first function of a kernel thread. */
static void kernel_thread_main(void *arg)
{
	struct thread *t = arg;

	irq_enable();
	t->start_fn(t->start_arg);
	thread_exit();
}

struct thread *thread_create_kernel(const char *name, void (*fn)(void *), void *arg)
{
	struct thread *t = new_thread_with_stack(name, &kernel_cred);

	if (!t)
		return NULL;
	t->tid = next_kernel_tid();
	t->fs = thread_kernel_fs;
	t->start_fn = fn;
	t->start_arg = arg;
	arch_thread_init_kernel(&t->arch, t->kstack + KSTACK_SIZE, kernel_thread_main, t);
	return t;
}

bool thread_run_kernel(void (*fn)(void *), void *arg, const char *fmt, ...)
{
	struct thread *t;
	char name[16];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	t = thread_create_kernel(name, fn, arg);
	if (t)
		thread_start(t);
	return t;
}

struct thread *thread_create_user(
	const char *name, const struct trapframe *regs, const struct thread *parent)
{
	struct thread *t = new_thread_with_stack(name, parent ? parent->cred : &kernel_cred);

	if (!t)
		return NULL;
	arch_thread_init_user(&t->arch, t->kstack + KSTACK_SIZE, regs);
	if (arch_thread_init_fpu(&t->arch, parent ? &parent->arch : NULL) < 0) {
		thread_put(t);
		return NULL;
	}
	if (parent)
		sched_inherit(t, parent);
	return t;
}

struct thread *thread_create_idle(u32 cpu)
{
	struct thread *t = cpu ? new_thread("idle", &kernel_cred, PAGE_NOWAIT) : &boot_thread;

	if (!t)
		panic("no memory for the idle thread of CPU %u", cpu);
	snprintf(t->name, sizeof(t->name), "idle/%u", cpu);
	t->state = THREAD_RUNNABLE;
	t->cpu = cpu;
	t->on_cpu = 1;
	t->affinity = 1UL << cpu;
	return t;
}

void thread_start(struct thread *t)
{
	bool started = thread_wake_states(t, 1u << THREAD_NEW);

	assert(started);
}

void thread_exit(void)
{
	struct thread *t = current_thread();

	lockcheck_none_held("thread_exit");
	irq_disable();
	__atomic_store_n(&t->state, THREAD_DEAD, __ATOMIC_RELEASE);
	schedule();
	panic("thread_exit: %s runs although it is dead", t->name);
}

static void free_stack(struct thread *t)
{
	arch_thread_free(&t->arch);
	if (t->kstack)
		kstack_free(t->kstack);
	t->kstack = 0;
}

void thread_reap(struct thread *t)
{
	free_stack(t);
	thread_put(t);
}

void thread_get(struct thread *t)
{
	atomic_inc(&t->refs);
}

void thread_put(struct thread *t)
{
	if (!atomic_dec_and_test(&t->refs))
		return;
	assert(t->state == THREAD_DEAD || t->state == THREAD_NEW);
	if (t->state == THREAD_NEW)
		free_stack(t);
	cred_put(t->cred);
	slab_free(thread_cache, t);
}
