#!/bin/bash
# SPDX-License-Identifier: MIT
# Blocks smaller than a page: mapped files grow and get holes while threads store to them, and nothing is lost or seen
# again; holes give back all blocks, also those of the block map.
. "$(dirname "$0")/common.inc"

head -c 8M /dev/zero | tr '\0' x >"$T/fs"
mke2fs -q -t ext2 -F -E nodiscard -b 1024 -m 0 "$T/fs" || fail "mke2fs"
# shellcheck disable=SC2016
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
export TESTDIR=/mnt
for test in grow_file_storm punch_hole_storm fallocate_punch_mapped fallocate_punch_large madvise_remove; do
	/tests/$test || exit 1
done
/tests/stress_mappings -n 200 -d /mnt -D || exit 1
cd /; umount /mnt && echo finished' --smp 4
check_clean fs
