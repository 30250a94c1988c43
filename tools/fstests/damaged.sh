#!/bin/bash
# SPDX-License-Identifier: MIT
# Damaged images: a refused mount or an error, never a panic (status 125) and never a hang.
. "$(dirname "$0")/common.inc"

# Reads and writes everything that can be reached; errors are welcome.
# shellcheck disable=SC2016
poke='
mount -t ext2 /dev/vdb /mnt 2>/dev/null || { echo 3 >/proc/sys/vm/drop_caches; echo refused; exit 0; }
mv /mnt/d/self /mnt/d/other 2>/dev/null; mv /mnt/up /mnt/d/e/up 2>/dev/null; rmdir /mnt/d/self /mnt/up 2>/dev/null
find /mnt -type f 2>/dev/null | head -n 50 | while read -r f; do cat "$f"; done >/dev/null 2>&1
ls -lR /mnt >/dev/null 2>&1
echo x >/mnt/new 2>/dev/null; mkdir /mnt/newdir 2>/dev/null; rm -rf /mnt/d /mnt/file /mnt/new 2>/dev/null
sync; umount /mnt 2>/dev/null; echo survived'

prepare() {
	make_image fs 4M -b 1024
	head -c 400000 /dev/urandom >"$T/data"
	debugfs -w -f - "$T/fs" >/dev/null 2>&1 <<-END
		write $T/data file
		mkdir d
		mkdir d/e
		write $T/data d/inner
		symlink link target
	END
}

patch() { # OFFSET BYTES (printf format)
	# shellcheck disable=SC2059
	printf "$2" | dd of="$T/fs" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# attempt NAME WANTED: the last line must be WANTED ("any": either)
attempt() {
	local got status=0
	got=$(guest fs "$poke" 2>"$T/stderr") || status=$?
	got=$(tail -n 1 <<<"$got")
	if [ $status != 0 ] || { [ "$2" != any ] && [ "$got" != "$2" ]; }; then
		tail -n 30 "$T/stderr"
		fail "$1: status $status, '$got' (wanted $2)"
	fi
}

prepare && patch 1080 '\x00\x00' && attempt "magic" refused
prepare && patch 1048 '\x09\x00\x00\x00' && attempt "block size" refused
prepare && patch 1056 '\x00\x00\x00\x00' && attempt "blocks per group" refused
prepare && patch 1064 '\xff\xff\xff\xff' && attempt "inodes per group" refused
prepare && patch 1028 '\xff\xff\xff\x7f' && attempt "block count" refused
prepare && patch 1112 '\x07\x00' && attempt "inode size" refused
prepare && patch 1120 '\xff\xff\x00\x00' && attempt "features" refused
prepare && patch 2048 '\xff\xff\xff\xff' && attempt "group descriptor" refused
prepare && truncate -s 1M "$T/fs" && attempt "truncated image" refused
prepare && debugfs -w -R 'set_inode_field file block[IND] 99999999' "$T/fs" >/dev/null 2>&1 && attempt "indirect block" survived
prepare && debugfs -w -R 'set_inode_field file block[0] 99999999' "$T/fs" >/dev/null 2>&1 && attempt "data block" survived
prepare && debugfs -w -R 'set_inode_field d size 777' "$T/fs" >/dev/null 2>&1 && attempt "directory size" survived
prepare && debugfs -w -R 'set_inode_field link size 4000000' "$T/fs" >/dev/null 2>&1 && attempt "link length" survived
prepare && debugfs -w -R 'set_inode_field <2> mode 0100644' "$T/fs" >/dev/null 2>&1 && attempt "root is a file" refused
prepare && block=$(inside fs 'blocks /d' | tr -d ' ') && patch $((block * 1024 + 4)) '\x03\x00' && attempt "entry length" survived
prepare && block=$(inside fs 'blocks /d' | tr -d ' ') && patch $((block * 1024)) '\xff\xff\xff\x7f' && attempt "entry inode" survived
prepare && head -c 20000 /dev/urandom | dd of="$T/fs" bs=1024 seek=3 conv=notrunc 2>/dev/null && attempt "garbage in bitmaps and tables" any
prepare && block=$(inside fs 'blocks /file' | tr ' ' '\n' | sed -n 14p) && head -c 1024 /dev/urandom | dd of="$T/fs" bs=1024 seek="$block" conv=notrunc 2>/dev/null && attempt "garbage in an indirect block" any
prepare && patch 1108 '\x00\x00\x00\x00' && attempt "first inode" refused
# A directory that is in itself, and one that has a second name below itself: each is one directory, which cannot be locked twice.
prepare && debugfs -w -R 'ln d d/self' "$T/fs" >/dev/null 2>&1 && attempt "a directory in itself" survived
prepare && debugfs -w -R 'ln <2> up' "$T/fs" >/dev/null 2>&1 && attempt "the root in itself" survived
prepare && debugfs -w -R 'ln d d/e/up' "$T/fs" >/dev/null 2>&1 && attempt "a loop of directories" survived
prepare && debugfs -w -R 'set_inode_field d/inner links_count 0' "$T/fs" >/dev/null 2>&1 && attempt "a file without links" survived
prepare && inode=$(inside fs 'stat /file' | sed -n 's/^Inode: \([0-9]*\).*/\1/p') && debugfs -w -R "freei <$inode>" "$T/fs" >/dev/null 2>&1 && attempt "a used inode that is free" survived
