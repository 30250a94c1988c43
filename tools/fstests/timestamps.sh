#!/bin/bash
# SPDX-License-Identifier: MIT
# A file's times are the same after they have been to the disk: small inodes hold whole seconds up to 2038, larger ones
# nanoseconds and four centuries more.
. "$(dirname "$0")/common.inc"

# $1 size of an inode, $2 what becomes of the year 2100
try() {
	make_image fs 4M -I "$1" 2>/dev/null
	# shellcheck disable=SC2016
	expect finished guest fs '
	all_times() { stat -c "%x %y %z" new old far written; }
	mount -t ext2 /dev/vdb /mnt && cd /mnt || exit 1
	echo x >new; touch -d "1955-11-05 06:15:00" old; TZ=UTC touch -d "2100-01-01 00:00:00" far; echo x >written; echo y >>written
	[ $(stat -c %Y far) = '"$2"' ] || { echo "2100 is $(stat -c %Y far)"; exit 1; }
	all_times >/tmp/before; cd /; umount /mnt; mount -t ext2 /dev/vdb /mnt; cd /mnt; all_times >/tmp/after
	cmp /tmp/before /tmp/after || { cat /tmp/before /tmp/after; exit 1; }
	cd /; umount /mnt && echo finished'
	check_clean fs
}

try 128 2147483647
try 256 4102444800
