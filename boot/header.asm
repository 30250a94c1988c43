; SPDX-License-Identifier: MIT
;
; How boot loaders recognise the kernel: a multiboot2 header for GRUB (Multiboot2 Specification 2.0, section 3.1) and a
; PVH note for QEMU's -kernel (Xen's x86/HVM direct boot ABI). Both enter in 32-bit protected mode without paging.
; There is no multiboot1 header: QEMU would prefer it, and refuses it in an ELF64.

%include "layout.inc"

extern boot_multiboot2
extern boot_pvh

section .multiboot progbits alloc noexec nowrite align=8

MB2_MAGIC       equ 0xe85250d6
MB2_I386        equ 0

header:
        dd MB2_MAGIC
        dd MB2_I386
        dd header_end - header
        dd 0x100000000 - (MB2_MAGIC + MB2_I386 + (header_end - header))

        ; Entry: the physical address, because the ELF's own is in the higher half.
        align 8
        dw 3, 0
        dd 12
        dd PHYS(boot_multiboot2)

        ; A framebuffer, if there is one (flag 1: optional); else the loader leaves text mode.
        align 8
        dw 5, 1
        dd 20
        dd 1024, 768, 32

        ; Modules on page boundaries: the RAM disk's blocks are mapped as they lie.
        align 8
        dw 6, 0
        dd 8

        align 8
        dw 0, 0
        dd 8
header_end:

section .note.pvh note alloc noexec nowrite align=4

XEN_ELFNOTE_PHYS32_ENTRY equ 18

        dd 4                            ; length of the name
        dd 4                            ; length of the value
        dd XEN_ELFNOTE_PHYS32_ENTRY
        db "Xen", 0
        dd PHYS(boot_pvh)
