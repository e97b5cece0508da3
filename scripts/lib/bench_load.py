#!/usr/bin/env python3
"""Measures guests under many connections in the bench's network namespace: memory of idle ones, throughput by their number, requests, pauses of the collector.

Called by `./bench --load`, which has made the namespace. With --reference the Linux guest is measured too, round by round in turn with this
kernel, since only figures of one run can be compared. Prints a table, and writes the same as JSON.
"""
import argparse
import collections
import gzip
import importlib.machinery
import importlib.util
import json
import os
import re
import resource
import select
import socket
import statistics
import subprocess
import sys
import time

from bench_figures import die_with_parent, in_namespace, log, reference_measure

BENCH = os.environ.get("BENCH_DIR", "out/bench")
ECHO, DISCARD, SOURCE, HTTP = 7, 9, 19, 80
IDLE = 10000
BATCH = 200                     # connections opened at a time: less than the servers' backlog
STREAMS = (1, 10, 100, 1000)
CLIENTS = (1, 16, 256)
SECONDS = 4
WATCH_SECONDS = 2               # how often a guest reports its memory
BOOT_LIMIT = 60


# ---- the client's side, inside the namespace ----------------------------------------

def dial(address, port, count):
    """Opens connections, a batch at a time."""
    opened = []
    while len(opened) < count:
        batch = [socket.socket() for _ in range(min(BATCH, count - len(opened)))]
        for s in batch:
            s.settimeout(20)
            s.connect((address, port))
        opened += batch
    return opened


def echo_all(connections):
    """A byte to each connection and back; returns how many answered."""
    answered = 0
    for start in range(0, len(connections), BATCH):
        batch = connections[start:start + BATCH]
        for s in batch:
            s.sendall(b"x")
        answered += sum(s.recv(1) == b"x" for s in batch)
    return answered


def hold(address, count):
    """Opens connections that have answered once, says so, and at each line from stdin lets all answer again."""
    connections = dial(address, ECHO, count)
    print(echo_all(connections), flush=True)
    for _ in sys.stdin:
        print(echo_all(connections), flush=True)


def receive(address, count):
    """Bits a second that so many connections together bring; the first second, in which windows open, is not counted."""
    connections = dial(address, SOURCE, count)
    poll = select.epoll()
    by_fd = {s.fileno(): s for s in connections}
    for s in connections:
        s.setblocking(False)
        poll.register(s.fileno(), select.EPOLLIN)
    room, total, begin = bytearray(1 << 18), 0, None
    silent, ended, end = set(by_fd), 0, time.monotonic() + SECONDS + 1
    while time.monotonic() < end:
        if begin is None and time.monotonic() > end - SECONDS:
            begin, total, silent = time.monotonic(), 0, set(by_fd)
        for fd, _ in poll.poll(0.5):
            try:
                taken = by_fd[fd].recv_into(room)
            except ConnectionError:
                taken = 0
            if taken:
                total += taken
                silent.discard(fd)
            else:
                poll.unregister(fd)
                ended += 1
    print(json.dumps({"mbit": total * 8 / 1e6 / (time.monotonic() - begin), "silent": len(silent), "ended": ended}))


def ping_pong(address, count):
    """Bytes a second that go there and back over so many connections at once."""
    connections = dial(address, ECHO, count)
    poll = select.epoll()
    by_fd = {s.fileno(): s for s in connections}
    for s in connections:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(s.fileno(), select.EPOLLIN)
        s.sendall(b"x")
    total, begin = 0, time.monotonic()
    while time.monotonic() < begin + SECONDS:
        for fd, _ in poll.poll(0.5):
            by_fd[fd].recv(1)
            by_fd[fd].sendall(b"x")
            total += 1
    print(json.dumps({"rate": total / (time.monotonic() - begin)}))


# ---- guests --------------------------------------------------------------------------

