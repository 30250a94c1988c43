/* SPDX-License-Identifier: MIT */
/* Device numbers: major and minor in one dev_t; and as stat(2) shows them (glibc's makedev). */
#pragma once

#include "lib/types.h"

#define MKDEV(major, minor) ((dev_t)(major) << 20 | (minor))
#define MAJOR(dev)          ((u32)((dev) >> 20))
#define MINOR(dev)          ((u32)((dev)&0xfffff))

static inline u64 dev_encode(dev_t dev)
{
	u64 major = MAJOR(dev), minor = MINOR(dev);

	return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffUL) << 12;
}

static inline dev_t dev_decode(u64 v)
{
	return MKDEV(v >> 8 & 0xfff, (v & 0xff) | (v >> 12 & 0xfff00));
}
