#!/bin/bash
# SPDX-License-Identifier: MIT
# A disk that answers errors: EIO from read and fsync, the rest of the system goes on.
. "$(dirname "$0")/common.inc"

make_image fs 8M
head -c 1000000 /dev/urandom >"$T/data"
debugfs -w -R "write $T/data file" "$T/fs" >/dev/null 2>&1
first=$(inside fs 'blocks /file' | tr ' ' '\n' | sed -n 40p)
bs=$(dumpe2fs -h "$T/fs" 2>/dev/null | sed -n 's/^Block size: *//p')
cat >"$T/blkdebug" <<END
[inject-error]
event = "none"
sector = "$((first * bs / 512))"
errno = "5"
once = "off"
immediately = "off"
END
device="-drive if=none,id=bad,format=raw,file=blkdebug:$T/blkdebug:$T/fs,cache=writeback,werror=report,rerror=report -device virtio-blk-pci,drive=bad,disable-legacy=on"

run() {
	"$top/tools/run" ${BUILD:+--build "$BUILD"} --timeout 120 --qemu "$device" -- /bin/sh -c "$1"
}
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
head -c 4096 /mnt/file >/dev/null || { echo "the good part cannot be read"; exit 1; }
cat /mnt/file 2>/tmp/err >/dev/null && { echo "no error"; exit 1; }
grep -q "Input/output error" /tmp/err || { cat /tmp/err; exit 1; }
echo fine >/mnt/other && cat /mnt/other >/dev/null && umount /mnt && echo finished'
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
dd if=/dev/zero of=/mnt/file bs=4096 count=244 conv=notrunc,fsync 2>/tmp/err && { echo "no error from fsync"; exit 1; }
grep -q "Input/output error" /tmp/err || { cat /tmp/err; exit 1; }
umount /mnt; echo finished'
