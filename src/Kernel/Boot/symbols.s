# The table of function names for stack traces. In the first link it is empty; tools/KernelImage makes the real one from that,
# and the second link takes it (assembled with --defsym HAS_NAMES=1). It is in a section of its own behind all code, so that
# its size moves no function.
.section .symbol_table, "aw", @progbits
        .balign 8
.globl symbol_table
symbol_table:
.ifdef HAS_NAMES
        .incbin "names.bin"
.else
        .long 0
.endif
.section .note.GNU-stack, "", @progbits
