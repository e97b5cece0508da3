# shellcheck shell=bash
# The machine that the kernel is booted on, as arguments for QEMU. Sourced after common.sh.


# qemu_escape TEXT: TEXT as a value inside one of QEMU's comma-separated options.
qemu_escape() { printf '%s' "${1//,/,,}"; }

# machine_arguments ACCEL MEMORY_MIB SMP: fills the array MACHINE with everything but boot medium, console and network.
# -cpu max: software emulation's plain default lacks what .NET's code generator takes for granted (SSE4.2, POPCNT).
machine_arguments() {
    MACHINE=(-accel "$1" -cpu max -m "$2" -smp "$3" -nodefaults -vga std
        -device isa-debug-exit,iobase=0xf4,iosize=4)
}

# port_is_free PORT: true when nothing listens on that TCP port of this machine's loopback.
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# guest_status QEMU_STATUS: the exit status that the guest's `poweroff N` asked for. isa-debug-exit ends QEMU with (N << 1) | 1;
# an even status is QEMU's own: 0 after ACPI S5 or Ctrl-A X.
guest_status() {
    if [ $(($1 % 2)) -eq 1 ] && [ "$1" -lt 128 ]; then echo $((($1 - 1) / 2)); else echo "$1"; fi
}
