#!/bin/bash
# SPDX-License-Identifier: MIT
# Block sizes 1, 2 and 4 KiB: files, directories, links, holes, renames made in the guest are right outside, and clean.
. "$(dirname "$0")/common.inc"

# shellcheck disable=SC2016
work='
set -e
mount -t ext2 /dev/vdb /mnt; cd /mnt
mkdir -p a/b/c many; echo hello >a/b/c/file
i=0; while [ $i -lt 300 ]; do echo $i >many/entry-number-$i; i=$((i+1)); done
i=0; while [ $i -lt 300 ]; do rm many/entry-number-$i; i=$((i+3)); done
ln a/b/c/file hard; ln -s a/b/c/file soft
ln -s /a/very/long/target/which/does/not/fit/into/the/inode/itself/and/so/needs/a/block/of/its/own long
dd if=/bin/busybox of=copy bs=7777 2>/dev/null
dd if=/bin/busybox of=sparse bs=1 count=1000 seek=70000000 2>/dev/null
mkdir from to; mkdir from/dir; echo x >from/dir/x; mv from/dir to/moved
echo 12345678 >cut; truncate -s 4 cut; echo more >>cut
mknod device c 1 3; mkfifo pipe; chmod 4751 cut; chown 70000:80000 hard
cmp copy /bin/busybox
cd /; umount /mnt; echo finished'

for size in 1024 2048 4096; do
	make_image fs 32M -b $size
	expect finished guest fs "$work"
	check_clean fs
	inside fs 'dump /copy '"$T/copy"
	inside fs 'dump /cut '"$T/cut"
	inside fs 'cat /a/b/c/file' | grep -qx hello || fail "file is not there ($size)"
	[ "$(cat "$T/cut")" = 1234more ] || fail "cut: $(cat "$T/cut") ($size)"
	[ "$(inside fs 'ls -p /many' | grep -c '^/[1-9].*entry-number')" = 200 ] || fail "entries ($size)"
	inside fs 'stat /hard' | grep -q 'User: 70000 *Group: 80000' || fail "owner ($size)"
	inside fs 'stat /hard' | grep -q 'Links: 2' || fail "links ($size)"
	inside fs 'stat /sparse' | grep -q 'Size: 70001000' || fail "sparse size ($size)"
	# A hole costs nothing: the data, and the indirect blocks on the way to it.
	sectors=$(inside fs 'stat /sparse' | sed -n 's/.*Blockcount: \([0-9]*\).*/\1/p')
	[ "$sectors" -le 48 ] || fail "the hole takes $sectors sectors ($size)"
	inside fs 'ls /to/moved' | grep -qw x || fail "moved directory ($size)"
	size_copy=$(stat -c %s "$T/copy")
	[ "$size_copy" -gt 500000 ] || fail "copy has $size_copy bytes ($size)"
done
