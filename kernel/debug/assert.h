/* SPDX-License-Identifier: MIT */
/* assert: an invariant of ours, checked always (cheap ones only); debug_assert: in DEBUG=1
 * builds. */
#pragma once

#include "debug/panic.h"

#define assert(x)                                                                                  \
	do {                                                                                       \
		if (unlikely(!(x)))                                                                \
			panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #x);              \
	} while (0)

#ifdef CONFIG_DEBUG
#define debug_assert(x) assert(x)
#else
#define debug_assert(x)                                                                            \
	do {                                                                                       \
		(void)sizeof(x);                                                                   \
	} while (0)
#endif
