using System.Diagnostics;
using KernelSockets.UserApps.Network.PacketCapture;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.PacketCapture;

/// <summary>tcpdump beside the one of its inventors, on the same captures.</summary>
public sealed class TcpdumpTests
{
    private static readonly string s_captures = Path.Combine(AppContext.BaseDirectory, "Captures");

    private readonly FakeSystem _system = new();

    /// <summary>What Linux hosts say to each other, and a frame of every kind that is printed, malformed ones among them.</summary>
    public static MatrixTheoryData<string, string> Runs => new(
        ["linux-hosts", "every-kind"],
        ["", "-e", "-v", "-vv", "-X", "-x", "-xx", "-XX", "-A", "-t", "-tt", "-ttt", "-tttt", "-S", "-ve", "-c 5", "udp and not port 53", "-e arp", "--count"]);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Capture_PrintsAsTheOriginal(string capture, string options)
    {
        string arguments = $"-n -r {Path.Combine(s_captures, capture + ".pcap")} {options}";
        string[] theirs = Run(arguments).Output.Split('\n');
        string[] ours = Lines(_system.Run("tcpdump " + arguments));
        for (int i = 0; i < Math.Min(theirs.Length, ours.Length); i++)
        {
            Assert.Equal(theirs[i], ours[i]);
        }

        Assert.Equal(theirs.Length, ours.Length);
        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("icmp")]
    [InlineData("-s 100 port 5555 or arp")]
    public void WrittenFile_IsTheOriginals(string arguments)
    {
        string source = Path.Combine(s_captures, "linux-hosts.pcap");
        string ours = Path.GetTempFileName();
        string theirs = Path.GetTempFileName();
        _system.Run($"tcpdump -r {source} -w {ours} {arguments}");
        Assert.Equal(0, _system.Shell.LastStatus);
        Assert.Equal(0, Run($"-r {source} -w {theirs} {arguments}").Status);
        Assert.Equal(Run($"-n -e -r {theirs}").Output, Run($"-n -e -r {ours}").Output);
        File.Delete(ours);
        File.Delete(theirs);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void File_OfEitherByteOrder_AndNanoseconds_IsRead(bool isSwapped, bool isNanoseconds)
    {
        byte[] bytes = [.. Number(isNanoseconds ? PcapFormat.Nanoseconds : PcapFormat.Microseconds), .. Short(2), .. Short(4), .. new byte[8], .. Number(500), .. Number(1)];
        byte[] frame = [.. Enumerable.Repeat((byte)0xFF, 12), 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, .. new byte[20]];
        bytes = [.. bytes, .. Number(3600), .. Number(isNanoseconds ? 5_000_000u : 5_000), .. Number((uint)frame.Length), .. Number((uint)frame.Length), .. frame];
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        string[] lines = Lines(_system.Run($"tcpdump -r {path}"));
        Assert.Equal("01:00:00.005000 ARP, Request who-has 0.0.0.0 tell 0.0.0.0, length 28", lines[0]);
        File.Delete(path);

        byte[] Number(uint value) => Ordered(BitConverter.GetBytes(value));
        byte[] Short(ushort value) => Ordered(BitConverter.GetBytes(value));
        byte[] Ordered(byte[] number) => isSwapped ? [.. number.Reverse()] : number;
    }

    [Fact]
    public void DamagedFiles_AreToldApart()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(s_captures, "linux-hosts.pcap"));
        byte[] huge = [.. whole];
        huge[35] = 0x7F;
        AssertRefused([], "truncated dump file");
        AssertRefused(whole[..20], "truncated dump file");
        AssertRefused([.. "no capture file at all.."u8], "unknown file format");
        AssertRefused([.. whole[..20], 101, .. whole[21..]], "link type 101 is not Ethernet");
        AssertRefused(whole[..30], "truncated dump file; tried to read 16 header bytes, only got 6");
        AssertRefused(whole[..50], "truncated dump file; tried to read");
        AssertRefused(huge, "invalid packet capture length");
    }

    [Theory]
    [InlineData("tcpdump -r /no/such/file")]
    [InlineData("tcpdump -z")]
    [InlineData("tcpdump -c 0")]
    [InlineData("tcpdump -c")]
    [InlineData("tcpdump -d port nosuch")]
    [InlineData("tcpdump -i nosuch0")]
    [InlineData("tcpdump -i lo -r x")]
    public void Misuse_IsStatus1(string line)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void Program_IsShownInAllForms()
    {
        Assert.Equal("(000) ldh      [12]\n(001) jeq      #0x806           jt 2\tjf 3\n(002) ret      #262144\n(003) ret      #0\n", _system.Run("tcpdump -d arp"));
        Assert.Equal("{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000806 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n", _system.Run("tcpdump -dd arp"));
        Assert.Equal("4\n40 0 0 12\n21 0 1 2054\n6 0 0 262144\n6 0 0 0\n", _system.Run("tcpdump -ddd arp"));
    }

    [Fact]
    public void Interfaces_AreListed()
    {
        Assert.Contains(".lo\n", _system.Run("tcpdump -D"), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyFrame_IsPrintedWithoutAnException()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        RandomFrames frames = new(seed);
        FramePrinter[] printers = [new(new PrintOptions()), new(new PrintOptions { Verbosity = 2, ShowsLink = true })];
        List<byte[]> kinds = [];
        using (PcapReader reader = new(File.OpenRead(Path.Combine(s_captures, "every-kind.pcap"))))
        {
            while (reader.TryRead(out CapturedFrame read))
            {
                kinds.Add(read.Bytes.ToArray());
            }
        }

        for (int i = 0; i < 40_000; i++)
        {
            byte[] frame = i % 4 == 0 ? frames.Next() : [.. kinds[random.Next(kinds.Count)]];
            for (int n = random.Next(6); n > 0; n--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            int kept = random.Next(3) == 0 ? random.Next(frame.Length) : frame.Length;
            foreach (FramePrinter printer in printers)
            {
                Assert.NotEmpty(printer.Format(new CapturedFrame(DateTime.UnixEpoch, frame.AsSpan(0, kept), frame.Length)));
            }
        }
    }

    [Fact]
    public async Task Loopback_IsCaptured()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "packet sockets need root");
        using System.Net.Sockets.UdpClient receiver = new(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        int port = ((System.Net.IPEndPoint)receiver.Client.LocalEndPoint!).Port;
        Task<string> capture = Task.Run(() => _system.Run($"tcpdump -n -p -i lo -c 2 -s 60 udp port {port}"));
        using System.Net.Sockets.UdpClient sender = new();
        while (!capture.IsCompleted)
        {
            await sender.SendAsync(new byte[500], new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port), TestContext.Current.CancellationToken);
            await Task.WhenAny(capture, Task.Delay(50, TestContext.Current.CancellationToken));
        }

        string[] lines = Lines(await capture);
        Assert.Equal(2, lines.Count(line => line.EndsWith($" > 127.0.0.1.{port}: UDP, length 500", StringComparison.Ordinal)));
        Assert.Contains("2 packets captured", lines);
    }

    /// <summary>What is no line about the run itself.</summary>
    private static string[] Lines(string output) =>
        [.. output.Split('\n').Where(line => !line.StartsWith("reading from file ", StringComparison.Ordinal))];

    private void AssertRefused(byte[] bytes, string reason)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        Assert.Contains("tcpdump: " + reason, _system.Run($"tcpdump -r {path}"), StringComparison.Ordinal);
        Assert.Equal(1, _system.Shell.LastStatus);
        File.Delete(path);
    }

    private static (int Status, string Output) Run(string arguments)
    {
        ProcessStartInfo start = new("tcpdump", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        using Process tcpdump = Process.Start(start)!;
        Task<string> errors = tcpdump.StandardError.ReadToEndAsync();
        string output = tcpdump.StandardOutput.ReadToEnd();
        tcpdump.WaitForExit();
        _ = errors.Result;
        return (tcpdump.ExitCode, output);
    }
}
