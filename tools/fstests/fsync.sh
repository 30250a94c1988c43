#!/bin/bash
# SPDX-License-Identifier: MIT
# What fsync has made durable is there after the power fails: the data, the size and the indirect blocks. Nothing else is
# written (the machine goes off at once, long before the flusher wakes), and e2fsck brings the rest in order.
. "$(dirname "$0")/common.inc"

make_image fs 64M -b 1024
head -c 3000000 /dev/urandom >"$T/data"
debugfs -w -f - "$T/fs" >/dev/null 2>&1 <<-END
	write /dev/null new
	write $T/data old
	mkdir d
END
# shellcheck disable=SC2016
guest fs '
mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
dd if=/data of=old bs=1000 count=100 seek=2500 conv=notrunc,fsync 2>/dev/null
dd if=/data of=new bs=100k conv=fsync 2>/dev/null
dd if=/data of=new bs=1000 count=10 seek=70000 conv=notrunc,fsync 2>/dev/null
mkdir lost; dd if=/data of=lost/file bs=100k 2>/dev/null
poweroff -n -f' --add "$T/data:/data" >/dev/null 2>&1 || true
dumpe2fs -h "$T/fs" 2>/dev/null | grep -q "state: *not clean" || fail "the disk says that it was unmounted"
e2fsck -fy "$T/fs" >"$T/fsck" 2>&1 || [ $? = 1 ] || fail "e2fsck cannot mend it"
check_clean fs
inside fs "dump /new $T/new"
inside fs "dump /old $T/old"
head -c 10000 "$T/data" >"$T/part"
cp "$T/data" "$T/want" && dd if="$T/part" of="$T/want" bs=1000 seek=70000 conv=notrunc 2>/dev/null
cmp "$T/new" "$T/want" || fail "the new file"
cp "$T/data" "$T/want" && dd if="$T/data" of="$T/want" bs=1000 count=100 seek=2500 conv=notrunc 2>/dev/null
cmp "$T/old" "$T/want" || fail "the old file"
