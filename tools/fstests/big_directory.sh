#!/bin/bash
# SPDX-License-Identifier: MIT
# A directory of 10,000 entries, made in the guest and read from outside, and the other way round.
. "$(dirname "$0")/common.inc"

make_image fs 64M -N 12000
# shellcheck disable=SC2016
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && mkdir /mnt/d && cd /mnt/d || exit 1
i=0; while [ $i -lt 10000 ]; do : >name$i; i=$((i+1)); done
[ $(ls | wc -l) = 10000 ] || exit 1
cd /; umount /mnt && echo finished'
check_clean fs
[ "$(inside fs 'ls -p /d' | grep -c /name)" = 10000 ] || fail "entries from outside"
# shellcheck disable=SC2016
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt && cd /mnt/d || exit 1
[ $(ls | wc -l) = 10000 ] && [ -e name9999 ] && [ ! -e name10000 ] || exit 1
rm -r /mnt/d && [ ! -e /mnt/d ] || exit 1
cd /; umount /mnt && echo finished'
check_clean fs
