#!/bin/bash
# SPDX-License-Identifier: MIT
# What is missing or mistaken is named, with status 2, before anything is started.
. "$(dirname "$0")/common.sh"

mistake() { # TEXT OPTIONS...
	local text=$1
	shift
	status 2 "$@"
	says "$text" "$T/err"
}
mistake "/none/vellum.elf" --build /none -- true
mistake "make" --build /none -- true
mistake "/none.img" --rootfs /none.img -- true
mistake "/none.img" --disk /none.img -- true
mistake "--smp" --smp 0 -- true
mistake "--smp" --smp 65 -- true
mistake "--smp" --smp '' -- true
mistake "--mem" --mem lots -- true
mistake "--mem 1k" --mem 1k -- true
mistake "--mem 0" --mem 0 -- true
mistake "--boot" --boot floppy -- true
mistake "--timeout" --timeout soon -- true
mistake "--timeout takes" --timeout 99999999999999999999 -- true
mistake "is a folder" --disk / -- true
mistake "--what" --what -- true
mistake "one CPU" --icount --smp 2 -- true
mistake "--rw" --rw --icount -- true
mistake "command" --
mistake "needs a value" --timeout

# A machine that does not even start is 125, with QEMU's words and nothing else beside.
status 125 --qemu "-no-such-option" -- true
says "no-such-option" "$T/err"
! grep "No such file" "$T/err" || fail "a complaint of the script itself"
export QEMU=no-such-qemu
mistake "no-such-qemu" -- true
