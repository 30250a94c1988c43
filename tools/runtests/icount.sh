#!/bin/bash
# SPDX-License-Identifier: MIT
# Two runs under --icount print the same bytes, the times in the kernel's messages included.
. "$(dirname "$0")/common.sh"

for n in 1 2; do
	status 0 --icount --log "$T/log$n" -- /bin/sh -c 'date; cat /proc/uptime /proc/self/stat /proc/self/maps; ls -l /bin | md5sum; head -c 16 /dev/urandom | od -x; dmesg'
	mv "$T/out" "$T/out$n"
done
[ -s "$T/out1" ] && [ -s "$T/log1" ] || fail "nothing was printed"
cmp "$T/out1" "$T/out2" || { diff "$T/out1" "$T/out2" && fail "standard output differs"; exit 1; }
cmp "$T/log1" "$T/log2" || { diff "$T/log1" "$T/log2" && fail "the log differs"; exit 1; }
