; SPDX-License-Identifier: MIT
;
; The instructions that touch user memory: all of them, so that a fault outside of this section is a bug of the kernel. Each has a
; fixup. rep movsq and a tail of bytes; where the quadwords meet a bad page the rest is tried byte by byte, so that what was copied
; ends exactly where the page does.

%include "layout.inc"
%include "smap.inc"

EFAULT          equ 14
ENAMETOOLONG    equ 36

global user_copy_raw
global user_clear_raw
global user_strncpy_raw
global user_touch_raw
global user_cmpxchg32_raw

section .text.user_access progbits alloc exec nowrite align=16

; size_t user_copy_raw(void *dst, const void *src, size_t n): bytes not copied. Either side may be the user's.
align 16
user_copy_raw:
        mov     rcx, rdx
        shr     rcx, 3
        and     edx, 7
        STAC
.words: rep movsq
        mov     ecx, edx
.bytes: rep movsb
        CLAC
        xor     eax, eax
        ret
.words_failed:
        lea     rcx, [rdx + rcx * 8]
.retry: rep movsb
.bytes_failed:
        CLAC
        mov     rax, rcx
        ret
        FIXUP   .words, .words_failed
        FIXUP   .bytes, .bytes_failed
        FIXUP   .retry, .bytes_failed

; size_t user_clear_raw(u64 dst, size_t n): bytes not cleared.
align 16
user_clear_raw:
        mov     rcx, rsi
        shr     rcx, 3
        mov     edx, esi
        and     edx, 7
        xor     eax, eax
        STAC
.words: rep stosq
        mov     ecx, edx
.bytes: rep stosb
        CLAC
        ret
.words_failed:
        lea     rcx, [rdx + rcx * 8]
.retry: rep stosb
.bytes_failed:
        CLAC
        mov     rax, rcx
        ret
        FIXUP   .words, .words_failed
        FIXUP   .bytes, .bytes_failed
        FIXUP   .retry, .bytes_failed

; ssize_t user_strncpy_raw(char *dst, u64 src, size_t size): the length without the NUL; -ENAMETOOLONG if there is none within
; size bytes. Eight bytes at a time: a quadword holds a NUL if (x - 0x01..01) & ~x & 0x80..80 is not 0.
align 16
user_strncpy_raw:
        mov     r8, rdi
        mov     r9, 0x0101010101010101
        mov     r10, 0x8080808080808080
        STAC
.next:  cmp     rdx, 8
        jb      .bytes
.word:  mov     rax, [rsi]
        mov     [rdi], rax
        mov     rcx, rax
        sub     rcx, r9
        not     rax
        and     rcx, rax
        and     rcx, r10
        jnz     .found
        add     rsi, 8
        add     rdi, 8
        sub     rdx, 8
        jmp     .next
.found: bsf     rcx, rcx
        shr     ecx, 3
        lea     rax, [rdi + rcx]
        sub     rax, r8
        CLAC
        ret
.bytes: test    rdx, rdx                ; the end of size, or the word lies across a bad page
        jz      .too_long
.byte:  mov     al, [rsi]
        mov     [rdi], al
        test    al, al
        jz      .end
        inc     rsi
        inc     rdi
        dec     rdx
        jmp     .bytes
.end:   mov     rax, rdi
        sub     rax, r8
        CLAC
        ret
.too_long:
        mov     rax, -ENAMETOOLONG
        CLAC
        ret
.fault: mov     rax, -EFAULT
        CLAC
        ret
        FIXUP   .word, .bytes
        FIXUP   .byte, .fault

; int user_touch_raw(u64 addr, bool write): reads a byte, or writes it back as it is. 0 or -EFAULT.
align 16
user_touch_raw:
        xor     eax, eax
        STAC
        test    esi, esi
        jnz     .write
.read:  mov     cl, [rdi]
        CLAC
        ret
.write: lock or byte [rdi], 0
        CLAC
        ret
.fault: CLAC
        mov     eax, -EFAULT
        ret
        FIXUP   .read, .fault
        FIXUP   .write, .fault

; int user_cmpxchg32_raw(u64 addr, u32 expected, u32 desired, u32 *old)
align 16
user_cmpxchg32_raw:
        mov     eax, esi
        STAC
.at:    lock cmpxchg [rdi], edx
        CLAC
        mov     [rcx], eax
        xor     eax, eax
        ret
.fault: CLAC
        mov     eax, -EFAULT
        ret
        FIXUP   .at, .fault
