# Functions of the C library that musl lacks, or that are better here in another way:
# - CPU_ALLOC and CPU_FREE of <sched.h>, glibc's, which the runtime asks for;
# - the runtime's two sources of random bytes. Its own open /dev/urandom once for the whole process: too early here, when there are no files yet, and so never again;
# - memcpy, memmove and memset. musl's are string instructions, which an emulated processor carries out eight bytes a step; moves of 16 bytes take half the time.
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
.globl minipal_get_non_cryptographically_secure_random_bytes
.globl minipal_get_cryptographically_secure_random_bytes
minipal_get_non_cryptographically_secure_random_bytes:
minipal_get_cryptographically_secure_random_bytes: # (bytes, count): 0, or -1 on failure
1:      test %esi, %esi
        jle 2f
        xor %edx, %edx                          # no flags
        mov $318, %eax                          # getrandom, which is served without the managed kernel
        syscall
        test %rax, %rax
        jle 3f
        add %rax, %rdi
        sub %eax, %esi
        jmp 1b
2:      xor %eax, %eax
        ret
3:      mov $-1, %eax
        ret
.globl memcpy
.globl memmove
memcpy:
memmove:                                        # (to, from, count): to. The two may overlap: what a store could hit has been loaded before.
        mov %rdi, %rax
        cmp $16, %rdx
        jb .Lcopy_few
        mov %rdi, %rcx
        sub %rsi, %rcx
        cmp %rdx, %rcx
        jb .Lcopy_backward                      # from <= to < from + count
        movups -16(%rsi,%rdx), %xmm4            # the end, for what is left behind the loops
        lea -16(%rdi,%rdx), %r8
        sub $64, %rdx
        jb 2f
1:      movups (%rsi), %xmm0
        movups 16(%rsi), %xmm1
        movups 32(%rsi), %xmm2
        movups 48(%rsi), %xmm3
        movups %xmm0, (%rdi)
        movups %xmm1, 16(%rdi)
        movups %xmm2, 32(%rdi)
        movups %xmm3, 48(%rdi)
        add $64, %rsi
        add $64, %rdi
        sub $64, %rdx
        jae 1b
2:      add $48, %rdx
        js 4f
3:      movups (%rsi), %xmm0
        movups %xmm0, (%rdi)
        add $16, %rsi
        add $16, %rdi
        sub $16, %rdx
        jns 3b
4:      movups %xmm4, (%r8)
        ret
.Lcopy_backward:
        movups (%rsi), %xmm4                    # the start, for what is left in front of the loop
        sub $16, %rdx
        jbe 2f
1:      movups (%rsi,%rdx), %xmm0
        movups %xmm0, (%rdi,%rdx)
        sub $16, %rdx
        ja 1b
2:      movups %xmm4, (%rdi)
        ret
.Lcopy_few:                                     # two moves that share bytes in the middle
        cmp $8, %edx
        jb 1f
        mov (%rsi), %rcx
        mov -8(%rsi,%rdx), %r8
        mov %rcx, (%rdi)
        mov %r8, -8(%rdi,%rdx)
        ret
1:      cmp $4, %edx
        jb 2f
        mov (%rsi), %ecx
        mov -4(%rsi,%rdx), %r8d
        mov %ecx, (%rdi)
        mov %r8d, -4(%rdi,%rdx)
        ret
2:      test %edx, %edx
        jz 3f
        movzbl (%rsi), %ecx                     # of one to three bytes the first, the last and the one between
        movzbl -1(%rsi,%rdx), %r8d
        mov %edx, %r10d
        shr $1, %r10d
        movzbl (%rsi,%r10), %r9d
        mov %cl, (%rdi)
        mov %r9b, (%rdi,%r10)
        mov %r8b, -1(%rdi,%rdx)
3:      ret
.globl memset
memset:                                         # (to, byte, count): to
        mov %rdi, %rax
        movzbl %sil, %esi
        mov $0x0101010101010101, %rcx
        imul %rcx, %rsi
        cmp $16, %rdx
        jb .Lset_few
        movq %rsi, %xmm0
        punpcklqdq %xmm0, %xmm0
        movups %xmm0, -16(%rdi,%rdx)            # the end, for what is left behind the loops
        sub $64, %rdx
        jb 2f
1:      movups %xmm0, (%rdi)
        movups %xmm0, 16(%rdi)
        movups %xmm0, 32(%rdi)
        movups %xmm0, 48(%rdi)
        add $64, %rdi
        sub $64, %rdx
        jae 1b
2:      add $48, %rdx
        js 4f
3:      movups %xmm0, (%rdi)
        add $16, %rdi
        sub $16, %rdx
        jns 3b
4:      ret
.Lset_few:
        cmp $8, %edx
        jb 1f
        mov %rsi, (%rdi)
        mov %rsi, -8(%rdi,%rdx)
        ret
1:      cmp $4, %edx
        jb 2f
        mov %esi, (%rdi)
        mov %esi, -4(%rdi,%rdx)
        ret
2:      test %edx, %edx
        jz 3f
        mov %sil, (%rdi)
        mov %sil, -1(%rdi,%rdx)
        shr $1, %edx
        mov %sil, (%rdi,%rdx)
3:      ret
.section .note.GNU-stack, "", @progbits
