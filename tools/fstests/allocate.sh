#!/bin/bash
# SPDX-License-Identifier: MIT
# Room that is allocated in advance reads as zeros, also after it has been to the disk, whose free blocks are not empty;
# when there is not enough, the file stays as it was.
. "$(dirname "$0")/common.inc"

head -c 4M /dev/zero | tr '\0' x >"$T/fs"
mke2fs -q -t ext2 -F -E nodiscard -b 1024 -m 0 "$T/fs" || fail "mke2fs"
# shellcheck disable=SC2016
expect finished guest fs '
only_zeros() { [ $(wc -c <"$1") = "$2" ] && [ $(tr -d "\\000" <"$1" | wc -c) = 0 ]; }
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
fallocate -l 1000000 file || exit 1
fallocate -l 100000000 file 2>/dev/null && { echo "there was room"; exit 1; }
fallocate -l 100000000 other 2>/dev/null; [ $(wc -c <other) = 0 ] || { echo "the size of a failure stays"; exit 1; }
fallocate -l 5000 third
sync; echo 3 >/proc/sys/vm/drop_caches
truncate -s 9000 third
only_zeros file 1000000 || { echo "not zeros"; exit 1; }
truncate -s 2000000 file; truncate -s 50000 other
sync; echo 3 >/proc/sys/vm/drop_caches
only_zeros third 9000 && only_zeros file 2000000 && only_zeros other 50000 || { echo "not zeros behind"; exit 1; }
cd /; umount /mnt && echo finished'
check_clean fs
inside fs 'stat /file' | grep -q 'Blockcount: 19[67]' || fail "what was allocated: $(inside fs 'stat /file' | grep Blockcount)"
