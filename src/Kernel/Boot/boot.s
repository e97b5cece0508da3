# The way in: from GRUB (multiboot2) or QEMU's -kernel (PVH) in 32-bit protected mode to NucleusMain in long mode.
#
# The image is linked at IMAGE_BASE (1 GiB) and loaded at LOAD_BASE (2 MiB). Until paging is on, every symbol is
# written as symbol - IMAGE_OFFSET. The page tables made here are provisional: identity for the first 4 GiB, and the image at
# its linked address, all writable. NucleusMain replaces them.

.set IMAGE_BASE, 0x40000000
.set LOAD_BASE, 0x00200000
.set IMAGE_OFFSET, IMAGE_BASE - LOAD_BASE      # virtual minus physical address of the image

.set XEN_ELFNOTE_PHYS32_ENTRY, 18
.set MULTIBOOT2_HEADER_MAGIC, 0xE85250D6
.set BOOT_STACK_SIZE, 0x8000

.set CR0_PE_MP_NE_WP_PG, 0x80010023
.set CR0_EM, 0x4
.set CR4_PAE_OSFXSR_OSXMMEXCPT, 0x620
.set MSR_EFER, 0xC0000080
.set EFER_SCE_LME_NXE, 0x901

# PVH entry note (Xen "x86/HVM direct boot ABI").
.section .note.pvh, "a", @note
        .balign 4
        .long 4, 4, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .balign 4
        .long pvh_entry - IMAGE_OFFSET

# Multiboot2 specification 2.0, §3.1: within the first 32 KiB of the file, 8-byte aligned.
.section .multiboot2, "a", @progbits
        .balign 8
.globl multiboot2_header
multiboot2_header:
        .long MULTIBOOT2_HEADER_MAGIC
        .long 0                                 # i386 protected mode
        .long multiboot2_header_end - multiboot2_header
        .long -(MULTIBOOT2_HEADER_MAGIC + (multiboot2_header_end - multiboot2_header))
        # Entry address, §3.1.6: physical, so that nobody has to guess from the ELF header.
        .balign 8
        .short 3, 0
        .long 12
        .long multiboot2_entry - IMAGE_OFFSET
        # Modules on page boundaries, §3.1.11.
        .balign 8
        .short 6, 0
        .long 8
        # End.
        .balign 8
        .short 0, 0
        .long 8
multiboot2_header_end:

.section .boot, "ax"
.code32
.globl pvh_entry
pvh_entry:                                      # ebx = physical address of struct hvm_start_info
        xor %eax, %eax
.globl multiboot2_entry
multiboot2_entry:                               # eax = 0x36d76289, ebx = physical address of the boot information
        cli
        cld
        mov $boot_stack_top - IMAGE_OFFSET, %esp
        mov %eax, %ebp                          # loader's magic, 0 for PVH
        mov %ebx, %esi                          # its information

        # boot_pml4[0] -> boot_pdpt[0..3] -> four page directories: 4 GiB of 2 MiB pages, identity.
        mov $boot_pml4 - IMAGE_OFFSET, %edi
        movl $(boot_pdpt - IMAGE_OFFSET + 3), (%edi)
        mov $boot_pdpt - IMAGE_OFFSET, %edi
        mov $(boot_directories - IMAGE_OFFSET + 3), %eax
        mov $4, %ecx
1:      mov %eax, (%edi)
        add $8, %edi
        add $4096, %eax
        loop 1b
        mov $boot_directories - IMAGE_OFFSET, %edi
        mov $0x83, %eax                         # present, writable, 2 MiB
        mov $2048, %ecx
2:      mov %eax, (%edi)
        add $8, %edi
        add $0x200000, %eax
        loop 2b
        # boot_pdpt[1], the GiB at IMAGE_BASE, is not identity: it shows the memory from LOAD_BASE on.
        mov $boot_directories - IMAGE_OFFSET + 4096, %edi
        mov $(LOAD_BASE + 0x83), %eax
        mov $512, %ecx
3:      mov %eax, (%edi)
        add $8, %edi
        add $0x200000, %eax
        loop 3b

        mov $boot_pml4 - IMAGE_OFFSET, %eax
        mov %eax, %cr3
        mov %cr4, %eax
        or $CR4_PAE_OSFXSR_OSXMMEXCPT, %eax
        mov %eax, %cr4
        mov $MSR_EFER, %ecx
        rdmsr
        or $EFER_SCE_LME_NXE, %eax
        wrmsr
        mov %cr0, %eax
        or $CR0_PE_MP_NE_WP_PG, %eax
        and $~CR0_EM, %eax
        mov %eax, %cr0
        lgdt boot_gdtr - IMAGE_OFFSET
        ljmp $8, $long_mode - IMAGE_OFFSET

.code64
long_mode:
        mov $16, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %ss
        xor %eax, %eax
        mov %eax, %fs
        mov %eax, %gs
        movabs $in_image, %rax
        jmp *%rax
in_image:
        lea boot_stack_top(%rip), %rsp
        mov %ebp, %edi                          # loader's magic
        mov %esi, %esi                          # physical address of its information
        xor %ebp, %ebp                          # ends a chain of frame pointers
        call nucleus_main                       # does not return
        ud2

# void enter_libc(void *stack): leaves the boot stack for the first task's and enters musl's start-up code.
.section .text
.globl enter_libc
enter_libc:
        mov %rdi, %rsp
        xor %edx, %edx                          # no function for atexit
        xor %ebp, %ebp
        sti
        jmp _start

.section .data
        .balign 16
boot_gdt:
        .quad 0
        .quad 0x00af9b000000ffff                # 8: code, 64 bits
        .quad 0x00cf93000000ffff                # 16: data
boot_gdtr:
        .word . - boot_gdt - 1
        .long boot_gdt - IMAGE_OFFSET

.section .bss
        .balign 4096
boot_pml4:              .skip 4096
boot_pdpt:              .skip 4096
boot_directories:       .skip 4096 * 4
.globl boot_stack
boot_stack:             .skip BOOT_STACK_SIZE
.globl boot_stack_top
boot_stack_top:
.section .note.GNU-stack, "", @progbits
