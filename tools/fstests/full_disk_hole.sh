#!/bin/bash
# SPDX-License-Identifier: MIT
# A write into a hole for which there is only part of the room fails, and the hole stays one: what the free blocks held
# before does not show through.
. "$(dirname "$0")/common.inc"

head -c 4M /dev/zero | tr '\0' x >"$T/fs"
mke2fs -q -t ext2 -F -E nodiscard -b 1024 -m 0 "$T/fs" || fail "mke2fs"
# shellcheck disable=SC2016
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
truncate -s 8192 hole && head -c 2048 /bin/busybox >two_blocks || exit 1
dd if=/bin/busybox of=rest bs=1k 2>/dev/null
while dd if=/bin/busybox bs=1k >>rest 2>/dev/null; do :; done
rm two_blocks && sync || exit 1
dd if=/bin/busybox of=hole bs=4096 count=1 conv=notrunc 2>/dev/null && { echo "there was room"; exit 1; }
sync; echo 3 >/proc/sys/vm/drop_caches
[ $(tr -d "\\000" <hole | wc -c) = 0 ] || { echo "there is something in the hole"; exit 1; }
cd /; umount /mnt && echo finished'
check_clean fs
