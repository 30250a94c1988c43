; SPDX-License-Identifier: MIT
;
; The pages of arch/vdso.h: the data, and behind it the image that vdso/ is compiled to.

global vdso_data
global vdso_image

PAGE_SIZE       equ 4096

section .data align=4096

vdso_data:
        times PAGE_SIZE db 0
vdso_image:
        incbin  "kernel/arch/x86_64/vdso/vdso.so"
        times PAGE_SIZE - ($ - vdso_image) db 0         ; an error if it is longer than its page
