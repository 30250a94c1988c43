/* SPDX-License-Identifier: MIT */
/* Disks as files: /dev/vda. The bytes are those of the device's mapping, which a filesystem on it
 * shares. */
#pragma once

#include "fs/vfs.h"

extern const struct file_ops blkdev_file_ops;
