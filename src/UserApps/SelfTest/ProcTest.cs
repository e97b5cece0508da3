using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>/proc tells of this program and of the network, and the class library's readers of it understand it.</summary>
internal sealed class ProcTest : RuntimeTest
{
    private const int HeaderLines = 2;

    /// <inheritdoc/>
    public override string Name => "proc";

    /// <inheritdoc/>
    public override string Summary => "/proc: processes, open files, memory, network; System.Net.NetworkInformation";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        ReadMachine();
        ReadProcess();
        FollowOpenFiles();
        ReadNetwork();
        Refuse();
        return "";
    }

    private static void ReadMachine()
    {
        string[] memory = File.ReadAllLines("/proc/meminfo");
        Expect.True(KibibytesOf(memory, "MemTotal:") >= KibibytesOf(memory, "MemFree:"), "more memory is free than there is");
        Expect.Equal(0, new FileInfo("/proc/meminfo").Length, "length of a file in /proc");
        string[] uptime = File.ReadAllText("/proc/uptime").Split(' ');
        Expect.Equal(2, uptime.Length, "figures in /proc/uptime");
        Expect.True(double.Parse(uptime[0], CultureInfo.InvariantCulture) > 0, "no time since start");
        Expect.True(File.ReadLines("/proc/mounts").Any(static line => line.StartsWith("proc /proc proc ", StringComparison.Ordinal)), "/proc is not among the mounts");
        Expect.True(File.ReadLines("/proc/filesystems").Contains("nodev\tproc"), "proc is not among the file systems");
    }

    private static long KibibytesOf(string[] lines, string name)
    {
        string line = Array.Find(lines, text => text.StartsWith(name, StringComparison.Ordinal)) ?? throw new SelfTestFailedException($"/proc/meminfo has no {name}");
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static void ReadProcess()
    {
        string self = new FileInfo("/proc/self").LinkTarget ?? throw new SelfTestFailedException("/proc/self is no link");
        Expect.True(Directory.GetDirectories("/proc").Contains($"/proc/{self}"), "this process is not listed");
        Expect.True(File.ReadLines("/proc/self/status").Contains($"Pid:\t{self}"), "/proc/self/status tells of another process");
        Expect.True(File.ReadAllText($"/proc/{self}/stat").StartsWith($"{self} (", StringComparison.Ordinal), "/proc/PID/stat tells of another process");
        Expect.Equal(Environment.CurrentDirectory, new FileInfo("/proc/self/cwd").LinkTarget, "current directory");
    }

    private static void FollowOpenFiles()
    {
        string path = Path.Combine(Path.GetTempPath(), $"selftest-proc-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        File.WriteAllText(path, "text");
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            string link = $"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}";
            Expect.Equal(path, new FileInfo(link).LinkTarget, "name of an open file");
            Expect.True(Directory.GetFiles("/proc/self/fd").Contains(link), "an open file is not listed");
            File.Delete(path);
            Expect.Equal("text", File.ReadAllText(link), "an open file without a name");
            Expect.Equal($"{path} (deleted)", new FileInfo(link).LinkTarget, "name of a deleted file");
        }

        File.WriteAllText("/dev/null", "swallowed");
    }

    private static void ReadNetwork()
    {
        string[] devices = File.ReadAllLines("/proc/net/dev");
        Expect.True(Array.Exists(devices[HeaderLines..], static line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal)), "/proc/net/dev has no lo");

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        IPGlobalProperties properties = IPGlobalProperties.GetIPGlobalProperties();
        Expect.True(properties.GetActiveUdpListeners().Contains((IPEndPoint)socket.LocalEndPoint!), "a bound socket is not among the UDP listeners");
        UdpStatistics before = properties.GetUdpIPv4Statistics();
        socket.SendTo("x"u8, socket.LocalEndPoint!);
        UdpStatistics after = properties.GetUdpIPv4Statistics();
        Expect.True(after.DatagramsSent > before.DatagramsSent, "a sent datagram was not counted");
        Expect.Equal(64, properties.GetIPv4GlobalStatistics().DefaultTtl, "default TTL");
        Expect.True(properties.GetIcmpV4Statistics().MessagesReceived >= 0, "fewer ICMP messages than none");
    }

    private static void Refuse()
    {
        Expect.Throws<FileNotFoundException>(static () => File.ReadAllText("/proc/nothing"), "a missing file in /proc");
        Expect.Throws<DirectoryNotFoundException>(static () => File.ReadAllText("/proc/0/status"), "a process 0");
        Expect.Throws<FileNotFoundException>(static () => Directory.CreateDirectory("/proc/new"), "a new directory in /proc");
        Expect.Throws<FileNotFoundException>(static () => File.WriteAllText("/proc/new", ""), "a new file in /proc");
    }
}
