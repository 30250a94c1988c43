; SPDX-License-Identifier: MIT
;
; hello.asm: a program with no C library at all: two system calls, and its argument count.
;
; What to look at: a system call is a number in rax, arguments in rdi, rsi, rdx (r10, r8, r9), the
; instruction `syscall`, and the result in rax, where -4095..-1 is an error number. The instruction itself
; overwrites rcx (the return address) and r11 (the flags). Numbers: <asm/unistd.h>. At the first
; instruction the stack holds argc, the argument pointers, a null, the environment, a null, and the
; auxiliary vector.

	bits 64
	default rel

SYS_write	equ 1
SYS_exit_group	equ 231
STDOUT		equ 1

	section .rodata
hello:	db "Hello from user mode, without a C library.", 10
hello_len equ $ - hello

	section .text
	global _start
_start:
	mov	rbx, [rsp]		; argc, to be the exit status minus one
	mov	eax, SYS_write
	mov	edi, STDOUT
	lea	rsi, [hello]
	mov	edx, hello_len
	syscall

	cmp	rax, hello_len		; all written?
	jne	.failed
	lea	edi, [rbx - 1]		; `hello` exits 0, `hello a b` exits 2
	jmp	.exit
.failed:
	mov	edi, 255
.exit:
	mov	eax, SYS_exit_group
	syscall
