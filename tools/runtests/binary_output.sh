#!/bin/bash
# SPDX-License-Identifier: MIT
# Standard output is what the command wrote, byte for byte: all 256 values, many of them, nothing added or lost at the end.
. "$(dirname "$0")/common.sh"

for _ in {1..64}; do
	for high in {0..7}; do
		for low in {0..7} ; do
			for last in {0..3}; do
				printf '%b' "\\0$((last))$high$low"
			done
		done
	done
done >"$T/bytes"
head -c 500000 /dev/urandom >>"$T/bytes"
printf 'no line end' >>"$T/bytes"
status 0 --add "$T/bytes:/tmp/bytes" -- cat /tmp/bytes
cmp "$T/bytes" "$T/out" || fail "the output differs"
status 0 -- /bin/sh -c 'echo to output; echo to error >&2'
printf 'to output\nto error\n' | cmp - "$T/out" || fail "standard error of the command"
