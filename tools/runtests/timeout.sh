#!/bin/bash
# SPDX-License-Identifier: MIT
# 124 after the time limit, soon after it, and what was written before it is not lost.
. "$(dirname "$0")/common.sh"

SECONDS=0
status 124 --timeout 5 -- /bin/sh -c 'echo before; sleep 1000; echo after'
[ "$SECONDS" -le 12 ] || fail "it took $SECONDS seconds"
[ "$(cat "$T/out")" = before ] || fail "output: $(cat "$T/out")"
says "time-out" "$T/err"
