using KernelSockets.UserApps.Network;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>ping in simulated time, against iputils' output.</summary>
public sealed class PingTests
{
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMicroseconds(123);

    private readonly FakeSystem _system = new();
    private readonly FakeNetwork _network;
    private readonly Ipv4Address _host;

    public PingTests()
    {
        _network = _system.NetworkControl;
        Assert.True(Ipv4Address.TryParse("10.77.0.1", out _host));
    }

    private EchoAnswer Reply(ushort sequence, EchoAnswerKind kind = EchoAnswerKind.Reply, byte code = 0) =>
        new(kind, code, _host, sequence, 64, 64, default, true);

    private void AnswerAfter(Func<ushort, TimeSpan> delay) => _network.Answer = sequence => [(delay(sequence), Reply(sequence))];

    private void AssertPing(string command, string output, int status)
    {
        Assert.Equal(output, _system.Run(command));
        Assert.Equal(status, _system.Shell.LastStatus);
        Assert.Equal(0, _network.OpenSessions);
    }

    [Fact]
    public void ThreeRequests_AllAnswered_PrintAsIputilsDoes()
    {
        AnswerAfter(sequence => sequence * s_roundTrip);
        AssertPing("ping -c 3 10.77.0.1", """
            PING 10.77.0.1 (10.77.0.1) 56(84) bytes of data.
            64 bytes from 10.77.0.1: icmp_seq=1 ttl=64 time=0.123 ms
            64 bytes from 10.77.0.1: icmp_seq=2 ttl=64 time=0.246 ms
            64 bytes from 10.77.0.1: icmp_seq=3 ttl=64 time=0.369 ms

            --- 10.77.0.1 ping statistics ---
            3 packets transmitted, 3 received, 0% packet loss, time 2000ms
            rtt min/avg/max/mdev = 0.123/0.246/0.369/0.100 ms

            """, 0);
        Assert.Equal([0, 1000, 2000], _network.Sent.Select(sent => (int)(sent.At - Instant.Zero).TotalMilliseconds));
    }

    [Theory]
    [InlineData(1, "0.001")]
    [InlineData(9_996, "10.0")]
    [InlineData(99_960, "100")]
    [InlineData(999, "0.999")]
    [InlineData(1234, "1.23")]
    [InlineData(12_345, "12.3")]
    [InlineData(123_456, "123")]
    public void RoundTrip_Printed_HasThreeDigits(double microseconds, string expected) =>
        Assert.Equal(expected, Commands.PingStatistics.FormatRoundTrip(TimeSpan.FromMicroseconds(microseconds)));

    [Fact]
    public void OneLost_OfThree_IsAThird()
    {
        _network.Answer = sequence => sequence == 2 ? [] : [(s_roundTrip, Reply(sequence))];
        string output = _system.Run("ping -c 3 10.77.0.1");
        Assert.Contains("3 packets transmitted, 2 received, 33.3333% packet loss, time 2000ms\n", output, StringComparison.Ordinal);
        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Fact]
    public void NothingAnswers_WaitsForTheTimeOutAndFails()
    {
        AssertPing("ping -c 2 -W 3 10.77.0.1", """
            PING 10.77.0.1 (10.77.0.1) 56(84) bytes of data.

            --- 10.77.0.1 ping statistics ---
            2 packets transmitted, 0 received, 100% packet loss, time 1000ms

            """, 1);
        Assert.Equal(TimeSpan.FromSeconds(4), _system.Time.Now - Instant.Zero);
    }

    [Fact]
    public void Unreachable_Reported_CountsAsError()
    {
        _network.Answer = sequence => [(s_roundTrip, Reply(sequence, EchoAnswerKind.Unreachable, sequence == 1 ? (byte)1 : (byte)3))];
        AssertPing("ping -c 2 10.77.0.9", """
            PING 10.77.0.9 (10.77.0.9) 56(84) bytes of data.
            From 10.77.0.1 icmp_seq=1 Destination Host Unreachable
            From 10.77.0.1 icmp_seq=2 Destination Port Unreachable

            --- 10.77.0.9 ping statistics ---
            2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1000ms

            """, 1);
    }

    [Fact]
    public void TimeExceeded_Reported_SaysSo()
    {
        _network.Answer = sequence => [(s_roundTrip, Reply(sequence, EchoAnswerKind.TimeExceeded))];
        Assert.Contains("From 10.77.0.1 icmp_seq=1 Time to live exceeded\n", _system.Run("ping -c 1 -t 1 8.8.8.8"), StringComparison.Ordinal);
        Assert.Equal(1, _network.Sent[0].TimeToLive);
    }

