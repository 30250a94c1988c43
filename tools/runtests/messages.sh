#!/bin/bash
# SPDX-License-Identifier: MIT
# Kernel messages never mix with standard output: they are on standard error, or in the file of --log.
. "$(dirname "$0")/common.sh"

status 0 --verbose -- echo fine
[ "$(cat "$T/out")" = fine ] || fail "standard output: $(cat "$T/out")"
[ -s "$T/err" ] || fail "no messages on standard error"
status 0 --log "$T/log" -- echo fine
[ -s "$T/log" ] || fail "no messages in the file"
[ ! -s "$T/err" ] || fail "standard error is not empty"
