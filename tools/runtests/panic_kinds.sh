#!/bin/bash
# SPDX-License-Identifier: MIT
# Whatever stops the kernel, the panic says what, shows the registers, a backtrace with names, the current process and a page
# walk. A debugger makes a program's system call go wrong in each way.
. "$(dirname "$0")/common.sh"

# crash NAME TEXT GDB-COMMAND...: the panic must say TEXT
crash() {
	local name=$1 text=$2 socket=$T/$1.gdb arguments=() got=0 command run
	shift 2
	for command; do
		arguments+=(-ex "$command")
	done
	vellum --smp 1 --timeout 60 --qemu "-gdb unix:$socket,server=on,wait=off -S" -- uname >"$T/out" 2>"$T/err" </dev/null &
	run=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -S "$socket" ] || break
		sleep 0.1
	done
	timeout 60 gdb -nx -batch -ex 'set pagination off' -ex "target remote $socket" -ex 'hbreak sys_uname' -ex continue \
		"${arguments[@]}" -ex delete -ex detach "$BUILD/vellum.elf" >"$T/gdb" 2>&1
	wait "$run" || got=$?
	[ "$got" -eq 125 ] || fail "$name: status $got: $(tail -n 3 "$T/gdb")"
	says "$text" "$T/err"
	says "rip ffffffff" "$T/err"
	says "cr2 " "$T/err"
	says "page walk of" "$T/err"
	says '"uname", process' "$T/err"
	grep -qE '[0-9a-f]{16} [a-z_]+\+0x' "$T/err" || fail "$name: no names in the backtrace"
}

# shellcheck disable=SC2016 # $rip is gdb's
{
	crash null "write of NULL pointer" 'set $rip=&memset' 'set $rdi=0' 'set $rdx=8'
	crash text "write of bad address ffffffff8" 'set $rip=&memset' 'set $rdi=&sys_uname' 'set $rdx=8'
	crash data "execute of bad address" 'set $rip=&bootinfo'
	crash overflow "kernel stack overflow" 'set $rsp=0xffffc90000000ff0'
	crash double "double fault" 'set $rsp=0x1000'
	crash nmi "non-maskable interrupt" 'monitor nmi'
}
