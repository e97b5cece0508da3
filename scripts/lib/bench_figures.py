#!/usr/bin/env python3
"""Measures guests in the bench's network namespace: boot to first ping, round trip, idle processor time, least memory, sizes.

Called by ./bench, which has made the namespace. With --reference the Linux guest is measured too, boot by boot in turn with this
kernel, since only figures of one run can be compared. Prints a table, and writes the same as JSON.
"""
import argparse
import ctypes
import json
import os
import re
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

NAMESPACE = os.environ.get("KS_NS", "ksbench")
TICKS = os.sysconf("SC_CLK_TCK")
PROMPT = re.compile(rb"ks:\S*# ")
PROBE_INTERVAL = 0.01
BOOT_LIMIT = 60
SETTLE_SECONDS = 2
IDLE_SECONDS = 10
PINGS = 200

# name: unit, whether a lower figure is better, what the ratio should be at most (None: no such aim), absolute aim
FIGURES = {
    "boot_ping_ms": ("ms", 0.1, None),
    "ping_median_us": ("us", 1.0, None),
    "idle_cpu_percent": ("%", None, 3.0),
    "least_memory_mib": ("MiB", None, 32),
    "image_mib": ("MiB", None, 8.0),
}


def log(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def probe(address, limit):
    """Runs inside the namespace: pings every 10 ms, prints the monotonic time in ns of the first reply (0: none)."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    identifier, sequence, end, due = os.getpid() & 0xFFFF, 0, time.monotonic() + limit, 0.0
    print("ready", flush=True)
    while time.monotonic() < end:
        if time.monotonic() >= due:
            sequence += 1
            head = struct.pack("!BBHHH", 8, 0, 0, identifier, sequence & 0xFFFF)
            head = struct.pack("!BBHHH", 8, 0, checksum(head), identifier, sequence & 0xFFFF)
            try:
                raw.sendto(head, (address, 0))
            except OSError:
                pass                        # no neighbour yet
            due = time.monotonic() + PROBE_INTERVAL
        if select.select([raw], [], [], 0.002)[0]:
            packet = raw.recv(2048)
            message = packet[(packet[0] & 15) * 4:]
            if message[0] == 0 and struct.unpack("!H", message[4:6])[0] == identifier:
                print(time.monotonic_ns(), flush=True)
                return
    print(0, flush=True)


def in_namespace(*command):
    return ["ip", "netns", "exec", NAMESPACE, *command]


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Guest:
    """One guest that can be started again and again."""

    def __init__(self, name, address, command):
        self.name, self.address, self.command, self.process = name, address, command, None

    def start(self, *extra, **streams):
        streams.setdefault("stdout", subprocess.DEVNULL)
        self.process = subprocess.Popen(self.command + list(extra), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=die_with_parent, **streams)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def boot_ms(self):
        """Starts it and returns the time to the first ping reply, or None."""
        subprocess.run(in_namespace("ip", "neigh", "flush", "dev", "br0"), check=False, stderr=subprocess.DEVNULL)
        prober = subprocess.Popen(in_namespace(sys.executable, __file__, "--probe", self.address), stdout=subprocess.PIPE,
                                  preexec_fn=die_with_parent)
        prober.stdout.readline()            # it is pinging from now on
        begin = time.monotonic_ns()
        self.start()
        first = int(prober.communicate(timeout=BOOT_LIMIT + 10)[0])
        return (first - begin) / 1e6 if first else None

    def ping_median_us(self):
        out = subprocess.run(in_namespace("ping", "-n", "-c", str(PINGS), "-i", "0.01", "-W", "1", self.address),
                             stdout=subprocess.PIPE, check=False, timeout=60).stdout.decode()
        times = [float(x) * 1000 for x in re.findall(r"time=([0-9.]+) ms", out)]
        return statistics.median(times) if times else None

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.process.pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def idle_percent(self):
        time.sleep(SETTLE_SECONDS)          # a figure over a stretch of time needs that time
        begin, start = self.cpu_seconds(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        return 100 * (self.cpu_seconds() - begin) / (time.monotonic() - start)

    def reaches_prompt(self, memory):
        """Boots it with that much memory, with its console on a pipe, and looks for the shell's prompt."""
        self.start("--mem", str(memory), "--serial", "stdio", stdout=subprocess.PIPE)
        seen, end = b"", time.monotonic() + BOOT_LIMIT
        try:
            while time.monotonic() < end:
                if select.select([self.process.stdout], [], [], 0.5)[0]:
                    data = os.read(self.process.stdout.fileno(), 4096)
                    if not data:
                        return False
                    seen += data
                    if PROMPT.search(seen):
                        return True
            return False
        finally:
            self.process.stdout.close()
            self.stop()


def least_memory(boots, low, high):
    """The least memory in MiB in (low, high] with which it boots; None if not even with high."""
    if not boots(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        works = boots(middle)
        log("  -m %d: %s" % (middle, "boots" if works else "does not boot"))
        low, high = (low, middle) if works else (middle, high)
    return high


def linux_least_memory(reference):
    out = subprocess.run([os.path.join(reference, "linux-guest"), "minmem", "32", "128"], stdout=subprocess.PIPE, check=False).stdout.decode()
    found = re.search(r"smallest that boots and echoes: -m (\d+)", out)
    return int(found.group(1)) if found else None


def mib(*paths):
    return sum(os.path.getsize(p) for p in paths) / 1048576


def measure_boots(guests, rounds):
    """Boots the guests in turn, the order swapped every second round, and returns the figures of each boot by guest and name."""
    taken = {g.name: {"boot_ping_ms": [], "ping_median_us": [], "idle_cpu_percent": []} for g in guests}
    for n in range(rounds):
        for guest in guests if n % 2 == 0 else reversed(guests):
            figures = taken[guest.name]
            try:
                boot = guest.boot_ms()
                if boot is None:
                    log("%s: no ping reply within %d s" % (guest.name, BOOT_LIMIT))
                    continue
                figures["boot_ping_ms"].append(boot)
                if n == 0:
                    figures["idle_cpu_percent"].append(guest.idle_percent())
                figures["ping_median_us"].append(guest.ping_median_us())
                log("round %d of %d, %s: first ping after %.0f ms" % (n + 1, rounds, guest.name, boot))
            finally:
                guest.stop()
    return {name: {k: statistics.median([x for x in v if x is not None]) if any(x is not None for x in v) else None
                   for k, v in figures.items()} for name, figures in taken.items()}


def table(figures, names):
    print("%-18s %-5s" % ("figure", "unit") + "".join("%16s" % n for n in names) + "%10s  %s" % ("ratio", "aim"))
    for key, row in figures.items():
        cells = "".join("%16s" % ("-" if row[n] is None else "%.2f" % row[n]) for n in names)
        print("%-18s %-5s%s%10s  %s" % (key, row["unit"], cells, "-" if row["ratio"] is None else "%.3f" % row["ratio"], row["aim"]))


def judge(ours, theirs, ratio_aim, absolute_aim):
    ratio = ours / theirs if ours is not None and theirs else None
    if absolute_aim is not None:
        text, value, limit = "at most %g" % absolute_aim, ours, absolute_aim
    else:
        text, value, limit = "ratio at most %g" % ratio_aim, ratio, ratio_aim
    met = None if value is None else value <= limit
    return ratio, text + {None: "", True: ": met", False: ": missed"}[met], met


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root")
    parser.add_argument("--json")
    parser.add_argument("--reference")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--probe", metavar="ADDRESS")
    o = parser.parse_args()
    if o.probe:
        probe(o.probe, BOOT_LIMIT)
        return 0

    ours = Guest("KernelSockets", "10.77.0.2", [os.path.join(o.root, "scripts", "bench-guest")])
    guests = [ours]
    if o.reference:
        linux = os.path.join(o.reference, "linux-guest")
        guests = [Guest("Linux", "10.77.0.3", [linux, "run"]), Guest("Linux-unpacked", "10.77.0.3", [linux, "run", "--lean", "--pvh"]), ours]
    by_name = measure_boots(guests, o.rounds)

    out, built = os.path.join(o.root, "out"), os.path.join(o.root, "out", "bench", "linux")
    iso = os.path.join(out, "kernelsockets.iso")
    by_name[ours.name]["image_mib"] = mib(iso) if os.path.exists(iso) else None
    if o.reference:
        for name, kernel in (("Linux", "vmlinuz"), ("Linux-unpacked", "vmlinux")):
            by_name[name]["image_mib"] = mib(os.path.join(built, kernel), os.path.join(built, "initrd-lean"))
    if not o.quick:
        log("looking for the least memory that boots to the prompt")
        by_name[ours.name]["least_memory_mib"] = least_memory(ours.reaches_prompt, 4, 64)
        if o.reference:
            by_name["Linux"]["least_memory_mib"] = linux_least_memory(o.reference)

    names = [g.name for g in guests]
    figures = {}
    for key, (unit, ratio_aim, absolute_aim) in FIGURES.items():
        row = {n: by_name[n].get(key) for n in names}
        ratio, aim, met = judge(row[ours.name], row.get("Linux"), ratio_aim, absolute_aim)
        figures[key] = {"unit": unit, **row, "ratio": ratio, "aim": aim, "met": met}
    table(figures, names)
    if o.reference:
        print("Linux: Debian's compressed kernel; it unpacks itself for seconds under software emulation, and its e1000 driver waits about 2 s\n"
              "for its link watchdog. Linux-unpacked: the same kernel started unpacked, with a smaller initial file system.")
    with open(o.json, "w") as f:
        json.dump({"accelerator": "tcg", "processors": 1, "memory_mib": 256, "rounds": o.rounds, "guests": names, "figures": figures}, f, indent=1)
        f.write("\n")
    return 0 if by_name[ours.name]["boot_ping_ms"] is not None else 1


if __name__ == "__main__":
    sys.exit(main())
