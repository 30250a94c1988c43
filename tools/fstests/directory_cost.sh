#!/bin/bash
# SPDX-License-Identifier: MIT
# A new name in a directory of 10,000 entries costs about what it costs in an empty one (reading it all would cost a
# thousand times as much), counted in the shell's processor time, which is virtual: the number of instructions. (The root
# is a RAM disk then, so the image is /dev/vda.)
. "$(dirname "$0")/common.inc"

mkdir -p "$T/tree/empty" "$T/tree/full"
for i in $(seq 10000); do : >"$T/tree/full/name-of-an-entry-$i"; done
make_image fs 32M -N 16000 -d "$T/tree" >/dev/null
# shellcheck disable=SC2016
expect finished guest fs '
spent() { read -r line </proc/$$/stat; set -- $line; echo $((${14} + ${15})); }
fill() { i=0; while [ $i -lt 500 ]; do : >"$1/new-name-$i"; [ -e "$1/absent-$i" ] && exit 1; i=$((i+1)); done; }
mount -t ext2 /dev/vda /mnt && cd /mnt || exit 1
[ -e full/any ] && exit 1
start=$(spent); fill empty; few=$(($(spent) - start))
start=$(spent); fill full; many=$(($(spent) - start))
[ $many -lt $((few * 5 + 10)) ] || { echo "500 names: $few in an empty directory, $many in a full one (1/100 s)"; exit 1; }
cd /; umount /mnt && echo finished' --icount
check_clean fs
