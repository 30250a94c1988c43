#!/bin/bash
# SPDX-License-Identifier: MIT
# 32 MiB, nearly all of which another process uses: what is written to a file of small blocks (whose maps have to be read
# again and again) is all there, and the filesystem is clean.
. "$(dirname "$0")/common.inc"

make_image fs 32M -b 1024
expect finished guest fs '
mount -t ext2 /dev/vdb /mnt
TESTDIR=/mnt /tests/memory_pressure_file && TESTDIR=/mnt /tests/memory_pressure_mlock && umount /mnt && echo finished' --mem 32M
check_clean fs
