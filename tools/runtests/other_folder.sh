#!/bin/bash
# SPDX-License-Identifier: MIT
# It works from any folder and by a symbolic link, with file names of that folder; blanks and commas in names are harmless.
. "$(dirname "$0")/common.sh"

mkdir "$T/a, b"
cd "$T/a, b" || exit 1
ln -s "$top/tools/run" "$T/link"
cp "$BUILD/root.img" "my, root"
echo here >"a, file"
truncate -s 1M "disk, one"
[ "$("$T/link" --build "$BUILD" --rootfs "my, root" --disk "disk, one,ro" --add "a, file:/tmp/x" -- cat /tmp/x 2>"$T/err")" = here ] ||
	fail "a relative name"
[ "$(vellum --disk "disk, one" -- /bin/sh -c 'echo written >/dev/vdb; sync' && head -n 1 "disk, one" | tr -d '\0')" = written ] ||
	fail "what was written to --disk"
