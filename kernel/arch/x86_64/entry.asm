; SPDX-License-Identifier: MIT
;
; The ways into the kernel and out of it. Every entry builds a struct trapframe on the kernel stack; for user mode it lies
; at the very top (the processor takes the stack from TSS.rsp0, the system call from there too).
;
;	syscall    syscall_entry       -> the table's function   fast way out: sysretq
;	#PF        page_fault_entry    -> entry_page_fault       CR2 is read before anything can fault again
;	exceptions exception_common    -> exception_dispatch     GPR slot of rdi carries the vector for an instruction
;	interrupts irq_common          -> irq_dispatch
;	#DF #NMI #MC ist_common        -> ist_dispatch           never returns; the stack itself knows its CPU
;
; On the fast ways out (system call, page fault, nothing to do) rbx, rbp, r12..r15 still hold the user's values, because C
; preserves them: they are not loaded again. Whoever changes them in the frame (exec, sigreturn) says so by orig_rax = -1, and
; entry_return_to_user() is always followed by the full way out.
;
; C is called with the stack aligned to 16 (System V ABI 3.2.2); a trapframe has 21 words, hence the odd word below it.

%include "layout.inc"
%include "smap.inc"

global syscall_entry
global page_fault_entry
global exception_table
global irq_table
global thread_entry_kernel
global thread_entry_user
global enter_user_frame
global arch_switch_stacks
extern current_thread_ptr
extern tss
extern syscall_table
extern entry_syscall_missing
extern entry_syscall_failed
extern entry_page_fault
extern entry_return_to_user
extern kernel_page_fault
extern exception_dispatch
extern irq_dispatch
extern ist_dispatch
extern sched_switch_tail

%macro PUSH_REST 0              ; all but rdi
        push    rsi
        push    rdx
        push    rcx
        push    rax
        push    r8
        push    r9
        push    r10
        push    r11
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
%endmacro

%macro PUSH_ALL 0
        push    rdi
        PUSH_REST
%endmacro

%macro POP_SCRATCH 0            ; those that C does not preserve
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rax
        pop     rcx
        pop     rdx
        pop     rsi
        pop     rdi
%endmacro

%macro POP_ALL 0
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        POP_SCRATCH
%endmacro

; What user mode may have left in rflags: C wants DF clear, and with AC set SMAP would not guard the kernel.
%macro ENTER 0
        cld
        CLAC
%endmacro

; Jumps if the current thread has something to do before it goes back to user mode. Interrupts are off, so nothing is missed.
%macro JUMP_IF_WORK 1
        mov     rax, [gs:current_thread_ptr]
        test    byte [rax + THREAD_FLAGS], THREAD_WORK
        jnz     %1
%endmacro

section .text

; ---- System calls: rcx = user rip, r11 = user rflags, interrupts off by the flag mask ------------

align 16
syscall_entry:
        swapgs
        mov     [gs:user_rsp], rsp
        mov     rsp, [gs:tss + TSS_RSP0]
        push    SEL_USER_DS
        push    qword [gs:user_rsp]
        sti                             ; everything of the CPU's own is saved
        push    r11
        push    SEL_USER_CS
        push    rcx
        push    rax                     ; orig_rax: the number
        PUSH_ALL
        push    rax
        cmp     rax, NR_SYSCALLS
        jae     .missing
        mov     rax, [syscall_table + rax * 8]
        test    rax, rax
        jz      .missing
        mov     rcx, r10                ; C wants the fourth argument there; the others are in their places
        call    rax
.done:
        mov     [rsp + 8 + TF_RAX], rax
        test    rax, rax
        js      .failed