class Guest:
    """One guest, whose console goes to a file in which it reports its memory from time to time."""

    def __init__(self, name, address, command, console):
        self.name, self.address, self.command, self.console, self.process = name, address, command, console, None

    def start(self, measure):
        open(self.console, "w").close()
        begin = time.monotonic_ns()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=die_with_parent)
        boot = measure.load("boot", self.address, begin, BOOT_LIMIT, limit=BOOT_LIMIT + 30)
        return boot.get("http_ms", -1) > 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def report(self):
        """The newest report that was begun from now on: name to number."""
        seen = os.path.getsize(self.console)
        end = time.monotonic() + 10 * WATCH_SECONDS
        while time.monotonic() < end:
            with open(self.console, errors="replace") as f:
                f.seek(seen)
                whole = re.search(r"report begin(.*?)report end", f.read(), re.S)
            if whole:
                return {name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+)", whole.group(1))}
            time.sleep(0.1)                  # a file has no event
        raise RuntimeError("%s: no report on the console" % self.name)

    def client(self, mode, count, **more):
        return subprocess.Popen(in_namespace(sys.executable, __file__, "--client", mode, self.address, str(count)), text=True,
                                stdout=subprocess.PIPE, preexec_fn=die_with_parent, **more)

    def run(self, mode, count):
        out, _ = self.client(mode, count).communicate(timeout=SECONDS + 120)
        return json.loads(out)


def linux_guest(reference):
    """The reference guest, but that its server may open more than 1024 files and its memory is told on the console."""
    with open(os.path.join(reference, "src", "guest-init")) as f:
        init = f.read()
    init = init.replace("netsvc /www &", "ulimit -n 20000; netsvc /www &")
    init = init.replace("while :; do sleep 3600; done", "while sleep %d; do\n echo report begin\n grep -E 'MemFree|Slab' /proc/meminfo\n"
                        " echo report end\ndone" % WATCH_SECONDS)
    loader = importlib.machinery.SourceFileLoader("mkimg", os.path.join(reference, "src", "mkimg.py"))
    mkimg = importlib.util.module_from_spec(importlib.util.spec_from_loader("mkimg", loader))
    loader.exec_module(mkimg)
    built = os.path.join(BENCH, "linux")
    initrd = os.path.join(built, "initrd-load")
    with open(os.path.join(built, "initrd-lean"), "rb") as f:
        first = f.read()
    with open(initrd, "wb") as f:            # of several archives the later one's files count
        f.write(first + gzip.compress(mkimg.entry(1, "init", 0o100755, init.encode()) + mkimg.entry(0, "TRAILER!!!", 0)))
    console = os.path.join(BENCH, "linux-load.log")
    command = [os.path.join(reference, "linux-guest"), "run", "--lean", "--pvh", "--serial", console, "--", "-initrd", initrd]
    return Guest("Linux", "10.77.0.3", command, console)


def our_guest(root):
    console = os.path.join(BENCH, "load.log")
    return Guest("KernelSockets", "10.77.0.2", [os.path.join(root, "scripts", "bench-guest"), "--serial", console, "--watch", str(WATCH_SECONDS)], console)


def resident(process):
    """KiB of the guest's memory that it has ever touched."""
    with open("/proc/%d/status" % process.pid) as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


def idle_connections(guest):
    """Bytes a connection, by what the guest says of its free memory, and of live objects."""
    guest.report()
    before, touched = guest.report(), resident(guest.process)
    client = guest.client("hold", IDLE, stdin=subprocess.PIPE)
    try:
        answered = int(client.stdout.readline())
        guest.report()                       # what belongs to the opening may be given back meanwhile
        after = guest.report()
        figures = {"idle_connections": answered, "idle_touched_bytes": (resident(guest.process) - touched) * 1024 / IDLE}
        if "LiveBytes" in after:
            figures["idle_live_bytes"] = (after["LiveBytes"] - before["LiveBytes"]) / IDLE
        figures["idle_free_bytes"] = (before["MemFree"] - after["MemFree"]) * 1024 / IDLE
        client.stdin.write("again\n")
        client.stdin.flush()
        figures["idle_answer_again"] = int(client.stdout.readline())
        return figures
    finally:
        client.kill()
        client.communicate()