    [Fact]
    public void DuplicatesAndDamage_AreCounted()
    {
        _network.Answer = sequence =>
            [(s_roundTrip, Reply(sequence)), (2 * s_roundTrip, Reply(sequence)), (3 * s_roundTrip, Reply(sequence) with { IsIntact = false })];
        string output = _system.Run("ping -c 2 10.77.0.1");
        Assert.Contains("64 bytes from 10.77.0.1: icmp_seq=1 ttl=64 time=0.246 ms (DUP!)\n", output, StringComparison.Ordinal);
        Assert.Contains("icmp_seq=1 ttl=64 time=0.369 ms (DUP!) wrong data\n", output, StringComparison.Ordinal);
        Assert.Contains("2 packets transmitted, 2 received, +2 duplicates, +1 corrupted, 0% packet loss", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_Run_PrintsOnlyTheSummary()
    {
        AnswerAfter(_ => s_roundTrip);
        string output = _system.Run("ping -q -c 2 -i 0.2 -s 1000 10.77.0.1");
        Assert.StartsWith("PING 10.77.0.1 (10.77.0.1) 1000(1028) bytes of data.\n\n--- 10.77.0.1 ping statistics ---\n", output, StringComparison.Ordinal);
        Assert.Contains("time 200ms", output, StringComparison.Ordinal);
        Assert.Equal(1000, _network.Sent[0].Size);
    }

    [Fact]
    public void ControlC_Typed_EndsWithTheSummary()
    {
        AnswerAfter(_ => s_roundTrip);
        _system.Type("ping 10.77.0.1\r");
        _system.TypeAfter(TimeSpan.FromSeconds(2.5), "\u0003");
        _system.RunShell();
        Assert.Contains("^C\n--- 10.77.0.1 ping statistics ---\n3 packets transmitted, 3 received, 0% packet loss", _system.Transcript, StringComparison.Ordinal);
        Assert.EndsWith("ms\nks:/# ", _system.Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public void Deadline_Passed_EndsWhateverCame()
    {
        AnswerAfter(_ => s_roundTrip);
        Assert.Contains("3 packets transmitted, 3 received", _system.Run("ping -w 3 10.77.0.1"), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), _system.Time.Now - Instant.Zero);
    }

    [Fact]
    public void Flood_Answered_SendsAsFastAsAnswersCome()
    {
        AnswerAfter(_ => s_roundTrip);
        string output = _system.Run("ping -f -c 100 10.77.0.1");
        Assert.Contains("100 packets transmitted, 100 received, 0% packet loss, time 12ms", output, StringComparison.Ordinal);
        Assert.Equal(100, output.Split('\n')[1].Count(c => c == '.'));
    }

    [Fact]
    public void Flood_Unanswered_SendsAHundredASecond()
    {
        _system.Run("ping -f -q -c 11 -W 1 10.77.0.1");
        Assert.Equal(TimeSpan.FromMilliseconds(100), _network.Sent[^1].At - _network.Sent[0].At);
    }

    [Fact]
    public void SequenceNumbers_BeyondSixteenBits_WrapAndStillCount()
    {
        AnswerAfter(_ => s_roundTrip);
        string output = _system.Run("ping -f -q -c 70000 10.77.0.1");
        Assert.Contains("70000 packets transmitted, 70000 received, 0% packet loss", output, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkUnreachable_AtTheFirst_IsStatus2()
    {
        _network.SendResult = Errno.ENETUNREACH;
        AssertPing("ping -c 1 1.2.3.4", "ping: connect: Network is unreachable\n", 2);
    }

    [Fact]
    public void SendFails_IsReportedAndCounted()
    {
        _network.SendResult = Errno.ENETDOWN;
        string output = _system.Run("ping -c 2 10.77.0.1");
        Assert.Contains("ping: sendmsg: Network is down\nping: sendmsg: Network is down\n", output, StringComparison.Ordinal);
        Assert.Contains("2 packets transmitted, 0 received, +2 errors, 100% packet loss", output, StringComparison.Ordinal);
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void Destination_NoAddress_IsStatus2()
    {
        string tooLong = new('x', 100); // a label that no resolver even asks for
        AssertPing($"ping {tooLong}", $"ping: {tooLong}: Name or service not known\n", 2);
    }

    [Fact]
    public void TooManySessions_IsStatus2()
    {
        _network.OpenResult = System.Net.Sockets.SocketError.NoBufferSpaceAvailable;
        AssertPing("ping 10.77.0.1", "ping: socket: No buffer space available\n", 2);
    }
}
