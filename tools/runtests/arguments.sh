#!/bin/bash
# SPDX-License-Identifier: MIT
# Arguments arrive as they were given: blanks, quotes, percent signs, UTF-8, empty ones; by every way of booting.
. "$(dirname "$0")/common.sh"

words=('two words' '' '"double"' "'single'" '100%' '$HOME \ ; | & < > {} #' 'é€' -- 'a=b' '--smp')
printf '%s\n' "${words[@]}" >"$T/expected"
for boot in kernel grub; do
	status 0 --boot "$boot" -- printf '%s\n' "${words[@]}"
	cmp "$T/expected" "$T/out" || fail "the arguments by $boot"
done
status 0 --append 'loglevel=7' -- echo fine
[ "$(cat "$T/out")" = fine ] || fail "with --append: $(cat "$T/out")"
