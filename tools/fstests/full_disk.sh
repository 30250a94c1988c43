#!/bin/bash
# SPDX-License-Identifier: MIT
# No free block, no free inode: ENOSPC, nothing lost, and the room comes back when files go.
. "$(dirname "$0")/common.inc"

# shellcheck disable=SC2016
fill='
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
echo precious >keep
dd if=/dev/zero of=big bs=64k 2>/tmp/err && { echo "the disk did not fill up"; exit 1; }
grep -q "No space left" /tmp/err || { cat /tmp/err; exit 1; }
dd if=/dev/zero of=rest bs=1k 2>/dev/null
echo more >new 2>/dev/null && [ -s new ] && { echo "wrote to a full disk"; exit 1; }
[ "$(cat keep)" = precious ] || exit 1
before=$(df -k /mnt | tail -1 | awk "{print \$4}")
rm big rest; sync
after=$(df -k /mnt | tail -1 | awk "{print \$4}")
[ "$after" -gt $((before + 2000)) ] || { echo "no room came back: $before $after"; exit 1; }
echo again >keep2 && cat keep2 >/dev/null || exit 1
cd /; umount /mnt && echo finished'

# shellcheck disable=SC2016
inodes='
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
i=0; while touch f$i 2>/tmp/err; do i=$((i+1)); [ $i -gt 500 ] && exit 1; done
grep -q "No space left" /tmp/err || { cat /tmp/err; exit 1; }
mkdir d 2>/dev/null && exit 1
rm f3 && mkdir d && rmdir d && : >f3 || exit 1
cd /; umount /mnt && echo finished'

for size in 1024 4096; do
	make_image fs 4M -b $size -m 0
	expect finished guest fs "$fill"
	check_clean fs
	make_image fs 4M -b $size -N 64
	expect finished guest fs "$inodes"
	check_clean fs
done
