/* SPDX-License-Identifier: MIT */
/* /dev/null, zero, full, random, urandom, kmsg. */
#pragma once

void devmem_init(void);
