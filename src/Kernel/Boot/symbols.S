# The end of the image: the table of function names for stack traces. This is the empty one, for the first link; the second
# link takes the table that tools/KernelImage made from the first. Its format is described in Nucleus/SymbolTable.cs.
.section .symbol_table, "aw", @progbits
        .balign 8
.globl symbol_table
symbol_table:
        .long 0
.section .note.GNU-stack, "", @progbits
