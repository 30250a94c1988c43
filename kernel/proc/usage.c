// SPDX-License-Identifier: MIT
/* usage.c: struct rusage. What Linux does not fill either stays 0. */
#include "proc/usage.h"

#include "arch/user.h"

static struct __kernel_old_timeval to_timeval(nsec_t ns)
{
	return (struct __kernel_old_timeval){
		.tv_sec = (__kernel_long_t)(ns / NSEC_PER_SEC),
		.tv_usec = (__kernel_long_t)(ns % NSEC_PER_SEC / NSEC_PER_USEC),
	};
}

int usage_copy_out(vaddr_t to, const struct process_usage *u)
{
	struct rusage r = {
		.ru_utime = to_timeval(u->utime),
		.ru_stime = to_timeval(u->stime),
		.ru_maxrss = (__kernel_long_t)(u->max_rss * (PAGE_SIZE / 1024)),
		.ru_minflt = (__kernel_long_t)u->minor_faults,
		.ru_majflt = (__kernel_long_t)u->major_faults,
		.ru_nvcsw = (__kernel_long_t)u->nr_voluntary,
		.ru_nivcsw = (__kernel_long_t)u->nr_involuntary,
	};

	return copy_to_user(to, &r, sizeof(r));
}
