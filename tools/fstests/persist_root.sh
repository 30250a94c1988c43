#!/bin/bash
# SPDX-License-Identifier: MIT
# --rw keeps what was written, without it nothing is kept, and the root is clean after shutdown.
. "$(dirname "$0")/common.inc"

cp "${BUILD:-$top/build}/root.img" "$T/root"
run() {
	"$top/tools/run" ${BUILD:+--build "$BUILD"} --rootfs "$T/root" --timeout 120 "$@"
}
run -- /bin/sh -c 'echo gone >/var/note' || fail "first run"
check_clean root
run --rw -- /bin/sh -c '[ ! -e /var/note ] && echo kept >/var/note' || fail "second run"
check_clean root
[ "$(run -- cat /var/note)" = kept ] || fail "the note was not kept"
[ "$(inside root 'cat /var/note')" = kept ] || fail "the note from outside"
