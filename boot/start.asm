; SPDX-License-Identifier: MIT
;
; From the boot loader's 32-bit protected mode to kmain() in 64-bit mode, in the higher half.
;
; The tables made here are for the way only: the first 4 GiB, in 2 MiB pages, appear at address 0 (where this code
; runs), at DIRECT_MAP_BASE (so that C can follow physical addresses) and, 2 GiB of them, at KERNEL_BASE.
; mmu_init_kernel() replaces them; they stay behind for the other CPUs, which come the same way (trampoline.asm).

%include "layout.inc"

DIRECT_MAP_SLOT equ 273                 ; (DIRECT_MAP_BASE >> 39) & 511
PAGE_P          equ 1
PAGE_W          equ 2
PAGE_PS         equ 0x80

global boot_multiboot2
global boot_pvh
global boot_pml4
global boot_gdt_pointer
global boot_stack_guard
global boot_stack_top
extern kmain

section .boot.text progbits alloc exec nowrite align=16
bits 32

boot_pvh:
        mov     edi, BOOT_PVH
        jmp     start32

boot_multiboot2:                        ; eax: the loader's magic number, ebx: what it tells
        mov     edi, BOOT_MULTIBOOT2
        cmp     eax, 0x36d76289
        jne     hang32

; edi: who started us; ebx: its information. Both are kept to the end.
start32:
        cli
        cld
        mov     esp, PHYS(boot_stack_top)

        mov     eax, 0x80000000         ; a 64-bit processor?
        push    ebx
        cpuid
        cmp     eax, 0x80000001
        jb      no_long_mode
        mov     eax, 0x80000001
        cpuid
        pop     ebx
        bt      edx, 29
        jnc     no_long_mode

        ; Four tables of 512 large pages: 4 GiB.
        mov     ecx, 0
        mov     eax, PAGE_P | PAGE_W | PAGE_PS
.fill:  mov     [PHYS(boot_pd) + ecx * 8], eax
        mov     dword [PHYS(boot_pd) + ecx * 8 + 4], 0
        add     eax, 0x200000
        inc     ecx
        cmp     ecx, 4 * 512
        jb      .fill

        mov     eax, PHYS(boot_pd) + (PAGE_P | PAGE_W)
        mov     [PHYS(boot_pdpt_low)], eax
        mov     [PHYS(boot_pdpt_high) + 510 * 8], eax
        add     eax, 0x1000
        mov     [PHYS(boot_pdpt_low) + 8], eax
        mov     [PHYS(boot_pdpt_high) + 511 * 8], eax
        add     eax, 0x1000
        mov     [PHYS(boot_pdpt_low) + 16], eax
        add     eax, 0x1000
        mov     [PHYS(boot_pdpt_low) + 24], eax
        mov     eax, PHYS(boot_pdpt_low) + (PAGE_P | PAGE_W)
        mov     [PHYS(boot_pml4)], eax
        mov     [PHYS(boot_pml4) + DIRECT_MAP_SLOT * 8], eax
        mov     eax, PHYS(boot_pdpt_high) + (PAGE_P | PAGE_W)
        mov     [PHYS(boot_pml4) + 511 * 8], eax

        ; Long mode: PAE, the table, EFER.LME, then paging.
        mov     eax, cr4
        or      eax, 1 << 5
        mov     cr4, eax
        mov     eax, PHYS(boot_pml4)
        mov     cr3, eax
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, 1 << 8
        wrmsr
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        lgdt    [PHYS(boot_gdt_pointer)]
        jmp     SEL_KERNEL_CS:PHYS(start64_low)

no_long_mode:
        mov     esi, PHYS(no_long_mode_text)
        mov     edi, 0xb8000
        mov     ah, 0x4f
.next:  lodsb
        test    al, al
        jz      hang32
        stosw                           ; the screen
        mov     dx, 0x3f8
        out     dx, al                  ; the first serial line
        jmp     .next
hang32: hlt
        jmp     hang32

no_long_mode_text:
        db "Vellum needs a 64-bit processor.", 0

bits 64
start64_low:
        mov     rax, start64
        jmp     rax

section .text
start64:
        xor     eax, eax
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     fs, eax
        mov     gs, eax
        mov     rsp, boot_stack_top
        xor     edx, edx                ; CPU 0's per-CPU variables are the linked ones: distance 0
        mov     ecx, MSR_GS_BASE
        wrmsr
        lgdt    [boot_gdt_pointer_high]
        mov     edi, edi
        mov     esi, ebx
        xor     ebp, ebp                ; the end of every backtrace
        call    kmain
        ud2

section .data align=16
boot_gdt:
        dq 0
        dq 0
        dq 0x00af9a000000ffff           ; SEL_KERNEL_CS: 64-bit code
        dq 0x00cf92000000ffff           ; SEL_KERNEL_DS: data
boot_gdt_end:
boot_gdt_pointer:
        dw boot_gdt_end - boot_gdt - 1
        dd PHYS(boot_gdt)
        align 8
boot_gdt_pointer_high:
        dw boot_gdt_end - boot_gdt - 1
        dq boot_gdt

section .bss align=4096
boot_pml4:      resb 4096
boot_pdpt_low:  resb 4096
boot_pdpt_high: resb 4096
boot_pd:        resb 4 * 4096
; CPU 0's first stack, which its idle thread keeps. mmu_init_kernel() leaves the guard page out.
boot_stack_guard: resb 4096
boot_stack:     resb 4 * 4096
boot_stack_top:
