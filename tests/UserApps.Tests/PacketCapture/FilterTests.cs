using System.Diagnostics;
using System.Globalization;
using KernelSockets.Filters;
using KernelSockets.UserApps.Network.PacketCapture;

namespace KernelSockets.UserApps.Tests.PacketCapture;

/// <summary>Filter expressions against libpcap's compiler: both programs must decide alike on many frames.</summary>
public sealed class FilterTests : IDisposable
{
    private const uint SnapLength = 262_144;
    private const int FramesEach = 400;

    private static readonly string[] s_primitives =
    [
        "ip", "arp", "rarp", "icmp", "igmp", "tcp", "udp", "sctp", "ip6", "icmp6", "host 10.77.0.1", "src host 10.77.0.2", "dst 10.78.0.1",
        "src or dst host 10.77.0.1", "src and dst host 10.77.0.1", "ip host 10.77.0.1", "arp host 10.77.0.2", "rarp src host 10.77.0.1",
        "net 10.77.0.0/16", "net 10.77", "src net 10", "dst net 192.168.1.0 mask 255.255.255.0", "ip net 10.78.0.0/24", "port 53", "tcp port 80",
        "udp src port 67", "dst port 443", "src and dst port 7", "portrange 50-100", "portrange 80", "tcp dst portrange 400-50000", "sctp port 80", "ip proto 17",
        "ip proto \\tcp", "proto 253", "ip6 proto 6", "ether proto 0x88b5", "ether proto \\arp", "ether host 52:54:00:12:34:56",
        "ether src 52:54:00:4b:53:01", "ether dst 52:54:00:12:34:56", "ether broadcast", "broadcast", "ether multicast", "multicast", "ip multicast",
        "less 200", "greater 200", "port domain", "udp port bootps",
    ];

    private readonly string _empty = Path.GetTempFileName();

    public FilterTests()
    {
        byte[] header = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
        File.WriteAllBytes(_empty, header);
    }

    public static TheoryData<string> Expressions =>
    [
        .. s_primitives,
        "", "not udp", "!udp", "not (tcp or udp)", "tcp and port 80 or udp", "udp or tcp and port 80", "host 10.77.0.1 or 10.77.0.2", "port 53 or 80",
        "not host 10.77.0.1 and 10.77.0.2", "udp&&port 53", "icmp || arp", "(((icmp)))", "not not icmp", "src 10.77.0.1 and not dst port 80 and (udp or tcp)",
        "tcp dst port 80 or 443", "net 10.77 and not 10.77.0.0/24", "ether dst ff:ff:ff:ff:ff:ff and arp",
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Expression_DecidesAsLibpcap(string expression) => AssertAlike(expression, seed: expression.Length);

    [Fact]
    public void RandomExpressions_DecideAsLibpcap()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int i = 0; i < 60; i++)
        {
            AssertAlike(RandomExpression(random, depth: 4), seed + i);
        }
    }

    [Fact]
    public void LongExpression_NeedsLongJumps_DecidesAsLibpcap() =>
        AssertAlike("not (" + string.Join(" or ", Enumerable.Range(0, 100).Select(i => $"udp port {2 * i + 1}")) + ")", seed: 1);

    [Theory]
    [InlineData("host")]
    [InlineData("and udp")]
    [InlineData("udp and")]
    [InlineData("(udp")]
    [InlineData("udp)")]
    [InlineData("not")]
    [InlineData("host 10.77.0.256.1")]
    [InlineData("net 10.77.0.1/24")]
    [InlineData("net 10.77.0.0/33")]
    [InlineData("net 1.2.3.4.5")]
    [InlineData("net 10.0.0.0 mask")]
    [InlineData("port 65536")]
    [InlineData("port nosuch")]
    [InlineData("icmp port 80")]
    [InlineData("tcp host 10.77.0.1")]
    [InlineData("ether proto nosuch")]
    [InlineData("ether host 10.77.0.1")]
    [InlineData("arp proto 1")]
    [InlineData("src")]
    [InlineData("src broadcast")]
    [InlineData("less")]
    [InlineData("less x")]
    [InlineData("udp udp")]
    [InlineData("host ()")]
    [InlineData("10.77.0.1")]
    public void Misuse_IsAnErrorInBoth(string expression)
    {
        Assert.NotNull(FilterParser.TryParse(expression, _ => null, out _));
        Assert.NotEqual(0, Run(expression, out _));
    }

    [Fact]
    public void Nesting_WithoutEnd_IsRefused() =>
        Assert.Equal("expression too complex", FilterParser.TryParse(new string('(', 100_000), _ => null, out _));

    [Fact]
    public void AnyText_NeitherThrowsNorGivesABadProgram()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        string[] words = ["(", ")", "and", "or", "not", "src", "dst", "host", "net", "port", "portrange", "proto", "ether", "ip", "mask", "less", "10.77.0.1", "80", "1-2", "broadcast"];
        for (int i = 0; i < 20_000; i++)
        {
            string expression = string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
            if (FilterParser.TryParse(expression, _ => null, out FilterNode? filter) is null)
            {
                Assert.True(BpfProgram.TryCreate(FilterCompiler.Compile(filter, SnapLength), out _), expression);
            }
        }
    }

    public void Dispose() => File.Delete(_empty);

    private static string RandomExpression(Random random, int depth) => random.Next(depth == 0 ? 1 : 5) switch
    {
        0 => s_primitives[random.Next(s_primitives.Length)],
        1 => "not " + RandomExpression(random, depth - 1),
        2 => $"({RandomExpression(random, depth - 1)})",
        3 => $"{RandomExpression(random, depth - 1)} and {RandomExpression(random, depth - 1)}",
        _ => $"{RandomExpression(random, depth - 1)} or {RandomExpression(random, depth - 1)}",
    };

    private void AssertAlike(string expression, int seed)
    {
        Assert.Null(FilterParser.TryParse(expression, _ => null, out FilterNode? filter));
        Assert.True(BpfProgram.TryCreate(FilterCompiler.Compile(filter, SnapLength), out BpfProgram? ours));
        BpfProgram theirs = CompileWithLibpcap(expression);
        RandomFrames frames = new(seed);
        for (int i = 0; i < FramesEach; i++)
        {
            byte[] frame = frames.Next();
            bool expected = theirs.Run(frame) != 0;
            Assert.True(expected == ours.Run(frame) > 0, $"'{expression}' should be {expected} for {Convert.ToHexString(frame.AsSpan(0, 70))}");
        }
    }

    private BpfProgram CompileWithLibpcap(string expression)
    {
        if (Run(expression, out string output) != 0)
        {
            // It sees that some expressions can never hold, and says so instead of compiling them.
            Assert.Contains("rejects all packets", output, StringComparison.Ordinal);
            output = "1\n6 0 0 0\n";
        }

        BpfInstruction[] instructions =
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains(' ', StringComparison.Ordinal) && char.IsAsciiDigit(line[0]))
                .Select(line => line.Split(' ').Select(number => uint.Parse(number, CultureInfo.InvariantCulture)).ToArray())
                .Select(field => new BpfInstruction((ushort)field[0], (byte)field[1], (byte)field[2], field[3])),
        ];
        Assert.True(BpfProgram.TryCreate(instructions, out BpfProgram? program), output);
        return program;
    }

    private int Run(string expression, out string output)
    {
        using Process tcpdump = Process.Start(
            new ProcessStartInfo("tcpdump", ["-r", _empty, "-ddd", expression]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = tcpdump.StandardError.ReadToEndAsync();
        output = tcpdump.StandardOutput.ReadToEnd();
        tcpdump.WaitForExit();
        output += tcpdump.ExitCode == 0 ? string.Empty : errors.Result;
        return tcpdump.ExitCode;
    }
}
