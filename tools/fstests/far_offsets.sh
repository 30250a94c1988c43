#!/bin/bash
# SPDX-License-Identifier: MIT
# Single, double and triple indirection, the format's limit (EFBIG behind it), and the large-file feature.
. "$(dirname "$0")/common.inc"

# $1 block size, $2 the largest file in bytes
try() {
	make_image fs 8M -b "$1"
	# shellcheck disable=SC2016
	expect finished guest fs '
	mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
	for at in 11 12 267 268 1035 1036 65803 65804 66000 300000 1049000; do
		printf "at $at" | dd of=file bs='"$1"' seek=$at conv=notrunc 2>/dev/null || exit 1
	done
	echo 3 >/proc/sys/vm/drop_caches
	for at in 11 12 267 268 1035 1036 65803 65804 66000 300000 1049000; do
		[ "$(dd if=file bs='"$1"' skip=$at count=1 2>/dev/null | head -c 7 | tr -d "\\000" | cut -c1-7)" = "$(echo "at $at" | cut -c1-7)" ] || { echo "at $at"; exit 1; }
	done
	truncate -s '"$2"' file || exit 1
	truncate -s '"$(($2 + 1))"' file 2>/dev/null && { echo "too large"; exit 1; }
	truncate -s 5000 file && truncate -s 3000000000 file || exit 1
	cd /; umount /mnt && echo finished'
	check_clean fs
	inside fs 'stat /file' | grep -q 'Size: 3000000000' || fail "size from outside ($1)"
	dumpe2fs -h "$T/fs" 2>/dev/null | grep -q large_file || fail "large_file is not set ($1)"
}

try 1024 17247252480
try 2048 275415851008
try 4096 2199023251456
