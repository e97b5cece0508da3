using System.Globalization;
using System.Text.RegularExpressions;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Proc;

/// <summary>The formats are Linux's: the same readers take the host's files and ours.</summary>
public sealed partial class ProcFormatTests
{
    private readonly ProcFixture _proc = new();

    public ProcFormatTests()
    {
        _proc.Machine.TaskList.Add(new TaskInformation(20, Fixture.Job, "cat", TaskState.Running, "", 1, TimeSpan.FromSeconds(1.5)));
        _proc.Machine.TaskList.Add(new TaskInformation(21, Fixture.Job, "worker", TaskState.Waiting, "futex", 1, TimeSpan.Zero));
        _proc.Machine.TaskList.Add(new TaskInformation(2, 0, "idle", TaskState.Running, "", 3, TimeSpan.FromHours(1)));
        FillNetwork(_proc.Machine.Net);
    }

    [Theory]
    [InlineData("/proc/net/dev", 2)]
    [InlineData("/proc/net/arp", 1)]
    [InlineData("/proc/net/route", 1)]
    [InlineData("/proc/net/udp", 1)]
    [InlineData("/proc/net/raw", 1)]
    [InlineData("/proc/net/packet", 1)]
    [InlineData("/proc/net/tcp", 1)]
    public void Headers_AreLinuxs(string path, int lines) => Assert.Equal(HostLines(path)[..lines], _proc.Lines(path)[..lines]);

    [Theory]
    [InlineData("/proc/net/dev")]
    [InlineData("/proc/net/arp")]
    [InlineData("/proc/net/route")]
    [InlineData("/proc/net/udp")]
    [InlineData("/proc/net/raw")]
    [InlineData("/proc/net/packet")]
    [InlineData("/proc/net/tcp")]
    [InlineData("/proc/mounts")]
    [InlineData("/proc/20/stat")]
    [InlineData("/proc/net/sockstat")]
    [InlineData("/proc/uptime")]
    public void Rows_HaveTheShapeOfLinuxs(string path)
    {
        Dictionary<string, Regex> shapes = new()
        {
            ["/proc/net/dev"] = DeviceRow(),
            ["/proc/net/arp"] = NeighbourRow(),
            ["/proc/net/route"] = RouteRow(),
            ["/proc/net/udp"] = DatagramRow(),
            ["/proc/net/raw"] = DatagramRow(),
            ["/proc/net/packet"] = PacketRow(),
            ["/proc/net/tcp"] = StreamRow(),
            ["/proc/mounts"] = MountRow(),
            ["/proc/20/stat"] = ProcessRow(),
            ["/proc/net/sockstat"] = SocketRow(),
            ["/proc/uptime"] = UptimeRow(),
        };
        int headers = path switch
        {
            "/proc/net/dev" => 2,
            _ when path.StartsWith("/proc/net/", StringComparison.Ordinal) && !path.EndsWith("sockstat", StringComparison.Ordinal) => 1,
            _ => 0,
        };
        Assert.All(HostLines(path.Replace("/20/", "/self/", StringComparison.Ordinal))[headers..], line => Assert.Matches(shapes[path], line));
        string[] ours = _proc.Lines(path)[headers..];
        Assert.NotEmpty(ours);
        Assert.All(ours, line => Assert.Matches(shapes[path], line));
    }

    [Theory]
    [InlineData("/proc/meminfo", "KernelImage GCHeapLimit")]
    [InlineData("/proc/20/status", "")]
    [InlineData("/proc/cpuinfo", "")]
    public void Names_AreLinuxsInItsOrder_ButForOurOwn(string path, string own)
    {
        Regex shape = path == "/proc/meminfo" ? MemoryRow() : NamedRow();
        string[] ours = [.. _proc.Lines(path).Select(line => Name(shape, line))];
        List<string> theirs = [.. HostLines(path.Replace("/20/", "/self/", StringComparison.Ordinal)).TakeWhile(static line => line.Length > 0).Select(line => Name(shape, line))];
        Assert.Equal(own.Split(' ', StringSplitOptions.RemoveEmptyEntries), ours.Except(theirs).Except(["TracerPid"]));
        Assert.Equal(theirs.Intersect(ours), ours.Intersect(theirs));
    }

