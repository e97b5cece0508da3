using System.Diagnostics;
using System.Text.RegularExpressions;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>dig against a server that says anything, beside BIND's own.</summary>
public sealed partial class DigTests
{
    private const ushort Recursive = 0x0080;
    private const ushort Authoritative = 0x0400;
    private const ushort NoSuchName = 3;

    private static readonly byte[] s_name = [4, (byte)'m', (byte)'a', (byte)'i', (byte)'l', 0xC0, 12];

    private readonly FakeSystem _system = new();

    public static TheoryData<string, ushort, byte[][]> Answers => new()
    {
        { "peer.test", Recursive, [NameServer.Record(1, 300, 10, 77, 0, 1)] },
        { "a-name-that-takes-more-than-its-column.test", Authoritative, [NameServer.Record(1, 0, 10, 77, 0, 1), NameServer.Record(1, 86400, 10, 77, 0, 2)] },
        { "thirty-one-characters-long.test", Recursive, [NameServer.Record(1, 1234567890, 10, 77, 0, 1)] },
        { "-t mx test", Recursive, [NameServer.Record(15, 60, [0, 10, .. s_name])] },
        { "test -t TXT", Recursive, [NameServer.Record(16, 60, 3, (byte)'a', (byte)'"', 200, 2, (byte)'x', (byte)' ')] },
        { "test AAAA", Recursive, [NameServer.Record(28, 60, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)] },
        { "test SOA", Authoritative, [NameServer.Record(6, 60, [.. s_name, .. s_name, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5])] },
        { "_http._tcp.test SRV", Recursive, [NameServer.Record(33, 60, [0, 1, 0, 2, 0, 80, .. s_name])] },
        { "test TYPE4711", Recursive, [NameServer.Record(4711, 60, 1, 2, 0xAB)] },
        { "nosuch.test", NoSuchName | Recursive, [] },
        { "test", 5, [] },
        { "-x 10.77.0.2", Recursive, [NameServer.Record(12, 60, [.. s_name])] },
        { "+norecurse test", 0, [NameServer.Record(5, 60, [.. s_name])] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answer_PrintsAsBindsDig(string arguments, ushort flags, byte[][] records)
    {
        using NameServer server = new(query => [NameServer.Answer(query, flags, records)]);
        string all = $"@127.0.0.1 -p {server.Port} {arguments}";
        string ours = _system.Run("dig " + all);
        Assert.Equal(0, _system.Shell.LastStatus);
        Assert.Equal(Timeless(RunDig("+noedns +nocookie " + all)), Timeless(ours));
        Assert.Equal(RunDig("+noedns +short " + all), _system.Run("dig +short " + all));
    }

    [Fact]
    public void AnswersToOtherQuestions_ArePassedOver()
    {
        using NameServer server = new(query =>
        {
            byte[] right = NameServer.Answer(query, Recursive, NameServer.Record(1, 60, 10, 77, 0, 1));
            byte[] wrong = NameServer.Answer(query, Recursive, NameServer.Record(1, 60, 6, 6, 6, 6));
            byte[] otherId = [(byte)(wrong[0] ^ 1), .. wrong[1..]];
            byte[] otherName = [.. wrong[..13], (byte)'X', .. wrong[14..]];
            byte[] noAnswer = [.. wrong[..2], (byte)(wrong[2] & 0x7F), .. wrong[3..]];
            return [[], [1, 2, 3], otherId, otherName, noAnswer, right[..^1], right];
        });
        Assert.Equal("10.77.0.1\n", _system.Run($"dig +short @127.0.0.1 -p {server.Port} peer.test"));
        Assert.Equal(1, server.Queries);
    }

    [Fact]
    public void Silence_IsAskedAgain_ThenStatus9()
    {
        using NameServer server = new(_ => []);
        string output = _system.Run($"dig @127.0.0.1 -p {server.Port} +tries=2 +timeout=1 peer.test");
        Assert.Equal(9, _system.Shell.LastStatus);
        Assert.Equal(2, server.Queries);
        Assert.EndsWith("timed out\n\n;; no servers could be reached\n\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dig @127.0.0.1 a..b")]
    [InlineData("dig -z")]
    [InlineData("dig -p")]
    [InlineData("dig -p 70000")]
    [InlineData("dig -t NOSUCH")]
    [InlineData("dig -x nowhere")]
    [InlineData("dig +tries=0 test")]
    [InlineData("dig +nosuch test")]
    public void Misuse_IsStatus1(string line)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void UnknownServer_IsStatus9()
    {
        Assert.Contains("couldn't get address for 'no.such.invalid'", _system.Run("dig @no.such.invalid test"), StringComparison.Ordinal);
        Assert.Equal(9, _system.Shell.LastStatus);
    }

    private static string RunDig(string arguments)
    {
        using Process dig = Process.Start(new ProcessStartInfo("dig", arguments) { RedirectStandardOutput = true })!;
        string output = dig.StandardOutput.ReadToEnd();
        dig.WaitForExit();
        return output;
    }

    /// <summary>Without what differs between two runs, and without the program's own banner.</summary>
    private static string Timeless(string output) =>
        Changing().Replace(string.Join('\n', output.Split('\n').Where(line => !line.StartsWith("; <<>> ", StringComparison.Ordinal))), "N");

    [GeneratedRegex(@"(?<=id: )\d+|(?<=Query time: )\d+|(?<=WHEN: ).*")]
    private static partial Regex Changing();
}
