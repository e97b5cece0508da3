# The two functions of glibc that the runtime asks for and musl lacks (CPU_ALLOC and CPU_FREE in <sched.h>).
.section .text
.globl __sched_cpualloc
__sched_cpualloc:                               # (processors): a zeroed set, in whole 64-bit words
        add $63, %rdi
        shr $6, %rdi
        mov $8, %esi
        jmp calloc
.globl __sched_cpufree
__sched_cpufree:
        jmp free
.section .note.GNU-stack, "", @progbits
