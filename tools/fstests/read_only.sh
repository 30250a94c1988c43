#!/bin/bash
# SPDX-License-Identifier: MIT
# Disks and mounts that may not be written to: EROFS, and not a byte changes.
. "$(dirname "$0")/common.inc"

make_image fs 4M
echo text >"$T/text"
debugfs -w -R "write $T/text text" "$T/fs" >/dev/null 2>&1
sum=$(cksum <"$T/fs")
# shellcheck disable=SC2016
script='
mount -t ext2 $OPT /dev/vdb /mnt || exit 1
[ "$(cat /mnt/text)" = text ] || exit 1
{ echo x >/mnt/new; } 2>/tmp/err && exit 1
grep -qi "read-only" /tmp/err || { cat /tmp/err; exit 1; }
{ rm /mnt/text; } 2>/dev/null && exit 1
umount /mnt && echo finished'
expect finished guest fs "OPT='-o ro'; $script"
[ "$sum" = "$(cksum <"$T/fs")" ] || fail "a read-only mount changed the disk"
expect finished "$top/tools/run" ${BUILD:+--build "$BUILD"} --disk "$T/fs,ro" -- /bin/sh -c "OPT=; $script"
[ "$sum" = "$(cksum <"$T/fs")" ] || fail "a read-only disk was changed"
