// SPDX-License-Identifier: MIT
/* futex(2): takes the operation apart. The priority-inheriting operations are refused (ENOSYS). */
#include <linux/time_types.h>
#include "arch/user.h"
#include "proc/futex.h"
#include "proc/process.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

/* When a wait with this timeout ends, in ns since boot. relative: FUTEX_WAIT's. 0, -EFAULT,
 * -EINVAL. */
static int get_deadline(vaddr_t from, bool relative, bool realtime, nsec_t *deadline)
{
	struct __kernel_timespec ts;
	u64 ns, offset;

	*deadline = NSEC_NEVER;
	if (!from)
		return 0;
	if (copy_from_user(&ts, from, sizeof(ts)) != 0)
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	if ((u64)ts.tv_sec >= NSEC_NEVER / NSEC_PER_SEC / 4)
		return 0;
	ns = (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	offset = realtime ? time_realtime() - clock_now() : 0;
	*deadline = relative ? clock_now() + ns : ns > offset ? ns - offset : 0;
	return 0;
}

static s64 restart_wait(struct restart_block *rb)
{
	s64 result = futex_wait(
		rb->args[0], rb->args[1] >> 32, (u32)rb->args[1], (u32)rb->args[2], rb->args[3]);

	return result == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : result;
}

/* A wait with a timeout goes on to the same end after a signal without a handler; a handler ends it,
 * with SA_RESTART too. */
static s64 wait(vaddr_t addr, bool private_, u32 expected, u32 bitset, nsec_t deadline)
{
	s64 result = futex_wait(addr, private_, expected, bitset, deadline);

	if (result != -ERESTARTSYS || deadline == NSEC_NEVER)
		return result;
	current_proc()->restart = (struct restart_block){
		.restart = restart_wait,
		.args = { addr, (u64)private_ << 32 | expected, bitset, deadline },
	};
	return -ERESTART_RESTARTBLOCK;
}

/* The operations that wait; their timeout is looked at first. */
static bool has_timeout(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET;
}

s64 sys_futex(vaddr_t addr, int op, u32 val, vaddr_t timeout, vaddr_t addr2, u32 val3)
{
	bool private_ = op & FUTEX_PRIVATE_FLAG, realtime = op & FUTEX_CLOCK_REALTIME;
	int cmd = op & FUTEX_CMD_MASK, err = 0;
	u32 val2 = (u32)timeout; /* the same argument, of the operations that take no timeout */
	nsec_t deadline = NSEC_NEVER;

	if (has_timeout(cmd))
		err = get_deadline(timeout, cmd == FUTEX_WAIT, realtime, &deadline);
	if (err)
		return err;
	if (realtime && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS; /* as Linux since 5.14, whatever futex(2) says of FUTEX_WAIT */
	switch (cmd) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return wait(addr, private_, val, cmd == FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY : val3,
			deadline);
	case FUTEX_WAKE:
		return futex_wake(addr, private_, (s32)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(addr, private_, (s32)val, val3);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		if ((s32)val < 0 || (s32)val2 < 0)
			return -EINVAL;
		return futex_requeue(
			addr, private_, val, val2, addr2, cmd == FUTEX_CMP_REQUEUE ? &val3 : NULL);
	case FUTEX_WAKE_OP:
		return futex_wake_op(addr, private_, (s32)val, (s32)val2, addr2, val3);
	}
	return -ENOSYS;
}
