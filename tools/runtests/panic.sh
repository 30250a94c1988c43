#!/bin/bash
# SPDX-License-Identifier: MIT
# 125 after a kernel panic, with a backtrace of names on standard error; and a missing init or root says what is there.
. "$(dirname "$0")/common.sh"

status 125 --append init=/no/such/init -- true
says "/no/such/init" "$T/err"
grep -qE '[a-z_]+\+0x[0-9a-f]+' "$T/err" || fail "no names in the backtrace"
status 125 --append root=vdz -- true
says "vdz" "$T/err"
says "vda" "$T/err"
