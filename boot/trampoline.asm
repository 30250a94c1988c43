; SPDX-License-Identifier: MIT
;
; Where the other CPUs begin: in real mode, at a page below 1 MiB. smp.c copies [trampoline_start, trampoline_end) there,
; so this code may name its own places only relative to the page (cs << 4), and the kernel's through absolute addresses.
; Real mode -> protected mode -> long mode on the boot tables -> the kernel's own tables and this CPU's stack -> C.

%include "layout.inc"

global trampoline_start
global trampoline_end
global ap_start64
extern boot_pml4
extern ap_boot
extern smp_ap_entry

; struct ap_boot (smp.c)
AP_ROOT         equ 0
AP_STACK        equ 8
AP_DELTA        equ 16
AP_APIC_ID      equ 24

%define AT(x)   ((x) - trampoline_start)

section .rodata
bits 16
        align 16
trampoline_start:
        cli
        cld
        mov     ax, cs
        mov     ds, ax
        xor     ebx, ebx
        mov     bx, ax
        shl     ebx, 4                  ; this page's address
        lea     eax, [ebx + AT(tr_gdt)]
        mov     [AT(tr_gdt_pointer) + 2], eax
        lea     eax, [ebx + AT(tr_32)]
        mov     [AT(tr_jump32)], eax
        lea     eax, [ebx + AT(tr_64)]
        mov     [AT(tr_jump64)], eax
        o32 lgdt [AT(tr_gdt_pointer)]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     far dword [AT(tr_jump32)]

bits 32
tr_32:
        mov     ax, SEL_KERNEL_DS
        mov     ds, ax
        mov     eax, cr4
        or      eax, 1 << 5             ; PAE
        mov     cr4, eax
        mov     eax, PHYS(boot_pml4)
        mov     cr3, eax
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, (1 << 8) | (1 << 11) ; LME; NXE, for the kernel's tables
        wrmsr
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     far [ebx + AT(tr_jump64)]

bits 64
tr_64:
        mov     rax, ap_start64
        jmp     rax

        align 8
tr_gdt:
        dq 0
        dq 0x00cf9a000000ffff           ; 0x08: 32-bit code
        dq 0x00af9a000000ffff           ; SEL_KERNEL_CS
        dq 0x00cf92000000ffff           ; SEL_KERNEL_DS
tr_gdt_end:
tr_gdt_pointer:
        dw tr_gdt_end - tr_gdt - 1
        dd 0
tr_jump32:
        dd 0
        dw 0x08
tr_jump64:
        dd 0
        dw SEL_KERNEL_CS
trampoline_end:

section .text
; A CPU that was given up and wakes late finds another's id here, and stops.
ap_start64:
        mov     eax, 1
        cpuid
        shr     ebx, 24
        cmp     bl, [abs ap_boot + AP_APIC_ID]
        jne     .stop
        mov     rax, [abs ap_boot + AP_ROOT]
        mov     cr3, rax
        mov     rsp, [abs ap_boot + AP_STACK]
        xor     eax, eax
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     fs, eax
        mov     gs, eax
        mov     eax, [abs ap_boot + AP_DELTA]
        mov     edx, [abs ap_boot + AP_DELTA + 4]
        mov     ecx, MSR_GS_BASE
        wrmsr
        xor     ebp, ebp
        call    smp_ap_entry
.stop:  cli
        hlt
        jmp     .stop
