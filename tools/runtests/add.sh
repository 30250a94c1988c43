#!/bin/bash
# SPDX-License-Identifier: MIT
# --add puts files into a copy of the root: new folders, over an old file, executable, large; the image stays as it was.
. "$(dirname "$0")/common.sh"

before=$(md5sum <"$BUILD/root.img")
printf '#!/bin/sh\necho "I am $0"\n' >"$T/script"
chmod +x "$T/script"
echo "new name" >"$T/a file"
head -c 30000000 /dev/urandom >"$T/large"
status 0 --add "$T/script:/opt/deep/er/script" --add "$T/a file:/etc/hostname" --add "$T/large:/var/large" -- \
	/bin/sh -c '/opt/deep/er/script; cat /etc/hostname; md5sum </var/large; ls -ln /etc/hostname | cut -d " " -f 3-'
printf 'I am /opt/deep/er/script\nnew name\n%s\n' "$(md5sum <"$T/large")" >"$T/expected"
head -n 3 "$T/out" | cmp "$T/expected" - || fail "the files: $(cat "$T/out")"

# /usr/bin is a symbolic link to /bin.
status 0 --add "$T/script:/usr/bin/script" --add "$T/script:/usr/bin/new/script" -- \
	/bin/sh -c 'script; /bin/new/script'
printf 'I am /bin/script\nI am /bin/new/script\n' | cmp - "$T/out" || fail "through a link: $(cat "$T/out")"
[ "$(md5sum <"$BUILD/root.img")" = "$before" ] || fail "the root image was changed"
status 2 --add "$T/none:/x" -- true
says "$T/none" "$T/err"
status 2 --add "$T/script" -- true
