# shellcheck shell=bash
# From C# to a bootable image: what the SDK's own link step does for Linux, done for bare metal. Sourced by ./build after common.sh.

KS_NATIVE=src/Kernel/obj/native/KernelSockets.Kernel.o
KS_MUSL=/usr/lib/x86_64-linux-musl
KS_TOOLS=$KS_OUT/tools

# is_tool_current TOOL: true when nothing that a host tool is made of is newer than it.
is_tool_current() {
    local stamp=$KS_TOOLS/$1/.built
    [ -f "$stamp" ] && [ -z "$(find "tools/$1" src/Abstractions src/Vfs ./*.props global.json .editorconfig \
        \( -name obj -o -name bin \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}

# build_tool TOOL: the stamp is as old as the start of the build, so that a change meanwhile counts.
build_tool() {
    mkdir -p "$KS_TOOLS/$1" && touch "$KS_TOOLS/$1/.started" &&
        dotnet build "tools/$1" --configuration Release --output "$KS_TOOLS/$1" -v minimal && mv "$KS_TOOLS/$1/.started" "$KS_TOOLS/$1/.built"
}

# compile_kernel: the host tools, then everything under src/ up to one native object file, with the nucleus rules checked between.
compile_kernel() {
    local tool
    for tool in KernelImage NucleusCheck mkminix; do
        is_tool_current "$tool" || build_tool "$tool" || return
    done
    dotnet build src/Kernel --configuration Release --target:CompileKernel -v minimal \
        "-p:NucleusCheck=$KS_TOOLS/NucleusCheck/KernelSockets.NucleusCheck"
}

# runtime_libraries: the folder of the runtime's static libraries, of the version that the compile used.
runtime_libraries() {
    sed -n 's/^-r:\(.*\/native\)\/System.Private.CoreLib.dll$/\1/p' "${KS_NATIVE%.o}.ilc.rsp"
}

# link_image OUTPUT: links all objects. Order and options: docs/ARCHITECTURE.md, "The link".
link_image() {
    local native
    native=$(runtime_libraries)
    [ -d "$native" ] || { echo "no runtime libraries beside ${KS_NATIVE%.o}.ilc.rsp"; return 1; }
    ld.lld -static --eh-frame-hdr --gc-sections -z nostart-stop-gc --build-id=none --image-base=0x40000000 \
        -e multiboot2_entry -u multiboot2_header -u pvh_entry -o "$1" \
        "$KS_OUT/obj/boot.o" "$KS_OUT/obj/traps.o" "$KS_OUT/obj/cpu.o" "$KS_OUT/obj/symbols.o" "$KS_OUT/obj/libc.o" \
        "$KS_MUSL/crt1.o" "$KS_MUSL/crti.o" "$KS_NATIVE" \
        "$native/libbootstrapper.o" "$native/libRuntime.WorkstationGC.a" "$native/libeventpipe-disabled.a" \
        "$native/libstandalonegc-disabled.a" "$native/libRuntime.VxsortDisabled.a" "$native/libaotminipal.a" \
        "$native/libstdc++compat.a" "$native/libSystem.Native.a" \
        "$native/libSystem.IO.Compression.Native.a" "$native/libz.a" "$native/libbrotlienc.a" "$native/libbrotlidec.a" "$native/libbrotlicommon.a" \
        "$KS_MUSL/libc.a" "$KS_MUSL/crtn.o"
}

# link_kernel: out/kernel.elf, in two links: the second one contains the function names that were read from the first.
link_kernel() {
    local source
    for source in boot traps cpu libc symbols; do
        as --fatal-warnings -g --debug-prefix-map "$KS_ROOT=/_" "src/Kernel/Boot/$source.s" -o "$KS_OUT/obj/$source.o" || return
    done
    link_image "$KS_OUT/obj/nameless.elf" &&
        "$KS_TOOLS/KernelImage/KernelSockets.KernelImage" names "$KS_OUT/obj/nameless.elf" "$KS_OUT/obj/names.bin" &&
        as --fatal-warnings --defsym HAS_NAMES=1 -I "$KS_OUT/obj" src/Kernel/Boot/symbols.s -o "$KS_OUT/obj/symbols.o" &&
        link_image "$KS_OUT/obj/linked.elf" &&
        "$KS_TOOLS/KernelImage/KernelSockets.KernelImage" place "$KS_OUT/obj/linked.elf" "$KS_OUT/kernel.elf.new" &&
        chmod +x "$KS_OUT/kernel.elf.new" && mv "$KS_OUT/kernel.elf.new" "$KS_OUT/kernel.elf"
}

# make_iso: out/kernelsockets.iso, for BIOS and UEFI. Every time stamp and identifier in it is fixed, so that the same kernel and root give the same bytes.
make_iso() {
    local tree=$KS_OUT/obj/iso date=2026-01-01-00-00-00-00
    rm -rf -- "$tree" && mkdir -p "$tree/boot/grub" || return
    objcopy --strip-all "$KS_OUT/kernel.elf" "$tree/boot/kernel.elf" || return
    gzip -9 -n -f "$tree/boot/kernel.elf" && mv "$tree/boot/kernel.elf.gz" "$tree/boot/kernel.elf" || return
    cp "$KS_OUT/root.img" "$tree/boot/root.img" && gzip -9 -n "$tree/boot/root.img" && mv "$tree/boot/root.img.gz" "$tree/boot/root.img" || return
    cp scripts/grub.cfg "$tree/boot/grub/grub.cfg" || return
    find "$tree" -exec touch -d '2026-01-01T00:00:00Z' {} +
    PATH=$KS_ROOT/scripts/lib/reproducible:$PATH SOURCE_DATE_EPOCH=1767225600 grub-mkrescue -o "$KS_OUT/kernelsockets.iso.new" \
        --install-modules="multiboot2 normal gzio part_acorn part_amiga part_apple part_bsd part_dfly part_dvh part_gpt part_msdos part_plan part_sun part_sunpc iso9660 search search_fs_file configfile terminal serial all_video" \
        --modules="" --fonts="" --locales="" --themes="" --compress=xz "$tree" \
        -- -volid KERNELSOCKETS -volume_date uuid "${date//-/}" -volume_date all_file_dates "${date//-/}" || return
    mv "$KS_OUT/kernelsockets.iso.new" "$KS_OUT/kernelsockets.iso"
}

# make_root: out/root.img, the root file system of a machine without a disk.
make_root() { make_image "$KS_OUT/root.img.new" 4M && mv "$KS_OUT/root.img.new" "$KS_OUT/root.img"; }
