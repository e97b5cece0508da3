# Where the processor enters the nucleus: 256 vectors, the `syscall` instruction; and how it leaves: trap_return and the
# task switch. The layout built here is TrapFrame in Nucleus/TrapFrame.cs:
#
#   xmm0..15 | r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rdi rsi rdx rcx rax | vector error | rip cs rflags rsp ss
#
# Every vector has an interrupt stack (IST): code compiled for user mode may use the 128 bytes under its stack pointer.
# xmm registers are saved since the compiler uses them everywhere; the wider halves are left alone by the nucleus, whose
# code is compiled for the SSE baseline and does not touch them.

.set XMM_BYTES, 256
.set RED_ZONE, 128
.set NUCLEUS_STACK, 3072                        # a system call needs no more of its caller's stack; less than a page
.set KERNEL_CODE, 8
.set KERNEL_DATA, 16
.set SYSCALL_VECTOR, 256
.set FRAME_RAX, (XMM_BYTES + 14 * 8)
.set FRAME_RIP, (XMM_BYTES + 17 * 8)

.macro SAVE_REGISTERS
        push %rax
        push %rcx
        push %rdx
        push %rsi
        push %rdi
        push %r8
        push %r9
        push %r10
        push %r11
        push %rbx
        push %rbp
        push %r12
        push %r13
        push %r14
        push %r15
        sub $XMM_BYTES, %rsp
        movups %xmm0, 0(%rsp)
        movups %xmm1, 16(%rsp)
        movups %xmm2, 32(%rsp)
        movups %xmm3, 48(%rsp)
        movups %xmm4, 64(%rsp)
        movups %xmm5, 80(%rsp)
        movups %xmm6, 96(%rsp)
        movups %xmm7, 112(%rsp)
        movups %xmm8, 128(%rsp)
        movups %xmm9, 144(%rsp)
        movups %xmm10, 160(%rsp)
        movups %xmm11, 176(%rsp)
        movups %xmm12, 192(%rsp)
        movups %xmm13, 208(%rsp)
        movups %xmm14, 224(%rsp)
        movups %xmm15, 240(%rsp)
.endm

.macro RESTORE_REGISTERS
        movups 0(%rsp), %xmm0
        movups 16(%rsp), %xmm1
        movups 32(%rsp), %xmm2
        movups 48(%rsp), %xmm3
        movups 64(%rsp), %xmm4
        movups 80(%rsp), %xmm5
        movups 96(%rsp), %xmm6
        movups 112(%rsp), %xmm7
        movups 128(%rsp), %xmm8
        movups 144(%rsp), %xmm9
        movups 160(%rsp), %xmm10
        movups 176(%rsp), %xmm11
        movups 192(%rsp), %xmm12
        movups 208(%rsp), %xmm13
        movups 224(%rsp), %xmm14
        movups 240(%rsp), %xmm15
        add $XMM_BYTES, %rsp
        pop %r15
        pop %r14
        pop %r13
        pop %r12
        pop %rbp
        pop %rbx
        pop %r11
        pop %r10
        pop %r9
        pop %r8
        pop %rdi
        pop %rsi
        pop %rdx
        pop %rcx
        pop %rax
        add $16, %rsp                           # vector, error code
.endm

# The registers that a called function keeps (System V ABI).
.macro SAVE_CALLEE_SAVED
        push %rbx
        push %rbp
        push %r12
        push %r13
        push %r14
        push %r15
.endm

.macro RESTORE_CALLEE_SAVED
        pop %r15
        pop %r14
        pop %r13
        pop %r12
        pop %rbp
        pop %rbx
.endm

.section .text

# One entry per vector, each 16 bytes long. Vectors 8, 10 to 14, 17, 21, 29 and 30 bring an error code (SDM vol. 3, table 6-1).
        .balign 16
.globl trap_vectors
trap_vectors:
.set vector, 0
.rept 256
        .balign 16
  .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
        push $0
  .endif
        push $vector
        jmp trap_common
  .set vector, vector + 1
.endr

trap_common:
        SAVE_REGISTERS
        cld
        mov %rsp, %rdi
        mov %rsp, %rbx
        and $-16, %rsp
        call nucleus_trap                       # TrapFrame* nucleus_trap(TrapFrame*)
        mov %rax, %rsp
        RESTORE_REGISTERS
        iretq

# void trap_return(TrapFrame*): continues at the frame; does not return. Interrupts are off.
.globl trap_return
trap_return:
        mov %rdi, %rsp
        RESTORE_REGISTERS
        iretq

# The `syscall` instruction: rip is in rcx, rflags in r11; interrupts are off (FMASK). It stays on the caller's stack.
.globl syscall_entry
syscall_entry:
        # The stack may have to be paged in. That happens here and not while the nucleus changes its page tables or frames.
        orq $0, -NUCLEUS_STACK(%rsp)
        lea -RED_ZONE(%rsp), %rsp
        pushq $KERNEL_DATA
        push %rsp
        addq $(RED_ZONE + 8), (%rsp)            # the caller's stack pointer
        push %r11
        pushq $KERNEL_CODE
        push %rcx
        pushq $0
        pushq $SYSCALL_VECTOR
        SAVE_REGISTERS
        mov %rsp, %rdi
        mov %rsp, %rbx
        and $-16, %rsp
        call nucleus_syscall                    # bool nucleus_syscall(TrapFrame*): result in its rax; true: frame was replaced
        mov %rbx, %rsp
        test %al, %al
        jnz 1f
        RESTORE_REGISTERS
        pop %rcx                                # rip
        add $8, %rsp                            # cs
        popfq
        pop %rsp
        jmp *%rcx
1:      RESTORE_REGISTERS
        iretq

# void task_switch(u64 *savedStack, u64 stack): leaves the running task, to come back later as if from a call.
.globl task_switch
task_switch:
        SAVE_CALLEE_SAVED
        mov %rsp, (%rdi)
        mov %rsi, %rsp
        RESTORE_CALLEE_SAVED
        ret

# void task_leave_to_frame(u64 *savedStack, TrapFrame*): leaves the running task for one that was stopped by a trap.
.globl task_leave_to_frame
task_leave_to_frame:
        SAVE_CALLEE_SAVED
        mov %rsp, (%rdi)
        mov %rsi, %rsp
        RESTORE_REGISTERS
        iretq

# void task_resume(u64 stack): continues a task that left through task_switch, from a trap; does not return.
.globl task_resume
task_resume:
        fninit                                  # the trapped task may have left values on the x87 stack; whoever called expects none
        mov %rdi, %rsp
        RESTORE_CALLEE_SAVED
        ret

# i64 nucleus_call(u64 number, u64 a, u64 b, u64 c): a system call from managed code, through P/Invoke.
.globl nucleus_call
nucleus_call:
        mov %rdi, %rax
        mov %rsi, %rdi
        mov %rdx, %rsi
        mov %rcx, %rdx
        syscall
        ret

# i64 call_managed(TrapFrame*, handler)
.globl call_managed
call_managed:
        jmp *%rsi

# The idle task: watches for devices, or waits for interrupts, for ever. Its stack begins as a function's does.
.globl idle_loop
idle_loop:
        sub $8, %rsp
1:      cli
        call nucleus_idle
        sti
        hlt
        jmp 1b

# sa_restorer of a handler that brought none.
.globl signal_restorer
signal_restorer:
        mov $15, %eax                           # rt_sigreturn
        syscall
        ud2
.section .note.GNU-stack, "", @progbits
