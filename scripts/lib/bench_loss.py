#!/usr/bin/env python3
"""Measures the goodput of one TCP connection over a wire that loses frames, in both directions, and prints a table of ratios.

Called by ./bench, which has made the bench's namespace. tools/faultywire stands between the bridge and the guest's TAP device and drops frames
by a seeded rule: the same seed for both guests, another one for each line and round. The guests take turns round by round.
"""
import argparse
import collections
import fcntl
import json
import os
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

import bench_figures
from bench_figures import Guest, die_with_parent, in_namespace, log

LOSSES = (0.0, 0.1, 1.0, 5.0)   # percent of the frames, each direction; without loss for comparison only
DIRECTIONS = {"in": ("host to guest", 9), "out": ("guest to host", 19)}    # to the discard port, from the character generator
AIM = 1.0
BLOCK = 1 << 18
START_LIMIT = 60
SIOCOUTQ = 0x5411


def dial(address, port):
    """Connects; a lost SYN costs the system's time-out, which is not measured."""
    end = time.monotonic() + START_LIMIT
    while True:
        try:
            return socket.create_connection((address, port), timeout=START_LIMIT)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)                 # the service is not there yet


def transfer(direction, address, port, seconds):
    """Runs inside the namespace: prints the bytes that arrived and the time they took."""
    connection, block, count = dial(address, port), bytearray(BLOCK), 0
    begin = time.monotonic()
    end = begin + seconds
    try:
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            count += connection.send(block) if direction == "in" else connection.recv_into(block)
    except TimeoutError:
        pass
    if direction == "in":                   # what the guest has not acknowledged does not count
        count -= struct.unpack("i", fcntl.ioctl(connection.fileno(), SIOCOUTQ, struct.pack("i", 0)))[0]
    elapsed = time.monotonic() - begin
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    print(count, elapsed, flush=True)


class Wire:
    """The faulty wire, for the length of a with statement."""

    def __init__(self, program, loss, seed):
        self.command = in_namespace(program, "br0", "tap0", "--loss", "%g" % loss, "--seed", str(seed))
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        if not self.process.stdout.readline().startswith(b"ready"):
            sys.exit("bench: the faulty wire did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=10)


def measure(guest, wire, seed, seconds):
    """Boots the guest and returns the goodput in Mbit/s of each line."""
    rates = {}
    try:
        if guest.boot_ms() is None:
            log("%s does not answer" % guest.name)
            return rates
        for _, port in DIRECTIONS.values():
            subprocess.run(in_namespace(sys.executable, __file__, "--transfer", "out", guest.address, str(port), "0"), check=True,
                           stdout=subprocess.DEVNULL, timeout=2 * START_LIMIT)
        time.sleep(bench_figures.SETTLE_SECONDS)
        for loss in LOSSES:
            for direction, (_, port) in DIRECTIONS.items():
                seed += 1
                with Wire(wire, loss, seed):
                    out = subprocess.run(in_namespace(sys.executable, __file__, "--transfer", direction, guest.address, str(port), str(seconds)),
                                         stdout=subprocess.PIPE, check=False, timeout=2 * START_LIMIT + seconds).stdout.decode()
                if (found := re.fullmatch(r"(\d+) ([0-9.]+)\s*", out)) is not None:
                    rates[direction, loss] = int(found.group(1)) * 8 / 1e6 / float(found.group(2))
    finally:
        guest.stop()
    return rates


def report(taken, names):
    rows = {}
    print("%-14s %5s %-6s" % ("goodput", "loss", "unit") + "".join("%16s" % n for n in names) + "%8s  %s" % ("ratio", "aim"))
    for direction, (title, _) in DIRECTIONS.items():
        for loss in LOSSES:
            key = (direction, loss)
            row = {n: statistics.median(taken[n][key]) if taken[n][key] else None for n in names}
            ours, theirs = row["KernelSockets"], row.get("Linux")
            ratio = ours / theirs if ours and theirs else None
            met = None if ratio is None or loss == 0 else ratio >= AIM
            aim = {None: "", True: "at least %g: met" % AIM, False: "at least %g: missed" % AIM}[met]
            rows["%s_%g" % key] = {"unit": "Mbit/s", **row, "ratio": ratio, "met": met, "values": {n: taken[n][key] for n in names}}
            cells = "".join("%16s" % ("-" if row[n] is None else "%.1f" % row[n]) for n in names)
            print("%-14s %4g%% %-6s%s%8s  %s" % (title, loss, "Mbit/s", cells, "-" if ratio is None else "%.2f" % ratio, aim))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root")
    parser.add_argument("--json")
    parser.add_argument("--reference")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="for each line")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--transfer", nargs=4, metavar=("DIRECTION", "ADDRESS", "PORT", "SECONDS"))
    o = parser.parse_args()
    if o.transfer:
        direction, address, port, seconds = o.transfer
        transfer(direction, address, int(port), float(seconds))
        return 0

    seed = o.seed if o.seed is not None else int(time.time())
    guests = [Guest("KernelSockets", "10.77.0.2", [os.path.join(o.root, "scripts", "bench-guest")])]
    if o.reference:
        guests.insert(0, Guest("Linux", "10.77.0.3", [os.path.join(o.reference, "linux-guest"), "run", "--lean", "--big", "0"]))
    with open("/proc/sys/net/ipv4/tcp_congestion_control", encoding="ascii") as f:
        congestion = f.read().strip()
    log("loss: seed %d; the host sends with %s" % (seed, congestion))
    taken = {g.name: collections.defaultdict(list) for g in guests}
    wire = os.path.join(o.root, "out", "tools", "faultywire", "faultywire")
    for n in range(o.rounds):
        for guest in guests if n % 2 == 0 else reversed(guests):
            rates = measure(guest, wire, seed + 100 * n, o.seconds)
            for key, rate in rates.items():
                taken[guest.name][key].append(rate)
            log("loss, round %d of %d, %s: %s" % (n + 1, o.rounds, guest.name, ", ".join("%s %g%% %.0f" % (*key, rate) for key, rate in rates.items())))
    rows = report(taken, [g.name for g in guests])
    print("one connection of %g s a line; the host sends with %s; seed %d" % (o.seconds, congestion, seed))
    with open(o.json, "w", encoding="ascii") as f:
        json.dump({"accelerator": "tcg", "rounds": o.rounds, "seconds": o.seconds, "seed": seed, "host_congestion": congestion, "figures": rows}, f, indent=1)
        f.write("\n")
    return 0 if all(row["KernelSockets"] is not None for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
