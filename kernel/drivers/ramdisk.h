/* SPDX-License-Identifier: MIT */
/* /dev/ram0...: the boot modules as disks. */
#pragma once

void ramdisk_init(void);