    [Fact]
    public void Snmp_HasLinuxsCountersInItsOrder_WithTheirValues()
    {
        Dictionary<string, string[]> host = Counters(HostLines("/proc/net/snmp"));
        Dictionary<string, string[]> ours = Counters(_proc.Lines("/proc/net/snmp"));
        Assert.Equal(["Ip", "Icmp", "Tcp", "Udp", "UdpLite"], ours.Keys);
        foreach ((string group, string[] names) in ours)
        {
            Assert.Equal(host[group].Intersect(names), names.Intersect(host[group]));
            Assert.True(names.Intersect(host[group]).Count() >= host[group].Length - 3, $"{group}: {string.Join(' ', host[group].Except(names))}");
        }

        string[] lines = _proc.Lines("/proc/net/snmp");
        Assert.Equal("Udp: 7 0 0 8 0 0 0 0 0", lines[Array.FindLastIndex(lines, static line => line.StartsWith("Udp:", StringComparison.Ordinal))]);
        Assert.StartsWith("Ip: 2 64 11 ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" 13", lines[1], StringComparison.Ordinal);
        Assert.Equal("Tcp: 1 200 120000 -1 21 0 0 0 0 0 0 0 0 0 22", lines[5]);
    }

    [Fact]
    public void Netstat_HasLinuxsNamesInItsOrder_WithTheirValues()
    {
        Dictionary<string, string[]> host = Counters(HostLines("/proc/net/netstat"));
        Dictionary<string, string[]> ours = Counters(_proc.Lines("/proc/net/netstat"));
        Assert.Equal(["TcpExt", "IpExt"], ours.Keys);
        Assert.All(ours, group => Assert.Equal(group.Value, host[group.Key].Intersect(group.Value)));
        Assert.StartsWith("TcpExt: 0 0 0 0 0 23 ", _proc.Lines("/proc/net/netstat")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Tcp_TellsStatesQueuesAndFigures()
    {
        string[] lines = [.. _proc.Lines("/proc/net/tcp").Select(static line => line.TrimEnd())];
        Assert.Equal("   0: 00000000:0050 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 60 1 0000000000000000 100 0 0 10 0", lines[1]);
        Assert.Equal("   1: 02004D0A:0050 01004D0A:9C41 01 00000007:00000021 00:00000000 00000001     0        0 61 1 0000000000000000 20 4 0 12 -1", lines[2]);
        Assert.Equal("   2: 02004D0A:0050 01004D0A:9C42 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000", lines[3]);
        Assert.Contains("TCP: inuse 2 orphan 0 tw 1 alloc 2 mem 12", _proc.Lines("/proc/net/sockstat"));
        Assert.Contains("FRAG: inuse 3 memory 10240", _proc.Lines("/proc/net/sockstat"));
        Assert.Equal("sockets: used 5", _proc.Lines("/proc/net/sockstat")[0]);
    }

    [Fact]
    public void NetworkFiles_TellTheFigures()
    {
        Assert.Equal("  eth0: 1234567      12    3    9    0     6          0         7   765432      11    8    9    0     0      10          0", _proc.Lines("/proc/net/dev")[3]);
        Assert.Equal("10.77.0.1        0x1         0x2         52:54:00:12:34:56     *        eth0", _proc.Lines("/proc/net/arp")[1]);
        Assert.Equal("10.77.0.9        0x1         0x6         52:54:00:12:34:57     *        eth0", _proc.Lines("/proc/net/arp")[2]);
        Assert.Equal("10.77.0.8        0x1         0x0         00:00:00:00:00:00     *        eth0", _proc.Lines("/proc/net/arp")[3]);
        Assert.Equal("eth0\t00004D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0", _proc.Lines("/proc/net/route")[1].TrimEnd());
        Assert.Equal("eth0\t00000000\t01004D0A\t0003\t0\t0\t5\t00000000\t0\t0\t0", _proc.Lines("/proc/net/route")[2].TrimEnd());
        Assert.Equal("    7: 02004D0A:0007 01004D0A:E000 01 00000000:00000021 00:00000000 00000000     0        0 55 2 0000000000000000 4", _proc.Lines("/proc/net/udp")[1].TrimEnd());
        Assert.Equal("    1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 56 2 0000000000000000 0", _proc.Lines("/proc/net/raw")[1]);
        Assert.Equal(["0000000000000000", "1", "3", "0003", "2", "1", "5", "0", "57"], _proc.Lines("/proc/net/packet")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("UDP: inuse 1 mem 1", _proc.Lines("/proc/net/sockstat"));
    }

    [Fact]
    public void SystemFiles_TellTheFigures()
    {
        _proc.Files.Clock.Passed = TimeSpan.FromSeconds(3725.5);
        _proc.Machine.IdleTime = TimeSpan.FromSeconds(3600.25);
        Assert.Equal("3725.50 3600.25\n", _proc.Files.Read("/proc/uptime"));
        Assert.Equal("MemTotal:           1000 kB", _proc.Lines("/proc/meminfo")[0]);
        Assert.Equal("MemFree:             400 kB", _proc.Lines("/proc/meminfo")[1]);
        Assert.Equal("KernelSockets version 1.2.3 (ks) (test) #1 x86_64\n", _proc.Files.Read("/proc/version"));
        Assert.Equal("ip=dhcp run=\"ps\"\n", _proc.Files.Read("/proc/cmdline"));
        Assert.Equal(["           CPU0       ", " 33:          5  IO-APIC 1 edge  keyboard", "240:       1234  LAPIC  timer"], _proc.Lines("/proc/interrupts"));
        Assert.Equal(
            ["cpu  0 0 12525 360025 0 0 0 0 0 0", "cpu0 0 0 12525 360025 0 0 0 0 0 0", "intr 1239", "ctxt 77", $"btime {_proc.Files.Clock.UtcNow.ToUnixTimeSeconds() - 3725}", "procs_running 1", "procs_blocked 0"],
            _proc.Lines("/proc/stat"));
        Assert.Contains("nodev\tproc", _proc.Lines("/proc/filesystems"));
        Assert.Contains("\tminix", _proc.Lines("/proc/filesystems"));
        Assert.Equal(["tmpfs / tmpfs rw,relatime 0 0", "tmpfs /dev tmpfs rw,relatime 0 0", "proc /proc proc rw,relatime 0 0"], _proc.Lines("/proc/mounts"));
        Assert.All(_proc.Lines("/proc/gc"), static line => Assert.Matches("^[A-Za-z0-9]+:\t[0-9.]+$", line));
    }

    [Theory]
    [InlineData("/proc/sys/net/ipv4/ip_default_ttl", "64")]
    [InlineData("/proc/sys/net/ipv4/ip_forward", "0")]
    [InlineData("/proc/sys/net/ipv4/conf/lo/forwarding", "0")]
    [InlineData("/proc/sys/fs/pipe-max-size", "1048576")]
    [InlineData("/proc/sys/kernel/ostype", "KernelSockets")]
    [InlineData("/proc/sys/kernel/hostname", "ks")]
    public void Settings_AreWhereLinuxHasThem(string path, string value)
    {
        Assert.Equal(value + "\n", _proc.Files.Read(path));
        Assert.Single(HostLines(path));
    }

    [Fact]
    public void Settings_OfInterfaces_AreDirectories()
    {
        Assert.Equal([".", "..", "all", "default", "lo", "eth0"], _proc.Files.List("/proc/sys/net/ipv4/conf"));
        Assert.Equal(Errno.ENOENT, _proc.Files.StatError("/proc/sys/net/ipv4/conf/eth1"));
        Assert.Equal(_proc.Files.Stat("/proc/sys/net/ipv4/conf/lo").InodeNumber, _proc.Files.Stat("/proc/sys/net/ipv4/conf/lo").InodeNumber);
    }

    [Fact]
    public void Processor_HasLinuxsNamesForFlags()
    {
        string[] host = Flags(HostLines("/proc/cpuinfo"));
        string[] all = Flags(_proc.Lines("/proc/cpuinfo"));
        Assert.Superset(new HashSet<string> { "fpu", "sse2", "syscall", "nx", "lm", "rdrand", "hypervisor", "lahf_lm" }, all.ToHashSet());
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(host.Intersect(["fpu", "vme", "de", "pse", "tsc", "msr"]), all.Intersect(host).Take(host.Intersect(["fpu", "vme", "de", "pse", "tsc", "msr"]).Count()));
        Assert.Contains("cpu family\t: 6", _proc.Lines("/proc/cpuinfo"));
        Assert.Contains("model\t\t: 94", _proc.Lines("/proc/cpuinfo"));
        Assert.Contains("cpu MHz\t\t: 2500.000", _proc.Lines("/proc/cpuinfo"));
    }

    [Fact]
    public void Mounts_EscapeWhatWouldEndAField_AndNameTheDevice()
    {
        MemoryDisk disk = new(kibibytes: 256);
        Assert.Equal(Errno.Success, _proc.Files.Vfs.AddBlockDevice(new DeviceNumber(8, 0), disk));
        Assert.Equal(Errno.Success, _proc.Files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(disk, ""));
        Assert.Equal(HostLines("/proc/partitions")[..2], _proc.Lines("/proc/partitions")[..2]);
        Assert.Equal($"   8        0        256 {disk.Name}", _proc.Lines("/proc/partitions")[2]);
        _proc.Files.MakeDirectory("/a b\\#\tc");
        Assert.Equal(Errno.Success, _proc.Files.Vfs.Mount(_proc.Files.Root, "/a b\\#\tc"u8, FileSystemType.Minix, disk, isReadOnly: true, new DeviceNumber(8, 0)));
        Assert.Equal($"/dev/{disk.Name} /a\\040b\\134\\043\\011c minix ro,relatime 0 0", _proc.Lines("/proc/self/mounts")[^1]);
    }

    [Fact]
    public void Process_TellsStateAndTimes()
    {
        string[] stat = _proc.Files.Read("/proc/20/stat").TrimEnd().Split(' ');
        Assert.Equal(("20", "(cat)", "R", "1"), (stat[0], stat[1], stat[2], stat[3]));
        Assert.Equal(("150", "2", "200"), (stat[13], stat[19], stat[21]));
        Assert.Contains("State:\tS (sleeping)\n", _proc.Files.Read("/proc/1/status"), StringComparison.Ordinal);
        Assert.Contains("Threads:\t2\n", _proc.Files.Read("/proc/20/status"), StringComparison.Ordinal);
        _proc.Machine.List.Add(new FakeProcess(33, 9, "a name that is too long"));
        Assert.Equal("a name that is \n", _proc.Files.Read("/proc/33/comm"));
    }

    private static void FillNetwork(FakeNetwork net)
    {
        MacAddress mac = MacAddress.Read([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
        NetworkDeviceStatistics none = new();
        NetworkDeviceStatistics some = new()
        {
            ReceivedPackets = 12,
            ReceivedBytes = 1234567,
            ReceiveErrors = 3,
            ReceiveDropped = 4,
            ReceiveMissed = 5,
            ReceiveLengthErrors = 6,
            Multicast = 7,
            TransmittedPackets = 11,
            TransmittedBytes = 765432,
            TransmitErrors = 8,
            TransmitDropped = 9,
            TransmitCarrierErrors = 10,
        };
        Ipv4Address network = new(0x0A4D_0000);
        Ipv4Address gateway = new(0x0A4D_0001);
        net.InterfaceList.Add(new InterfaceInformation("lo", MacAddress.Any, Ipv4Address.Loopback, 8, 65536, true, true, true, "", none));
        net.InterfaceList.Add(new InterfaceInformation("eth0", mac, new Ipv4Address(0x0A4D_0002), 24, 1500, true, true, false, "", some));
        net.RouteList.Add(new RouteInformation(network, 24, Ipv4Address.Any, "eth0", 0, true));
        net.RouteList.Add(new RouteInformation(Ipv4Address.Any, 0, gateway, "eth0", 5, true));
        net.NeighbourList.Add(new NeighbourInformation(gateway, mac, "REACHABLE", "eth0"));
        net.NeighbourList.Add(new NeighbourInformation(new Ipv4Address(0x0A4D_0009), MacAddress.Read([0x52, 0x54, 0, 0x12, 0x34, 0x57]), "PERMANENT", "eth0"));
        net.NeighbourList.Add(new NeighbourInformation(new Ipv4Address(0x0A4D_0008), MacAddress.Any, "INCOMPLETE", "eth0"));
        net.SocketList.Add(new SocketInformation("udp", "10.77.0.2:7", "10.77.0.1:57344", "ESTABLISHED", 33, 0, 4, 1, 55));
        net.SocketList.Add(new SocketInformation("raw", "0.0.0.0:1", "0.0.0.0:*", "", 0, 0, 0, 1, 56));
        net.SocketList.Add(new SocketInformation("packet", "eth0:0003", "*", "", 5, 0, 0, 1, 57));
        net.SocketList.Add(new SocketInformation("tcp", "0.0.0.0:80", "0.0.0.0:*", "LISTEN", 2, 128, 0, 1, 60));
        net.SocketList.Add(new SocketInformation("tcp", "10.77.0.2:80", "10.77.0.1:40001", "ESTABLISHED", 33, 7, 0, 1, 61)
        {
            Stream = new StreamInformation { Congestion = "cubic", Timeout = TimeSpan.FromMilliseconds(204), AcknowledgeDelay = TimeSpan.FromMilliseconds(40), Backoff = 1, Window = 12 },
        });
        net.SocketList.Add(new SocketInformation("tcp", "10.77.0.2:80", "10.77.0.1:40002", "TIME_WAIT", 0, 0, 0, 0, 0));
        net.CounterList.AddRange([new("Tcp", "ActiveOpens", 21), new("Tcp", "InCsumErrors", 22), new("TcpExt", "ListenDrops", 23), new("TcpExt", "ChunksInUse", 12), new("Frag", "Datagrams", 3), new("Frag", "Memory", 10_240), new("Ip", "InReceives", 11), new("IpExt", "OutTransmits", 13), new("Udp", "InDatagrams", 7), new("Udp", "OutDatagrams", 8), new("Arp", "InPackets", 99)]);
    }

    private static string[] HostLines(string path)
    {
        Assert.SkipUnless(File.Exists(path), $"the host has no {path}");
        return File.ReadAllText(path).TrimEnd('\n').Split('\n');
    }

    private static string Name(Regex shape, string line)
    {
        Match match = shape.Match(line);
        Assert.True(match.Success, line);
        return match.Groups[1].Value;
    }

    /// <summary>The names of the counters of each group: each has a line of names and one of values.</summary>
    private static Dictionary<string, string[]> Counters(string[] lines)
    {
        Dictionary<string, string[]> counters = [];
        for (int i = 0; i < lines.Length; i += 2)
        {
            string[] names = lines[i].Split(' ');
            string[] values = lines[i + 1].Split(' ');
            Assert.Equal((names[0], names.Length), (values[0], values.Length));
            Assert.All(values[1..], static value => long.Parse(value, CultureInfo.InvariantCulture));
            counters.Add(names[0].TrimEnd(':'), names[1..]);
        }

        return counters;
    }

    private static string[] Flags(string[] lines) =>
        lines.First(static line => line.StartsWith("flags", StringComparison.Ordinal)).Split(": ")[1].Split(' ');

    [GeneratedRegex(@"^ *[^ :]+:( +\d+){16}$")]
    private static partial Regex DeviceRow();

    [GeneratedRegex(@"^[\d.]+ +0x\d+ +0x[\da-f]+ +([\da-f]{2}:){5}[\da-f]{2} +\* +\S+$")]
    private static partial Regex NeighbourRow();

    [GeneratedRegex(@"^\S+(\t[\dA-F]{8}){2}\t[\dA-F]{4}(\t\d+){3}\t[\dA-F]{8}(\t\d+){3} *$")]
    private static partial Regex RouteRow();

    [GeneratedRegex(@"^ *\d+:( [\dA-F]{8}:[\dA-F]{4}){2} [\dA-F]{2} [\dA-F]{8}:[\dA-F]{8} \d\d:[\dA-F]{8} [\dA-F]{8} +\d+ +\d+ \d+ \d+ [\da-f]+ \d+ *$")]
    private static partial Regex DatagramRow();

    [GeneratedRegex(@"^ *\d+:( [\dA-F]{8}:[\dA-F]{4}){2} [\dA-F]{2} [\dA-F]{8}:[\dA-F]{8} \d\d:[\dA-F]{8} [\dA-F]{8} +\d+ +\d+ \d+ \d+ [\da-f]+( \d+ \d+ \d+ \d+ -?\d+)? *$")]
    private static partial Regex StreamRow();

    [GeneratedRegex(@"^[\da-f]+ +\d+ +\d+ +[\da-f]{4} +\d+ +[01] +\d+ +\d+ +\d+ *$")]
    private static partial Regex PacketRow();

    [GeneratedRegex(@"^\S+ /\S* \S+ (rw|ro)(,\S+)? 0 0$")]
    private static partial Regex MountRow();

    [GeneratedRegex(@"^\d+ \([^)]+\) [RSDZTI]( -?\d+){49}$")]
    private static partial Regex ProcessRow();

    [GeneratedRegex(@"^\w+:( [a-z]+ \d+)+$")]
    private static partial Regex SocketRow();

    [GeneratedRegex(@"^\d+\.\d\d \d+\.\d\d$")]
    private static partial Regex UptimeRow();

    [GeneratedRegex(@"^(?=.{15}[ :\d])([\w()]+): +\d+( kB)?$")]
    private static partial Regex MemoryRow();

    [GeneratedRegex(@"^([^:\t]+?)\t*:(\s.*)?$")]
    private static partial Regex NamedRow();
}
