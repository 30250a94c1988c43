/* SPDX-License-Identifier: MIT */
/* The operations of prctl(2) on capabilities. */
#pragma once

#include "lib/types.h"

/* -EINVAL: it is none of them. */
s64 capability_prctl(int option, u64 arg2, u64 arg3, u64 arg4, u64 arg5);
