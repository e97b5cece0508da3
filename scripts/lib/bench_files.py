#!/usr/bin/env python3
"""Measures files and pipes of both guests on a fresh copy of the same minix image, boot by boot in turn, and prints a table of ratios.

Called by ./bench. Both run the program filebench: src/UserApps/Programs/FileBench.cs here, filebench.c in Linux (scripts/linux-guest).
Between writing and reading the file system is mounted anew, so that reading starts with nothing in memory.
"""
import argparse
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

# test: the unit, and the least ratio that is aimed at
TESTS = {"write": "MiB/s", "read": "MiB/s", "pread": "1/s", "create": "1/s", "find": "1/s", "remove": "1/s", "pipe": "MiB/s"}
AIM = 1.0
BOOT_LIMIT = 600
MEMORY_MIB = 64
LINUX_MEMORY_MIB = 256          # Debian's kernel does not start in 64 MiB
IMAGE_SIZE = "96M"
INODES = "16384"

LINUX_SCRIPT = """set -e
mount -t minix /dev/disk/a /mnt
/mnt/filebench write /mnt
umount /mnt; echo 3 >/proc/sys/vm/drop_caches; mount -t minix /dev/disk/a /mnt
for t in read pread create find remove pipe; do /mnt/filebench $t /mnt; done
umount /mnt
"""
KERNEL_SCRIPT = ("mount -t minix /dev/ata0 /mnt; filebench write /mnt; umount /mnt; mount -t minix /dev/ata0 /mnt; "
                 + "; ".join("filebench %s /mnt" % t for t in list(TESTS)[1:]) + "; umount /mnt; poweroff 0")


def log(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


def drive(image):
    return ["-drive", "file=%s,format=raw,if=ide,index=0" % image]


def run_linux(root, image, folder):
    script = os.path.join(folder, "script")
    with open(script, "w") as f:
        f.write(LINUX_SCRIPT)
    environment = dict(os.environ, KS_LINUX_MEMORY=str(LINUX_MEMORY_MIB))
    return subprocess.run([os.path.join(root, "scripts", "linux-guest"), "run", script, *drive(image)], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=BOOT_LIMIT, check=False).stdout.decode(errors="replace")


def run_kernel(root, image):
    options = 'root=ram0 console=serial run="%s"' % KERNEL_SCRIPT
    command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", str(MEMORY_MIB), "-smp", "1", "-nodefaults", "-vga", "none", "-display", "none",
               "-monitor", "none", "-no-reboot", "-kernel", os.path.join(root, "out", "kernel.elf"), "-initrd", os.path.join(root, "out", "root.img"),
               "-fw_cfg", "name=opt/kernelsockets/cmdline,string=" + options.replace(",", ",,"),
               "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "stdio", *drive(image)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=BOOT_LIMIT, check=False).stdout.decode(errors="replace")


def figures(output):
    return {t: float(m.group(1)) for t in TESTS if (m := re.search(r"^%s ([0-9.]+) " % t, output.replace("\r", "\n"), re.M))}


def judge(image):
    """What a guest leaves behind has to be a file system without a fault."""
    checked = subprocess.run(["fsck.minix", "-f", image], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if checked.returncode != 0:
        sys.exit("bench: fsck.minix found faults in what was left:\n" + checked.stdout.decode(errors="replace"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    o = parser.parse_args()
    taken = {"Linux": collections.defaultdict(list), "KernelSockets": collections.defaultdict(list)}
    with tempfile.TemporaryDirectory(prefix="ks-files-") as folder:
        tree, fresh, image = (os.path.join(folder, n) for n in ("tree", "fresh.img", "disk.img"))
        os.mkdir(tree)
        subprocess.run(["gcc", "-O2", "-static", "-s", "-o", os.path.join(tree, "filebench"), os.path.join(o.root, "scripts", "lib", "filebench.c")], check=True)
        subprocess.run([os.path.join(o.root, "out", "tools", "mkminix", "mkminix"), "-s", IMAGE_SIZE, "-i", INODES, "-d", tree, fresh], check=True)
        for n in range(o.rounds):
            for name in taken if n % 2 == 0 else reversed(taken):
                subprocess.run(["cp", "--sparse=always", fresh, image], check=True)
                output = run_linux(o.root, image, folder) if name == "Linux" else run_kernel(o.root, image)
                found = figures(output)
                if len(found) < len(TESTS):
                    log("%s: figures are missing; it printed:\n%s" % (name, output))
                judge(image)
                for test, value in found.items():
                    taken[name][test].append(value)
                log("files, round %d of %d, %s: %s" % (n + 1, o.rounds, name, ", ".join("%s %g" % item for item in found.items())))

    rows = {}
    print("%-10s %-6s%14s%16s%8s  %s" % ("files", "unit", "Linux", "KernelSockets", "ratio", "aim"))
    for test, unit in TESTS.items():
        theirs, ours = (statistics.median(taken[n][test]) if taken[n][test] else None for n in ("Linux", "KernelSockets"))
        ratio = ours / theirs if ours and theirs else None
        rows["files_" + test] = {"unit": unit, "Linux": theirs, "KernelSockets": ours, "ratio": ratio, "met": ratio is not None and ratio >= AIM}
        cells = ["-" if value is None else "%.1f" % value for value in (theirs, ours)]
        print("%-10s %-6s%14s%16s%8s  at least %g: %s" % (
            test, unit, *cells, "-" if ratio is None else "%.2f" % ratio, AIM, "met" if rows["files_" + test]["met"] else "missed"))
    with open(o.json, "w") as f:
        json.dump({"accelerator": "tcg", "memory_mib": {"KernelSockets": MEMORY_MIB, "Linux": LINUX_MEMORY_MIB}, "rounds": o.rounds, "figures": rows}, f, indent=1)
        f.write("\n")
    return 0 if all(row["KernelSockets"] is not None for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
