#!/bin/bash
# SPDX-License-Identifier: MIT
# Several filesystems at once, raw disks, tmpfs beside ext2, and a copy between them that comes out the same.
. "$(dirname "$0")/common.inc"

make_image fs 16M -b 1024
make_image other 16M -b 4096
expect finished guest fs '
mkdir -p /tmp/a /tmp/b /tmp/c
mount -t ext2 /dev/vdb /tmp/a && mount -t ext2 /dev/vdc /tmp/b && mount -t tmpfs none /tmp/c || exit 1
cp -r /bin/busybox /etc /tmp/a && cp -r /tmp/a/* /tmp/c && cp -r /tmp/c/* /tmp/b || exit 1
cmp /tmp/b/busybox /bin/busybox && [ "$(cat /tmp/b/etc/passwd)" = "$(cat /etc/passwd)" ] || exit 1
umount /tmp/a && umount /tmp/b && umount /tmp/c || exit 1
mount -t ext2 /dev/vdb /tmp/b && cmp /tmp/b/busybox /bin/busybox && umount /tmp/b || exit 1
dd if=/dev/vdc bs=1k skip=1 count=1 2>/dev/null | od -An -tx1 -j56 -N2 | grep -q "53 ef" || exit 1
echo finished' --disk "$T/other"
check_clean fs
check_clean other
