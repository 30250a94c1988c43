/* SPDX-License-Identifier: MIT */
/* virtio-blk disks: /dev/vda, /dev/vdb, ... */
#pragma once

void virtio_blk_init(void);
