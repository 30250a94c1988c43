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
mistake "--mem" --mem lots -- true
mistake "--boot" --boot floppy -- true
mistake "--timeout" --timeout soon -- true
mistake "--what" --what -- true
mistake "one CPU" --icount --smp 2 -- true
mistake "--rw" --rw --icount -- true
mistake "command" --
export QEMU=no-such-qemu
mistake "no-such-qemu" -- true
