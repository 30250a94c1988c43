#!/bin/bash
# SPDX-License-Identifier: MIT
# When nobody reads the output any more, the machine is stopped instead of running on to its time limit.
. "$(dirname "$0")/common.sh"

SECONDS=0
[ "$(vellum --timeout 100 -- yes 2>"$T/err" | head -n 3 | wc -l)" -eq 3 ] || fail "no output"
[ "$SECONDS" -lt 60 ] || fail "it took $SECONDS seconds"
