#!/bin/bash
# SPDX-License-Identifier: MIT
# A rename whose old name cannot be taken away, because its directory got damaged meanwhile, leaves no new name: that
# would be a second one of a file that counts one.
. "$(dirname "$0")/common.inc"

make_image fs 4M
echo one >"$T/one"
echo two >"$T/two"
debugfs -w -f - "$T/fs" >/dev/null 2>&1 <<-END
	mkdir from
	mkdir to
	write $T/one from/file
	write $T/two to/there
END
block=$(inside fs 'blocks /from' | tr -d ' ')
bs=$(dumpe2fs -h "$T/fs" 2>/dev/null | sed -n 's/^Block size: *//p')

# The open file keeps its name in memory, the directory's pages go.
# shellcheck disable=SC2016
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && exec 3</mnt/from/file || exit 1
dd if=/dev/zero of=/dev/vdb bs='"$bs"' seek='"$block"' count=1 conv=notrunc 2>/dev/null || exit 1
forget() { sync; echo 3 >/proc/sys/vm/drop_caches; }
forget
[ -z "$(ls /mnt/from 2>/dev/null)" ] || { echo "the folder is not damaged"; exit 1; }
mv /mnt/from/file /mnt/to/new 2>/dev/null && { echo "renamed"; exit 1; }
mv /mnt/from/file /mnt/to/there 2>/dev/null && { echo "replaced"; exit 1; }
exec 3<&-
forget
[ "$(ls /mnt/to)" = there ] || { echo "in the folder:" $(ls /mnt/to); exit 1; }
[ "$(cat /mnt/to/there)" = two ] || { echo "the file has become another one"; exit 1; }
umount /mnt && echo finished'
