#!/bin/bash
# SPDX-License-Identifier: MIT
# allocfail=N fails allocations of programs, however many, but neither the boot nor the kernel.
. "$(dirname "$0")/common.sh"

for n in 2 3 5 7; do
	# The shell may find no memory for what it is told to do.
	vellum --append "allocfail=$n" -- sh -c 'ls / | wc -l; cat /proc/self/maps' >"$T/out" 2>"$T/err" </dev/null
	got=$?
	[ $got -lt 120 ] || fail "status $got with allocfail=$n"
done

# What finds no memory leaves all as it was.
for what in "exec_fails_whole, 0 of them killed threads" "unshare_all_or_none, 0 of them by half"; do
	status 0 --append allocfail=12 -- "/tests/${what%%,*}" --helper storm 300
	says "${what#*,}" "$T/out"
	! grep -q '^0 failed' "$T/out" || fail "no allocation failed: ${what%%,*}"
done