.checked:
        cli
        JUMP_IF_WORK syscall_slow
        cmp     qword [rsp + 8 + TF_ORIG_RAX], 0
        jl      syscall_slow            ; the frame was replaced
        mov     r10, [rsp + 8 + TF_R10]
        mov     r9,  [rsp + 8 + TF_R9]
        mov     r8,  [rsp + 8 + TF_R8]
        mov     rax, [rsp + 8 + TF_RAX]
        mov     rdx, [rsp + 8 + TF_RDX]
        mov     rsi, [rsp + 8 + TF_RSI]
        mov     rdi, [rsp + 8 + TF_RDI]
        mov     rcx, [rsp + 8 + TF_RIP] ; as syscall left it: below USER_END, so canonical
        mov     r11, [rsp + 8 + TF_RFLAGS]
        mov     rsp, [rsp + 8 + TF_RSP]
        swapgs
        o64 sysret
.missing:
        mov     rdi, [rsp + 8 + TF_ORIG_RAX]
        call    entry_syscall_missing
        jmp     .done
.failed:
        mov     rdi, rax
        call    entry_syscall_failed
        jmp     .checked
syscall_slow:
        add     rsp, 8
        jmp     return_to_user

; ---- Page faults: the error code lies where orig_rax belongs -------------------------------------

align 16
page_fault_entry:
        test    byte [rsp + 16], 3      ; cs
        jz      .kernel
        swapgs
        ENTER
        PUSH_ALL
        mov     rsi, cr2
        mov     edx, [rsp + TF_ORIG_RAX]
        mov     qword [rsp + TF_ORIG_RAX], -1
        mov     rdi, rsp
        push    rax
        sti
        call    entry_page_fault
        cli
        JUMP_IF_WORK .slow
        add     rsp, 8 + TF_R11
        POP_SCRATCH
        add     rsp, 8
        swapgs
        iretq
.slow:
        add     rsp, 8
        jmp     return_to_user
.kernel:
        ENTER
        PUSH_ALL
        mov     rsi, cr2
        mov     edx, [rsp + TF_ORIG_RAX]
        mov     qword [rsp + TF_ORIG_RAX], -1
        mov     rdi, rsp
        push    rax
        test    byte [rdi + TF_RFLAGS + 1], RFLAGS_IF >> 8
        jz      .off
        sti
.off:
        call    kernel_page_fault
        add     rsp, 8
        jmp     return_to_kernel

; ---- The ways out --------------------------------------------------------------------------------

; rsp: a trapframe of user mode at the top of the stack.
align 16
return_to_user:
        cli
        JUMP_IF_WORK return_after_work
        POP_ALL
        add     rsp, 8
        swapgs
iret_to_user:
        iretq
return_after_work:
        sti
        mov     rdi, rsp
        push    rax
        call    entry_return_to_user
        add     rsp, 8
        jmp     return_to_user

return_to_kernel:
        cli
        POP_ALL
        add     rsp, 8
        iretq

; ---- Other exceptions ----------------------------------------------------------------------------

; Stack: vector (where rdi will be), error code, the processor's frame.
align 16
exception_common:
        test    byte [rsp + 24], 3
        jz      .kernel
        swapgs
.kernel:
        ENTER
        xchg    rdi, [rsp]              ; the vector
        PUSH_REST
        mov     rsi, rsp
        push    rax
        call    exception_dispatch      ; enables interrupts if the interrupted code had them
        add     rsp, 8
        test    byte [rsp + TF_CS], 3
        jnz     return_to_user
        jmp     return_to_kernel

; #GP, #SS or #NP of the iretq above (a non-canonical rip, say): the kernel stood with the user's registers and the user's GS. Its
; frame is still at the top of the stack; make it a trapframe again, as if the fault had come from user mode.
bad_iret:
        swapgs
        ENTER
        mov     rsp, [gs:tss + TSS_RSP0]
        sub     rsp, 40
        push    0
        push    13
        xchg    rdi, [rsp]
        PUSH_REST
        mov     rsi, rsp
        push    rax
        call    exception_dispatch
        add     rsp, 8
        jmp     return_to_user

%macro EXCEPTION 2              ; vector; does the processor push an error code?
align 8
exception_%1:
%if %2 == 0
        push    0
%else
        cmp     qword [rsp + 8], iret_to_user
        je      bad_iret
