#!/usr/bin/env python3
"""Measures guests in the bench's network namespace: boot to first ping, round trip, UDP echo, idle processor time, least memory, sizes.

Called by ./bench, which has made the namespace. With --reference the Linux guest is measured too, boot by boot in turn with this
kernel, since only figures of one run can be compared. Prints a table, and writes the same as JSON.
"""
import argparse
import collections
import ctypes
import importlib.machinery
import importlib.util
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

UDP_SIZES = (18, 1400)
UDP_SECONDS = 0.6               # for each offered load
UDP_MOST = 400000               # datagrams a second, more than any guest echoes
OPEN_SOCKETS = 10000

# name: unit, what the aim is about, "most" or "least", the aim
FIGURES = {
    "boot_ping_ms": ("ms", "ratio", "most", 0.1),
    "ping_median_us": ("us", "ratio", "most", 1.0),
    "udp18_pps": ("1/s", "ratio", "least", 1.5),
    "udp1400_pps": ("1/s", "ratio", "least", 1.5),
    "udp18_pps_10k_sockets": ("1/s", None, None, None),
    "ping_us_10k_sockets": ("us", None, None, None),
    "idle_cpu_percent": ("%", "value", "most", 3.0),
    "least_memory_mib": ("MiB", "value", "most", 32),
    "image_mib": ("MiB", "value", "most", 8.0),
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

    def __init__(self, name, address, command, loads=True):
        self.name, self.address, self.command, self.loads, self.process = name, address, command, loads, None

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


def reference_measure(reference):
    """The reference bench's own program as a module: both guests are loaded by the same code."""
    loader = importlib.machinery.SourceFileLoader("measure", os.path.join(reference, "measure"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("measure", loader))
    loader.exec_module(module)
    module.build_load()
    return module


def udp_rates(measure, address):
    """Echoes a second at the highest load that loses at most 1 %, by size."""
    return {"udp%d_pps" % size: measure.udp(address, size, UDP_SECONDS, UDP_MOST)[0] for size in UDP_SIZES}


def open_sockets(address, count):
    """Runs inside the namespace: has the guest's socket agent open UDP sockets on ports of their own."""
    agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    agent.settimeout(5)
    agent.connect((address, 7001))

    def call(number, operation, *arguments, data=b""):
        arguments += (0,) * (6 - len(arguments))
        agent.send(struct.pack("<II6qI", number, operation, *arguments, len(data)) + data)
        while True:
            answer, error, value, _ = struct.unpack("<IiqI", agent.recv(1024)[:20])
            if answer == number:
                return value if error == 0 else sys.exit("the guest has no more sockets: errno %d" % error)

    for n in range(count):
        fd = call(2 * n, 1, socket.AF_INET, socket.SOCK_DGRAM, 0)
        call(2 * n + 1, 2, fd, data=struct.pack("<H14x", socket.AF_INET))


def measure_many_sockets(guest, measure):
    """The same guest with many sockets open besides."""
    try:
        if guest.boot_ms() is None:
            return {}
        time.sleep(SETTLE_SECONDS)
        subprocess.run(in_namespace(sys.executable, __file__, "--open-sockets", guest.address), check=True, timeout=120)
        return {"udp18_pps_10k_sockets": measure.udp(guest.address, 18, UDP_SECONDS, UDP_MOST)[0], "ping_us_10k_sockets": guest.ping_median_us()}
    finally:
        guest.stop()


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


def measure_boots(guests, rounds, measure):
    """Boots the guests in turn, the order swapped every second round, and returns the figures of each boot by guest and name."""
    taken = {g.name: collections.defaultdict(list) for g in guests}
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
                if measure and guest.loads:
                    for name, rate in udp_rates(measure, guest.address).items():
                        figures[name].append(rate)
                log("round %d of %d, %s: first ping after %.0f ms" % (n + 1, rounds, guest.name, boot))
            finally:
                guest.stop()
    return {name: {k: statistics.median([x for x in v if x is not None]) if any(x is not None for x in v) else None
                   for k, v in figures.items()} for name, figures in taken.items()}


def table(figures, names):
    print("%-22s %-5s" % ("figure", "unit") + "".join("%16s" % n for n in names) + "%10s  %s" % ("ratio", "aim"))
    for key, row in figures.items():
        cells = "".join("%16s" % ("-" if row[n] is None else "%.2f" % row[n]) for n in names)
        print("%-22s %-5s%s%10s  %s" % (key, row["unit"], cells, "-" if row["ratio"] is None else "%.3f" % row["ratio"], row["aim"]))


def judge(ours, theirs, about, bound, limit):
    ratio = ours / theirs if ours is not None and theirs else None
    if about is None:
        return ratio, "", None
    value = ratio if about == "ratio" else ours
    text = "%sat %s %g" % ("ratio " if about == "ratio" else "", bound, limit)
    met = None if value is None else (value <= limit if bound == "most" else value >= limit)
    return ratio, text + {None: "", True: ": met", False: ": missed"}[met], met


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root")
    parser.add_argument("--json")
    parser.add_argument("--reference")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--probe", metavar="ADDRESS")
    parser.add_argument("--open-sockets", metavar="ADDRESS")
    o = parser.parse_args()
    if o.probe:
        probe(o.probe, BOOT_LIMIT)
        return 0
    if o.open_sockets:
        open_sockets(o.open_sockets, OPEN_SOCKETS)
        return 0

    ours = Guest("KernelSockets", "10.77.0.2", [os.path.join(o.root, "scripts", "bench-guest")])
    guests = [ours]
    if o.reference:
        linux = os.path.join(o.reference, "linux-guest")
        guests = [Guest("Linux", "10.77.0.3", [linux, "run"]), Guest("Linux-unpacked", "10.77.0.3", [linux, "run", "--lean", "--pvh"], loads=False), ours]
    measure = reference_measure(o.reference) if o.reference else None
    by_name = measure_boots(guests, o.rounds, measure)
    if measure:
        log("opening %d sockets" % OPEN_SOCKETS)
        by_name[ours.name].update(measure_many_sockets(ours, measure))

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
    for key, (unit, *aim_of) in FIGURES.items():
        row = {n: by_name[n].get(key) for n in names}
        ratio, aim, met = judge(row[ours.name], row.get("Linux"), *aim_of)
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
