# Instructions that no compiler emits, as functions (System V calling convention). Declared in Nucleus/Cpu.cs.

.macro FUNCTION name
        .balign 16
        .globl \name
        .type \name, @function
\name:
.endm

.set NUCLEUS_STACK, 3072                        # as in traps.s

.section .text
FUNCTION cpu_in8
        mov %edi, %edx
        xor %eax, %eax
        in %dx, %al
        ret
FUNCTION cpu_in16
        mov %edi, %edx
        xor %eax, %eax
        in %dx, %ax
        ret
FUNCTION cpu_in32
        mov %edi, %edx
        in %dx, %eax
        ret
FUNCTION cpu_out8
        mov %edi, %edx
        mov %esi, %eax
        out %al, %dx
        ret
FUNCTION cpu_out16
        mov %edi, %edx
        mov %esi, %eax
        out %ax, %dx
        ret
FUNCTION cpu_out32
        mov %edi, %edx
        mov %esi, %eax
        out %eax, %dx
        ret
FUNCTION cpu_read_msr
        mov %edi, %ecx
        rdmsr
        shl $32, %rdx
        or %rdx, %rax
        ret
FUNCTION cpu_write_msr
        mov %edi, %ecx
        mov %rsi, %rax
        mov %rsi, %rdx
        shr $32, %rdx
        wrmsr
        ret
FUNCTION cpu_read_tsc
        rdtsc
        shl $32, %rdx
        or %rdx, %rax
        ret
FUNCTION cpu_id                                 # (leaf, subleaf, u32 result[4])
        push %rbx
        mov %rdx, %r8
        mov %edi, %eax
        mov %esi, %ecx
        cpuid
        mov %eax, (%r8)
        mov %ebx, 4(%r8)
        mov %ecx, 8(%r8)
        mov %edx, 12(%r8)
        pop %rbx
        ret
FUNCTION cpu_disable_interrupts                 # returns the old rflags
        pushfq
        pop %rax
        orq $0, -NUCLEUS_STACK(%rsp)            # pages the stack in before, and not while, the nucleus changes its tables
        cli
        ret
FUNCTION cpu_restore_interrupts
        push %rdi
        popfq
        ret
FUNCTION cpu_enable_interrupts
        sti
        ret
FUNCTION cpu_halt_forever
        cli
1:      hlt
        jmp 1b
FUNCTION cpu_pause
        pause
        ret
FUNCTION cpu_wait_for_interrupt                 # interrupts are on while it waits, and off again after
        sti
        hlt
        cli
        ret
FUNCTION cpu_read_cr2
        mov %cr2, %rax
        ret
FUNCTION cpu_read_cr3
        mov %cr3, %rax
        ret
FUNCTION cpu_write_cr3
        mov %rdi, %cr3
        ret
FUNCTION cpu_read_cr0
        mov %cr0, %rax
        ret
FUNCTION cpu_read_cr4
        mov %cr4, %rax
        ret
FUNCTION cpu_write_cr4
        mov %rdi, %cr4
        ret
FUNCTION cpu_write_xcr0
        mov %rdi, %rax
        mov %rdi, %rdx
        shr $32, %rdx
        xor %ecx, %ecx
        xsetbv
        ret
FUNCTION cpu_invalidate_page
        invlpg (%rdi)
        ret
FUNCTION cpu_load_gdt                           # (descriptor, task register selector)
        lgdt (%rdi)
        mov $16, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %ss
        ltr %si
        pop %rax
        pushq $8
        push %rax
        lretq
FUNCTION cpu_load_idt
        lidt (%rdi)
        ret
FUNCTION cpu_xsave                              # (area): everything that XCR0 enables
        mov $-1, %eax
        mov $-1, %edx
        xsave64 (%rdi)
        ret
FUNCTION cpu_xrstor
        mov $-1, %eax
        mov $-1, %edx
        xrstor64 (%rdi)
        ret
FUNCTION cpu_fxsave
        fxsave64 (%rdi)
        ret
FUNCTION cpu_fxrstor
        fxrstor64 (%rdi)
        ret
FUNCTION cpu_rdrand                             # (u64 *value): false when the generator has nothing
        rdrand %rax
        setc %cl
        mov %rax, (%rdi)
        movzbl %cl, %eax
        ret
FUNCTION cpu_read_fs_relative                   # (offset): 64 bits of the running thread's TLS
        mov %fs:(%rdi), %rax
        ret
FUNCTION cpu_breakpoint
        int3
        ret
FUNCTION cpu_zero                               # (destination, bytes: a multiple of 8)
        mov %rsi, %rcx
        shr $3, %rcx
        xor %eax, %eax
        rep stosq
        ret
FUNCTION cpu_copy                               # (destination, source, bytes), the ranges do not overlap
        mov %rdx, %rcx                          # by words: emulators take one turn for each repetition
        shr $3, %rcx
        rep movsq
        mov %edx, %ecx
        and $7, %ecx
        rep movsb
        ret
FUNCTION cpu_scale                              # (value, factor): the 128-bit product >> 32
        mov %rdi, %rax
        mul %rsi
        shrd $32, %rdx, %rax
        ret

# The runtime's record of the running thread (its Thread object lies in thread-local storage): TRANSITION_FRAME is its
# m_pTransitionFrame, 0 while the thread runs managed code; STATE_FLAGS bit 0 says that the thread is attached to the
# runtime. KernelMain checks at start-up that both are where this version of the runtime has them.
.set THREAD_STATE_FLAGS, 0x40
.set THREAD_TRANSITION_FRAME, 0x48
FUNCTION thread_transition_frame
        mov %fs:tls_CurrentThread@tpoff + THREAD_TRANSITION_FRAME, %rax
        ret
FUNCTION thread_is_attached
        mov %fs:tls_CurrentThread@tpoff + THREAD_STATE_FLAGS, %eax
        and $1, %eax
        ret

# Addresses of linker symbols, for Nucleus/Symbols.cs and KernelImage.cs.
.macro ADDRESS name symbol
FUNCTION \name
        lea \symbol(%rip), %rax
        ret
.endm
ADDRESS image_elf_header, __ehdr_start
ADDRESS symbol_trap_vectors, trap_vectors
ADDRESS symbol_syscall_entry, syscall_entry
ADDRESS symbol_signal_restorer, signal_restorer
ADDRESS symbol_idle_loop, idle_loop
ADDRESS symbol_symbol_table, symbol_table
.section .note.GNU-stack, "", @progbits