def loads(guest, measure):
    figures = {}
    figures["connects_per_s"] = measure.load("connect", guest.address, DISCARD, 100000, SECONDS).get("rate")
    figures["rr_per_s"] = measure.load("rr", guest.address, ECHO, 1000000, SECONDS).get("rate")
    for count in CLIENTS[1:]:
        figures["rr_c%d_per_s" % count] = guest.run("ping-pong", count)["rate"]
    for count in CLIENTS:
        for kind, keep in (("close", 0), ("keep", 1)):
            figures["http_%s_c%d" % (kind, count)] = measure.load("http", guest.address, HTTP, "/small", count, SECONDS, keep).get("rate")
    for count in STREAMS:
        answer = guest.run("receive", count)
        figures["out_c%d_mbit" % count] = answer["mbit"]
        if answer["silent"] or answer["ended"]:
            log("%s: of %d connections %d brought nothing, %d were ended by the guest" % (guest.name, count, answer["silent"], answer["ended"]))
    return figures


def pauses(guest):
    report = guest.report()
    return {"gc_pauses": report["PausesRecorded"], "gc_missed": report["PausesMissed"], "gc_median_us": report["MedianPauseMicroseconds"],
            "gc_999_us": report["Pause999Microseconds"], "gc_longest_us": report["LongestPauseMicroseconds"]}


def measure_guest(guest, measure):
    """One boot: loads, the collector's pauses under them, then the idle connections on a fresh boot."""
    figures = {}
    for is_loaded in (True, False):
        try:
            if not guest.start(measure):
                log("%s: does not serve within %d s" % (guest.name, BOOT_LIMIT))
                continue
            figures.update(loads(guest, measure) if is_loaded else idle_connections(guest))
            if guest.name != "Linux":
                figures.update({name + ("" if is_loaded else "_10k"): value for name, value in pauses(guest).items()})
        finally:
            guest.stop()
    return figures


def table(figures, names):
    print("%-22s" % "figure" + "".join("%16s" % n for n in names) + "%10s  %s" % ("ratio", "range over rounds"))
    for key, row in figures.items():
        cells = "".join("%16s" % ("-" if row[n] is None else "%.1f" % row[n]) for n in names)
        spread = "%.2f to %.2f" % (row["least"], row["most"]) if row["ratio"] is not None else ""
        print("%-22s%s%10s  %s" % (key, cells, "-" if row["ratio"] is None else "%.3f" % row["ratio"], spread))


def summarize(rounds, names):
    keys = [key for taken in rounds for name in names for key in taken[name]]
    figures = {}
    for key in dict.fromkeys(keys):
        values = {n: [taken[n][key] for taken in rounds if taken[n].get(key) is not None] for n in names}
        ratios = [taken[names[-1]][key] / taken[names[0]][key] for taken in rounds
                  if len(names) > 1 and taken[names[-1]].get(key) is not None and taken[names[0]].get(key)]
        figures[key] = {n: statistics.median(v) if v else None for n, v in values.items()}
        figures[key].update(ratio=statistics.median(ratios) if ratios else None, least=min(ratios, default=None), most=max(ratios, default=None))
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root")
    parser.add_argument("--json")
    parser.add_argument("--reference")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", nargs=3, metavar=("MODE", "ADDRESS", "COUNT"))
    o = parser.parse_args()
    if o.client:
        resource.setrlimit(resource.RLIMIT_NOFILE, (IDLE + 1000, IDLE + 1000))
        mode, address, count = o.client
        {"hold": hold, "receive": receive, "ping-pong": ping_pong}[mode](address, int(count))
        return 0

    if not o.reference:
        sys.exit("bench: --load needs the reference bench: its load generator")
    guests = [linux_guest(o.reference), our_guest(o.root)]
    measure = reference_measure(o.reference)
    names = [g.name for g in guests]
    rounds = []
    for n in range(o.rounds):
        rounds.append(collections.defaultdict(dict))
        for guest in guests if n % 2 == 0 else reversed(guests):
            log("round %d of %d: %s" % (n + 1, o.rounds, guest.name))
            rounds[-1][guest.name] = measure_guest(guest, measure)
        with open(o.json, "w") as f:
            json.dump({"accelerator": "tcg", "processors": 1, "memory_mib": 256, "guests": names, "load_average": os.getloadavg(), "rounds": rounds,
                       "figures": summarize(rounds, names)}, f, indent=1)
            f.write("\n")
    table(summarize(rounds, names), names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