%endif
        push    %1
        jmp     exception_common
%endmacro

%define NO_ERROR 0
%define ERROR 1
        EXCEPTION 0, NO_ERROR
        EXCEPTION 1, NO_ERROR
        EXCEPTION 3, NO_ERROR
        EXCEPTION 4, NO_ERROR
        EXCEPTION 5, NO_ERROR
        EXCEPTION 6, NO_ERROR
        EXCEPTION 7, NO_ERROR
        EXCEPTION 9, NO_ERROR
        EXCEPTION 10, ERROR
        EXCEPTION 11, ERROR
        EXCEPTION 12, ERROR
        EXCEPTION 13, ERROR
        EXCEPTION 15, NO_ERROR
        EXCEPTION 16, NO_ERROR
        EXCEPTION 17, ERROR
        EXCEPTION 19, NO_ERROR
        EXCEPTION 20, NO_ERROR
        EXCEPTION 21, ERROR
%assign v 22
%rep 10
        EXCEPTION v, NO_ERROR
%assign v v + 1
%endrep

; ---- Interrupts ----------------------------------------------------------------------------------

align 16
irq_common:
        test    byte [rsp + 16], 3
        jz      .kernel
        swapgs
.kernel:
        ENTER
        PUSH_ALL
        mov     rdi, rsp
        mov     rsi, [rsp + TF_ORIG_RAX]
        mov     qword [rsp + TF_ORIG_RAX], -1
        push    rax
        call    irq_dispatch
        add     rsp, 8
        test    byte [rsp + TF_CS], 3
        jnz     return_to_user
        POP_ALL
        add     rsp, 8
        iretq

%assign v 32
%rep 224
align 8
irq_%[v]:
        push    v
        jmp     irq_common
%assign v v + 1
%endrep

; ---- Double fault, NMI, machine check: from anywhere, even with a wrong GS or no stack -----------

; Each has a stack of its own, above which lies this CPU's percpu_delta (desc.c). None returns.
%macro IST 2
align 8
ist_%1:
%if %2 == 0
        push    0
%endif
        push    %1
        jmp     ist_common
%endmacro

        IST 2, NO_ERROR
        IST 8, ERROR
        IST 18, NO_ERROR

ist_common:
        ENTER
        xchg    rdi, [rsp]
        PUSH_REST
        mov     eax, [rsp + TF_SIZE]
        mov     edx, [rsp + TF_SIZE + 4]
        mov     ecx, MSR_GS_BASE
        wrmsr
        mov     rsi, rsp
        push    rax
        call    ist_dispatch
        ud2

; ---- Threads -------------------------------------------------------------------------------------

; arch_switch_stacks(u64 *save_ksp, u64 next_ksp)
align 16
arch_switch_stacks:
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        mov     [rdi], rsp
        mov     rsp, rsi
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret

; A new thread comes here out of arch_switch_stacks: r12 = function, r13 = its argument.
thread_entry_kernel:
        call    sched_switch_tail
        sti
        mov     rdi, r13
        call    r12
        ud2

; The same for a user thread: rsp is one word below its trapframe.
thread_entry_user:
        call    sched_switch_tail
        add     rsp, 8
        jmp     return_to_user

; enter_user_frame(struct trapframe *): leaves the kernel with these registers.
enter_user_frame:
        mov     rsp, rdi
        jmp     return_to_user

; ---- Tables for the IDT --------------------------------------------------------------------------

section .rodata
align 8
exception_table:                ; vectors 0..31
%assign v 0
%rep 32
%if v == 2 || v == 8 || v == 18
        dq      ist_%[v]
%elif v == 14
        dq      page_fault_entry
%else
        dq      exception_%[v]
%endif
%assign v v + 1
%endrep
irq_table:                      ; vectors 32..255
%assign v 32
%rep 224
        dq      irq_%[v]
%assign v v + 1
%endrep

section .percpu progbits alloc noexec write align=8
user_rsp:       dq 0            ; between two instructions of syscall_entry
